-- What the rules on deliveries read, from `ledger` and `profiles` (counts only), for the as-of instant in `run`.
-- "Recent": delivered within a week before its feed's newest delivery; older ones have been judged in their day, and are
-- history now. History goes by delivery instant (ruling 57); increments are compared with increments, full extracts with full.

create temp table applied as
select
    system, object, delivery, delivered_at, rows_read,
    case when is_deletes then 'deletes' when is_full then 'full' else 'increment' end as kind,
    delivered_at > max(delivered_at) over (partition by system, object) - interval 7 day as is_recent
from ledger
where status = 'applied' and delivered_at is not null;

-- A delivery and the eight of its kind before it.
create temp table pasts as
with placed as (
    select *, row_number() over (partition by system, object, kind order by delivered_at, delivery) as place from applied
)
select recent.system, recent.object, recent.kind, recent.delivery, recent.delivered_at, past.delivery as past_delivery,
    past.rows_read as past_rows_read
from placed as recent
inner join placed as past
    on recent.system = past.system and recent.object = past.object and recent.kind = past.kind
    and past.place between recent.place - 8 and recent.place - 1
where recent.is_recent;

-- One row per recent delivery and column, its own or registered. Files of keys to delete have no columns to speak of.
create temp table columns as
with past as (
    select
        pasts.system, pasts.object, pasts.delivery, profiles.column_name,
        count(*) filter (profiles.is_present) as past_present,
        sum(pasts.past_rows_read) as past_rows,
        sum(profiles.filled) as past_filled,
        max(1 - profiles.filled / pasts.past_rows_read) filter (pasts.past_rows_read > 0) as most_empty,
        count(*) filter (pasts.past_rows_read > 0) as past_with_rows,
        max(profiles.ahead) as most_ahead
    from pasts
    inner join profiles
        on pasts.system = profiles.system and pasts.object = profiles.object and pasts.past_delivery = profiles.delivery
    group by all
)
select
    here.*, applied.rows_read,
    (select count(*) from pasts
     where pasts.system = here.system and pasts.object = here.object and pasts.delivery = here.delivery) as past_deliveries,
    coalesce(past.past_present, 0) as past_present, coalesce(past.past_with_rows, 0) as past_with_rows,
    coalesce(past.past_rows, 0) as past_rows, coalesce(past.past_filled, 0) as past_filled, past.most_empty, past.most_ahead
from profiles as here
inner join applied using (system, object, delivery)
left join past using (system, object, delivery, column_name)
where applied.is_recent and applied.kind <> 'deletes';

-- One row per feed, kind and instant: the parts of one extract count together. `gap_days` is the time that it covers.
create temp table extracts as
with summed as (
    select
        system, object, kind, delivered_at, min(delivery) as delivery, sum(rows_read) as rows_read,
        sum((select sum(opt_outs) from profiles
             where profiles.system = applied.system and profiles.object = applied.object
                 and profiles.delivery = applied.delivery)) as opt_outs,
        bool_or(is_recent) as is_recent
    from applied
    group by all
)
select
    *,
    row_number() over feed as place,
    datediff('second', lag(delivered_at) over feed, delivered_at) / 86400 as gap_days
from summed
window feed as (partition by system, object, kind order by delivered_at);

-- A recent extract beside those of its past that cover about as much time: a day's file is not compared with a week's, and
-- four of them that span a week know what a weekend looks like. The first extract of a feed covers all time, so none.
create temp table volumes as
select
    e.system, e.object, e.kind, e.delivery, e.rows_read,
    min(past.rows_read / past.gap_days) * e.gap_days as least_expected,
    max(past.rows_read / past.gap_days) * e.gap_days as most_expected
from extracts as e
inner join extracts as past
    on e.system = past.system and e.object = past.object and e.kind = past.kind
    and past.place between e.place - 12 and e.place - 1 and past.gap_days between e.gap_days / 2 and e.gap_days * 2
where e.is_recent and e.kind = 'increment'
group by e.system, e.object, e.kind, e.delivery, e.rows_read, e.gap_days
having count(*) >= 4 and sum(past.gap_days) >= 6.9;

create temp table full_extracts as
select e.system, e.object, e.delivery, e.rows_read, before.rows_read as rows_before
from extracts as e
inner join extracts as before
    on e.system = before.system and e.object = before.object and e.kind = before.kind and before.place = e.place - 1
where e.is_recent and e.kind = 'full' and e.place > 2;

-- Recent extracts of feeds that carry opt-outs (`opt_outs` in the registry), with those of the twelve extracts before.
create temp table opt_outs as
select
    e.system, e.object, e.delivery, e.rows_read, coalesce(e.opt_outs, 0) as opt_outs, count(*) as past_extracts,
    sum(past.opt_outs) as past_opt_outs,
    coalesce(e.opt_outs, 0) + coalesce(sum(past.opt_outs) filter (past.place > e.place - 4), 0) as last_four
from extracts as e
inner join extracts as past
    on e.system = past.system and e.object = past.object and e.kind = past.kind
    and past.place between e.place - 15 and e.place - 1
where e.is_recent and e.kind <> 'deletes'
group by e.system, e.object, e.delivery, e.rows_read, e.opt_outs
having sum(past.opt_outs) > 0;

-- One row per feed that has come at least five times: its usual gap, and how long it has been silent.
create temp table feeds as
with gaps as (
    select
        system, object, delivered_at,
        datediff('second', lag(delivered_at) over feed, delivered_at) / 86400 as gap_days,
        row_number() over (partition by system, object order by delivered_at desc) as age
    from (select distinct system, object, delivered_at from applied)
    window feed as (partition by system, object order by delivered_at)
)
select
    system, object, max(delivered_at) as newest_at, median(gap_days) filter (age <= 8) as usual_gap_days,
    max(gap_days) filter (age <= 8) as longest_gap_days,
    datediff('second', max(delivered_at), greatest((select as_of_at from run), (select max(delivered_at) from applied))) / 86400
        as silent_days,
    count(*) as deliveries
from gaps
group by system, object
having count(*) >= 5;
