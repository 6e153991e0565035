{#-
  Parsing of vendors' text. Every macro gives null for text that is not of its kind: what does not type goes to
  quarantine, and no cast error may carry a cell's value into a log.
-#}
{% macro type_text() -%}
    {{ return(adapter.dispatch('type_text', 'rapport')()) }}
{%- endmacro %}

{% macro duckdb__type_text() -%} text {%- endmacro %}

{#- An ISO date, or the date part of an ISO timestamp as it is written; `us`: MM/DD/YYYY. -#}
{% macro parse_date(column, format='iso') -%}
    {{ return(adapter.dispatch('parse_date', 'rapport')(column, format)) }}
{%- endmacro %}

{% macro duckdb__parse_date(column, format) -%}
    {%- if format == 'us' -%}
    cast(try_strptime({{ column }}, '%m/%d/%Y') as date)
    {%- else -%}
    case
        when {{ column }} like '____-__-__' or ({{ column }} like '____-__-__%' and try_cast({{ column }} as timestamptz) is not null)
            then try_cast(left({{ column }}, 10) as date)
    end
    {%- endif -%}
{%- endmacro %}

{#-
  A UTC timestamp without zone. An offset in the text decides, `+0000` without colon included (GEN-07); without one the
  text is local time of `zone` (an IANA name from the registry: GEN-06 is why Marketing Cloud says Etc/GMT+6).
  The pattern keeps out `infinity`, `epoch` and years beyond 9999.
-#}
{% macro parse_timestamp(column, zone='UTC') -%}
    {{ return(adapter.dispatch('parse_timestamp', 'rapport')(column, zone)) }}
{%- endmacro %}

{#- DuckDB: `at time zone` takes four times as long as going through the epoch, and every row has several instants. -#}
{% macro duckdb__parse_timestamp(column, zone) -%}
    {%- if zone == 'UTC' -%}
    case when {{ column }} like '____-%' then make_timestamp(epoch_us(try_cast({{ column }} as timestamptz))) end
    {%- else -%}
    case
        when {{ column }} not like '____-%' then null
        when regexp_matches(substr({{ column }}, 11), 'Z|UTC|[+-]') then make_timestamp(epoch_us(try_cast({{ column }} as timestamptz)))
        else (try_cast({{ column }} as timestamp) at time zone '{{ zone }}') at time zone 'UTC'
    end
    {%- endif -%}
{%- endmacro %}

{#- `MM/DD/YYYY hh:mm:ss AM`, with or without seconds: local time of `zone` as a UTC timestamp without zone (WEB-07). -#}
{% macro parse_us_timestamp(column, zone='UTC') -%}
    {{ return(adapter.dispatch('parse_us_timestamp', 'rapport')(column, zone)) }}
{%- endmacro %}

{% macro duckdb__parse_us_timestamp(column, zone) -%}
    (try_strptime({{ column }}, ['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M %p']) at time zone '{{ zone }}') at time zone 'UTC'
{%- endmacro %}

{% macro parse_decimal(column, precision, scale) -%}
    try_cast({{ column }} as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}

{#- A whole number, also when written with a zero fraction (`30.0`); `30.5` is none (engines round it differently). -#}
{% macro parse_integer(column) -%}
    case
        when {{ parse_decimal(column, 28, 6) }} = floor({{ parse_decimal(column, 28, 6) }})
            then try_cast({{ parse_decimal(column, 28, 6) }} as bigint)
    end
{%- endmacro %}

{% macro parse_boolean(column) -%}
    case lower({{ column }})
        when 'true' then true when 't' then true when '1' then true when 'yes' then true when 'y' then true
        when 'false' then false when 'f' then false when '0' then false when 'no' then false when 'n' then false
    end
{%- endmacro %}

{#-
  Seconds of an ISO 8601 duration (`PT1H2M3.5S`, `P1DT2H`) or of `HH:MM:SS.SS` (CME-35); null for anything else, months and
  years included, whose seconds nobody knows.
-#}
{% macro parse_duration(column) -%}
    {{ return(adapter.dispatch('parse_duration', 'rapport')(column)) }}
{%- endmacro %}

{% macro duckdb__parse_duration(column) -%}
    {%- set iso = '^P(?:([0-9.]+)W)?(?:([0-9.]+)D)?(?:T(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?)?$' -%}
    {%- set clock = '^([0-9]+):([0-9]{2}):([0-9]{2}(?:[.][0-9]+)?)$' -%}
    case
        when regexp_matches({{ column }}, '{{ iso }}') and regexp_matches({{ column }}, '[0-9][WDHMS]$')
            then {% for seconds in [604800, 86400, 3600, 60, 1] -%}
            coalesce(try_cast(regexp_extract({{ column }}, '{{ iso }}', {{ loop.index }}) as decimal(18, 3)), 0) * {{ seconds }}{{ ' + ' if not loop.last }}
            {%- endfor %}
        when regexp_matches({{ column }}, '{{ clock }}')
            then {% for seconds in [3600, 60, 1] -%}
            try_cast(regexp_extract({{ column }}, '{{ clock }}', {{ loop.index }}) as decimal(18, 3)) * {{ seconds }}{{ ' + ' if not loop.last }}
            {%- endfor %}
    end
{%- endmacro %}
