{%- set items = safety_items() -%}
with

texts as (
    select * from {{ ref('stg_rapport__free_texts') }} where length(cell) > 1
),

forwards as (
    select * from {{ ref('stg_privacy__safety_forwards') }}
),

-- A text that came a hundred times is read once.
distinct_texts as (
    select distinct cell, is_json, holds_contacts from texts
),

readable as (
    select *, {{ replace_safety(safety_text('cell', 'is_json'), 'idiom', ' ') }} as readable_text from distinct_texts
),

-- The words for what may befall a patient become marks; then phrases that tell of no event go.
marked as (
    select
        *,
        {{ replace_safety(replace_safety(replace_safety('readable_text', 'adverse', 'zza'), 'event', 'zze'), 'symptom', 'zzs') }} as marked_text
    from readable
),

told as (
    select
        *,
        case when marked_text like '%zz%' then {{ replace_safety('marked_text', 'context', ' ') }} else marked_text end as told_text
    from marked
),

found as (
    select
        *,
        concat_ws(
            ';',
            case
                {%- for item in items.adverse_event %}
                when {{ "told_text like '%zz%' and " if item == 'reaction' }}{{ matches_safety('told_text', item) }} then '{{ item }}'
                {%- endfor %}
            end
            {%- for item in items.patient_identifier %},
            case when {{ 'not holds_contacts and ' if item in contact_items() }}{{ matches_safety('readable_text', item) }} then '{{ item }}' end
            {%- endfor %}
        ) as items
    from told
),

hits as (
    select cell, is_json, holds_contacts, {{ split_rows('items', ';') }} as item from found where items <> ''
),

-- The same words in the same field of the same record are one candidate, however often delivered.
candidates as (
    select
        texts.*,
        hits.item,
        case when length(hits.item) = 1 then 'patient_identifier' else 'adverse_event' end as kind,
        {{ keyed_hash("concat_ws('|', 'safety', texts.system, texts.object, coalesce(texts.record_id, texts.delivery || '#' || texts.row_number), texts.column_name, case when length(hits.item) = 1 then hits.item else '' end, texts.cell)") }} as candidate_id
    from texts
    inner join hits on texts.cell = hits.cell and texts.is_json = hits.is_json and texts.holds_contacts = hits.holds_contacts
),

ranked as (
    select
        *,
        row_number() over (partition by candidate_id order by delivered_at, delivery, row_number) as place,
        count(*) over (partition by candidate_id) as times_delivered,
        min(least(coalesce(happened_at, delivered_at), delivered_at)) over (partition by candidate_id) as awareness_at
    from candidates
),

-- A text stays until it was forwarded, and no longer (CMP-33).
final as (
    select
        ranked.candidate_id, ranked.kind, ranked.item, ranked.system, ranked.object, ranked.record_id, ranked.delivery,
        ranked.row_number, ranked.column_name, ranked.times_delivered, ranked.awareness_at, ranked.delivered_at as detected_at,
        forwards.forwarded_at, forwards.action_code, case when forwards.candidate_id is null then ranked.cell end as text
    from ranked
    left join forwards on ranked.candidate_id = forwards.candidate_id
    where ranked.place = 1
)

select * from final
