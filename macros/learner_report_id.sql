{#- The key of a PARS learner report: provider, activity, learner and completion time. -#}
{% macro learner_report_id() -%}
    concat_ws('|', ProviderOrganization, moduleID, LearnerID, CompletedDateTime)
{%- endmacro %}
