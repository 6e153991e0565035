{#-
  The condition under which a Marketing Cloud event belongs to a send. Events carry no send id: of the sends of their soft key,
  the latest that is not after them.
-#}
{% macro of_its_send(events, sends) -%}
    {{ events }}.job_id = {{ sends }}.job_id
        and {{ events }}.list_id = {{ sends }}.list_id
        and {{ events }}.batch_id = {{ sends }}.batch_id
        and {{ events }}.subscriber_id = {{ sends }}.subscriber_id
        and ({{ sends }}.events_from_at is null or {{ events }}.occurred_at >= {{ sends }}.events_from_at)
        and ({{ sends }}.events_to_at is null or {{ events }}.occurred_at < {{ sends }}.events_to_at)
{%- endmacro %}
