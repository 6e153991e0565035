{#-
  A Salesforce id in its 18-character form, which may be compared without regard to case; ids of other lengths stay as
  they are (GEN-01), and so do Vault's, which begin with V. The three check characters tell, for each group of five, which letters are capitals.
-#}
{% macro salesforce_id(column) -%}
    case
        when length({{ column }}) <> 15 or {{ column }} like 'V%' then {{ column }}
        else {{ column }}
            {%- for group in range(3) %} || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1
                {%- for place in range(5) %} + case when substr({{ column }}, {{ group * 5 + place + 1 }}, 1) between 'A' and 'Z' then {{ 2 ** place }} else 0 end
                {%- endfor %}, 1)
            {%- endfor %}
    end
{%- endmacro %}
