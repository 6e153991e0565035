{#- The system under which identity holds the ids of a row: records and people that moved to Vault keep their older ids (CRM-74). -#}
{% macro identity_system(source_system) -%}
    case {{ source_system }} when 'veeva_vault' then 'veeva_crm' else {{ source_system }} end
{%- endmacro %}
