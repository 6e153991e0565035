{#-
  What every Marketing Cloud event has: the soft key that stands in for an event id, and the instant in UTC. The views' clock
  has no zone in its text; the feed's registry names it (GEN-06).
-#}
{% macro sfmc_event(object) -%}
    JobID as job_id,
    ListID as list_id,
    BatchID as batch_id,
    SubscriberID as subscriber_id,
    trim(SubscriberKey) as subscriber_key,
    {{ parse_timestamp('EventDate', feed_zone('sfmc', object)) }} as occurred_at
{%- endmacro %}
