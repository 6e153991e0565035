{#-
  National ids other than the NPI: which kind a number is follows from country, length and check digit (CRM-03); null if
  none. No check digit is public for the GMC number: seven digits are only its form.
-#}
{% macro national_id_type(country, digits) -%}
    case
        when translate({{ digits }}, '0123456789', '') <> '' then null
        when {{ country }} = 'DE' and length({{ digits }}) = 9 and {{ lanr_check_digit(digits) }} = substr({{ digits }}, 7, 1) then 'lanr'
        when {{ country }} = 'DE' and length({{ digits }}) = 15 and {{ digits }} like '80276%' and {{ is_luhn(digits, 15) }} then 'efn'
        when {{ country }} = 'FR' and length({{ digits }}) = 11 and {{ is_luhn(digits, 11) }} then 'rpps'
        when {{ country }} = 'GB' and length({{ digits }}) = 7 then 'gmc'
    end
{%- endmacro %}

{#- Digits without the blanks and strokes that people write between them. -#}
{% macro bare_digits(column) -%}
    nullif(translate({{ column }}, ' ./-', ''), '')
{%- endmacro %}

{#- Every second digit from the right, the check digit apart, counts double, less 9 above 9; the sum ends in 0. -#}
{% macro is_luhn(digits, length) -%}
    (
        0
        {%- for place in range(1, length + 1) %}
        {%- set digit = "try_cast(substr(" ~ digits ~ ", " ~ place ~ ", 1) as integer)" %}
        + {% if (length - place) is odd %}2 * {{ digit }} - case when {{ digit }} > 4 then 9 else 0 end{% else %}{{ digit }}{% endif %}
        {%- endfor %}
    ) % 10 = 0
{%- endmacro %}

{#- LANR: the first six digits by 4 and 9 in turn; what the sum lacks to the next ten. -#}
{% macro lanr_check_digit(digits) -%}
    cast((10 - (
        0
        {%- for place in range(1, 7) %} + {{ 4 if place is odd else 9 }} * try_cast(substr({{ digits }}, {{ place }}, 1) as integer){% endfor -%}
    ) % 10) % 10 as {{ type_text() }})
{%- endmacro %}
