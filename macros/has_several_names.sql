{#-
  True where the records of one id bear names of which neither part is the same: two people under one number (a licence of
  a physician and of a nurse), or one number handed out twice.
-#}
{% macro has_several_names(first_name, last_name) -%}
    coalesce(
        min({{ folded(first_name) }}) <> max({{ folded(first_name) }}) and min({{ folded(last_name) }}) <> max({{ folded(last_name) }}), false
    )
{%- endmacro %}
