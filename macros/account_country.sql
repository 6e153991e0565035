{#- The country of an account row (ruling 18): the mailing address's code, else the country field where it holds a code. -#}
{% macro account_country() -%}
    upper(coalesce(PersonMailingCountryCode, case when length(Country_vod__c) = 2 then Country_vod__c end))
{%- endmacro %}
