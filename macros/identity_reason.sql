{#- Why two ids are held to be one person, in plain language (every link can be explained). -#}
{% macro identity_reason(rule) -%}
    case {{ rule }}
        when 'steward' then 'a steward decided that these are the same person'
        when 'npi' then 'both records carry the same valid NPI'
        when 'national_id' then 'both records carry the same national id of one country, and its check digit holds'
        when 'merge' then 'the CRM merged these accounts'
        when 'crm_id' then 'the subscriber key is the id of the CRM account'
        when 'email' then 'both records use the same email address, which is not shared'
    end
{%- endmacro %}
