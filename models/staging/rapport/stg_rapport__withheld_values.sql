with

candidates as (
    {{ published_values() }}
),

-- The shapes of an address, a link, a number of a person; and free text.
shaped as (
    select value
    from candidates
    where
        {{ matches('value', '[^@\\s]+(@|%40)[^@\\s]+\\.[a-z]{2,}') }}
        or {{ matches('value', 'https?://|www\\.|(^|[^0-9.])([0-9]{1,3}\\.){3}[0-9]{1,3}($|[^0-9.])|([0-9a-f]{1,4}:){4,}') }}
        or {{ matches('value', '(^|[^a-z0-9])(001|003|005|00q)[a-z0-9]{12}([a-z0-9]{3})?($|[^a-z0-9])') }}
        or {{ matches('value', '(^|[^a-z0-9_])([+][0-9][0-9 ().-]{7,}[0-9]|[(]?[0-9]{3}[)]?[-. ]?[0-9]{3}[-. ][0-9]{4})($|[^a-z0-9_])') }}
        or {{ matches('value', '[^0-9][12][0-9]{9}($|[^0-9])|^[12][0-9]{9}[^0-9]') }}
        or {{ valid_npi('value') }} is not null
        or {{ matches('value', '[\\r\\n]') }}
        or length(value) > 500
),

held as (
    {{ identifiers_among('candidates') }}
),

final as (
    select value from shaped
    union
    select value from held
)

select * from final
