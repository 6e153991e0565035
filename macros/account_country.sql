{#-
  The country of an account row (ruling 18): the mailing address's code, else the country field where it holds a code or
  a name that the joined seed `countries` knows.
-#}
{% macro account_country(countries) -%}
    upper(coalesce(PersonMailingCountryCode, case when length(Country_vod__c) = 2 then Country_vod__c end, {{ countries }}.country_code))
{%- endmacro %}
