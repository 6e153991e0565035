{#- True where an id of a thing reads like nothing of a person: no link, address, CRM id or number with the check digit of an NPI. -#}
{% macro is_plain_word(expression) -%}
    ({{ matches(expression, '^[A-Za-z0-9 ._-]{1,64}$') }}
    and not {{ matches(expression, '(001|003|005|00Q)[A-Za-z0-9]{12}|[0-9]{10}|[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}|([0-9]{1,3}[.]){3}|www') }})
{%- endmacro %}
