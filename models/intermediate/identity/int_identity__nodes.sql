with

unioned as (
    select * from {{ ref('int_identity__nodes_veeva_crm') }}
    union all
    select * from {{ ref('int_identity__nodes_sfmc') }}
    union all
    select * from {{ ref('int_identity__nodes_zoom') }}
    union all
    select * from {{ ref('int_identity__nodes_on24') }}
    union all
    select * from {{ ref('int_identity__nodes_cme_pars') }}
    union all
    select * from {{ ref('int_identity__nodes_cms_open_payments') }}
    union all
    select * from {{ ref('int_identity__nodes_cme_lms') }}
    union all
    select * from {{ ref('int_identity__nodes_nppes') }}
    union all
    select * from {{ ref('int_identity__nodes_cms_clinicians') }}
),

npis as (
    select * from {{ ref('int_identity__npis') }}
),

register as (
    select count(*) > 0 as is_delivered from npis
),

-- What the register says of an NPI holds for every record that carries it; whose NPI was the only sign of an HCP is none
-- without it. A learner's record is one (ruling 17).
checked as (
    select
        {{ all_except('unioned', ['npi', 'is_hcp_evidence']) }},
        unioned.npi as recorded_npi,
        case when npis.npi is null then unioned.npi else npis.usable_npi end as npi,
        unioned.is_hcp_evidence and not unioned.has_several_names and (
            npis.npi is null or npis.usable_npi is not null
            or unioned.id_type in ('veeva_crm_account', 'open_payments_profile')
        ) as is_hcp_evidence,
        case
            when unioned.npi is null then null
            when npis.npi is not null then npis.standing
            when register.is_delivered then 'not_listed'
        end as npi_standing
    from unioned
    cross join register
    left join npis on unioned.npi = npis.npi
),

-- Of the reference files' people only those matter whom another record names: millions are listed.
named_npis as (
    select npi from checked where id_type <> 'npi' and npi is not null group by npi
),

relevant as (
    select checked.*
    from checked
    left join named_npis on checked.npi = named_npis.npi
    where checked.id_type <> 'npi' or named_npis.npi is not null
),

ranks as (
    select * from {{ ref('source_ranks') }} where attribute = 'identity'
),

-- A guest's id is the address itself: the type keeps it apart from other ids of the same system.
final as (
    select
        relevant.source_system || '|' || case when relevant.id_type = 'zoom_guest' then 'guest|' else '' end || relevant.id_value
            as node_id,
        relevant.*, ranks.source_rank
    from relevant
    left join ranks on relevant.source_system = ranks.source_system
)

select * from final
