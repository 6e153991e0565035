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
        -- What names a patient.
        or {{ matches('value', '(^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}($|[^0-9-])') }}
        or {{ matches('value', '\\b(mrn|medical record|chart|patient (id|no|number)|nhs (no|number))\\b[^0-9]{0,12}[0-9]{4,}') }}
        or {{ matches('value', '\\b(dob|d\\.o\\.b|date of birth|born( on| in)?|geboren( am)?|nee? le|nacid[oa])\\b[^0-9]{0,6}[0-9]') }}
        or {{ matches('value', '\\b[0-9]{1,3}[- ]?(year|yr)s?[- ]old\\b|\\b[0-9]{1,3}[- ]j(ae|ä)hrige[rn]?\\b') }}
        or {{ matches('value', '\\b(patient(in)?|pt\\.?) (named|called|mr|mrs|ms|herr|frau)\\b') }}
        or {{ matches('value', '[\\r\\n]') }}
        or length(value) > 500
),

held as (
    {{ identifiers_among('candidates') }}
),

-- A phrase in which a known full name stands.
phrases as (
    {{ published_phrases() }}
),

spelled as (
    select value, {{ words('value') }} as words from phrases
),

phrase_words as (
    select value, words, {{ split_rows('words', ' ') }} as word from spelled
),

-- In either order: "Ada Example" and "Example, Ada".
full_names as (
    select {{ value_rows(["given || ' ' || family", "family || ' ' || given"]) }} as full_name
    from {{ ref('stg_rapport__known_names') }}
),

named as (
    select phrase_words.value
    from phrase_words
    inner join full_names on phrase_words.word = split_part(full_names.full_name, ' ', 1)
    where ' ' || phrase_words.words || ' ' like '% ' || full_names.full_name || ' %'
),

final as (
    select value from shaped
    union
    select value from named
    union
    select value from held
)

select * from final
