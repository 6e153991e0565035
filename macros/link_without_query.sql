{#- Host and path of a link: its query and fragment may name the reader (EML-62); a link with an address in it is dropped. -#}
{% macro link_without_query(column) -%}
    case
        when split_part(split_part({{ column }}, '?', 1), '#', 1) not like '%@%'
            then regexp_replace(split_part(split_part({{ column }}, '?', 1), '#', 1), '^[A-Za-z]+://', '')
    end
{%- endmacro %}
