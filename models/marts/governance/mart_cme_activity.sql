{%- set cell = var('smallest_cell') -%}
with

counts as (
    select *, learners - learners_sharing as others from {{ ref('int_learners__counts') }}
),

-- Who shares is published by name, with their consent: whoever counts those knows the others by subtraction. So nothing is
-- shown where either group is small.
large_enough as (
    select
        as_of_on, interaction_ref, others,
        first_value(others) over (partition by interaction_ref order by as_of_on desc) as newest_others
    from counts
    where learners >= {{ cell }}
        and (learners_sharing = 0 or learners_sharing >= {{ cell }})
        and (others = 0 or others >= {{ cell }})
),

-- Nor must the difference of two dates tell of a few: counted from the newest, the steps at which a number may be shown are a
-- cell wide and a cell apart, and within a step only dates with the number of its newest are shown.
steps as (
    select
        as_of_on, interaction_ref, others,
        floor((newest_others - others) / {{ 2 * cell }}.0) as step,
        newest_others - others - floor((newest_others - others) / {{ 2 * cell }}.0) * {{ 2 * cell }} <= {{ cell }} as is_on_step
    from large_enough
),

shown as (
    select
        as_of_on, interaction_ref,
        others = first_value(others) over (partition by interaction_ref, step order by as_of_on desc) as is_shown
    from steps
    where is_on_step
),

protected as (
    select counts.*, coalesce(shown.is_shown, false) as is_shown
    from counts
    left join shown on counts.as_of_on = shown.as_of_on and counts.interaction_ref = shown.interaction_ref
),

-- A platform may name activities and itself by links, or by numbers that read like a person's: then the hash stands for it.
final as (
    select
        {{ keyed_hash("'cme_activity|' || interaction_ref") }} as activity_key,
        case when {{ is_plain_word('activity_id') }} then activity_id else {{ keyed_hash("'cme_activity|' || interaction_ref") }} end
            as activity_id,
        case when {{ is_plain_word('provider_id') }} then provider_id end as provider,
        as_of_on, not is_shown as is_suppressed,
        case when is_shown then learners end as learners,
        case when is_shown then learners_sharing end as learners_sharing,
        case when is_shown then round(cast(learners_sharing as double) / learners, 6) end as share_consent_rate,
        case when is_shown then cast(credits as decimal(14, 2)) end as credits
    from protected
)

select * from final
