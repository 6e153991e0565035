with

candidates as (
    select * from {{ ref('int_safety__candidates') }}
),

records as (
    select * from {{ ref('int_touchpoints__keyed') }}
),

responses as (
    select * from {{ ref('int_feedback__responses') }} where touchpoint_id is not null
),

-- What is said in an answer is about the touch that was asked about.
final as (
    select distinct candidates.candidate_id, candidates.kind, candidates.item, records.touchpoint_id
    from candidates
    inner join records
        on candidates.system = records.source_system
        and candidates.object = records.source_object
        and candidates.record_id = records.source_record_id
    union
    select candidates.candidate_id, candidates.kind, candidates.item, responses.touchpoint_id
    from candidates
    inner join responses on candidates.record_id = responses.response_id
    where candidates.system = 'feedback' and candidates.object = 'responses'
)

select * from final
