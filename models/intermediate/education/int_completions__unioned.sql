select * from {{ ref('int_completions__pars') }}
union all
select * from {{ ref('int_completions__enrolments') }}
union all
select * from {{ ref('int_completions__statements') }}
