{#- Presence for at least half of the length is an answer by itself (ruling 24); of an unknown length nothing is half. -#}
{% macro attended_half(present_seconds, length_seconds) -%}
    coalesce({{ present_seconds }} >= {{ var('eqs_attendance_min_share') }} * {{ length_seconds }}, false)
{%- endmacro %}
