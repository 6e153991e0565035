{#-
  A valid NPI, or null (IDN-02): ten digits, first 1 or 2, Luhn check over '80840' before it, which adds 24 to the sum
  of the ten digits. Every second digit from the right, the check digit apart, counts double, less 9 above 9.
  A passing check digit does not prove that the number was issued.
-#}
{% macro valid_npi(column) -%}
    case
        when
            length(trim({{ column }})) = 10
            and substr(trim({{ column }}), 1, 1) in ('1', '2')
            and (
                24
                {%- for place in range(1, 11) %}
                {%- set digit = "try_cast(substr(trim(" ~ column ~ "), " ~ place ~ ", 1) as integer)" %}
                + {% if place is odd %}2 * {{ digit }} - case when {{ digit }} > 4 then 9 else 0 end{% else %}{{ digit }}{% endif %}
                {%- endfor %}
            ) % 10 = 0
            then trim({{ column }})
    end
{%- endmacro %}
