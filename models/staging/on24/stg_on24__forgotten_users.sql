with

records as (
    select eventuserid, email, _delivered_at from {{ versions('on24', 'registrant') }}
    union all
    select eventuserid, email, _delivered_at from {{ versions('on24', 'attendee') }}
),

-- A forgotten row is the id and nothing else: `<eventuserid>-deleted` where the address was. Said once it holds for
-- good: an old answer that arrives later brings nobody back.
final as (
    select eventuserid as event_user_id, min(_delivered_at) as forgotten_at
    from records
    where lower(trim(email)) like '%-deleted' and email not like '%@%'
    group by eventuserid
)

select * from final
