-- name: open_partitions
-- Lock the partitions of this batch in order: a slow former owner and the new one take turns.
insert into ledger_head as h (topic, part, next_offset, run_from, disposition)
select topic, part, first, first, 'applied'
from unnest($1::text[], $2::int[], $3::bigint[]) as given (topic, part, first)
order by topic, part
on conflict (topic, part) do update set part = excluded.part
returning topic, part, next_offset, run_from, disposition;

-- name: stands
-- How far every partition was read.
select topic, part, next_offset from ledger_head;

-- name: claim
-- The ids that are new become ours, and those that were forgotten again; for the others: do the bytes differ from what we saw under that id?
with given as (select * from unnest($1::uuid[], $2::bytea[]) as g (id, hash)),
     fresh as (
         insert into inbox (id, hash) select id, hash from given order by id
         on conflict (id) do update set forgotten = false where inbox.forgotten and inbox.hash = excluded.hash
         returning id
     )
select given.id, fresh.id is not null as fresh, inbox.hash is distinct from given.hash as differs
from given left join fresh on fresh.id = given.id left join inbox on inbox.id = given.id;

-- name: lock_residents
-- One advisory lock per addressee, in sorted order: two processes never wait for each other in a circle.
select pg_advisory_xact_lock(p) from (select distinct p from unnest($1::bigint[]) as p order by p) as sorted;

-- name: surroundings
-- One look after the locks. One row, that with a circle: the business day, which of these residents ($1) wait behind a parked event, and who is in
-- their circle now; the others: what was last said of each of them. The circle is the service's own query, or the residents themselves.
with circle as ({circle})
select business_day,
       array(select distinct subject from set_aside where state = 'open' and parks and subject = any($1::bigint[])) as parked,
       array(select addressee from circle) as circle, 
       array(select (addressee, at, sequence) from erased where addressee = any(array(select addressee from circle))) as erased,
       null::bigint as subject, null as topic, null as key, null as type, null::int as sequence, null::uuid as event_id,
       null::bytea as value
from clock
union all
select null, null, null, null, subject, topic, key, type, sequence, event_id, value
from said where subject = any(array(select addressee from circle));

-- name: close_partitions
-- Accounting of this batch: where each partition stands, and the runs that ended.
with head as (
    update ledger_head as h
    set next_offset = g.next_offset, run_from = g.run_from, disposition = g.disposition
    from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[])
         as g (topic, part, next_offset, run_from, disposition)
    where h.topic = g.topic and h.part = g.part
)
insert into ledger_range (topic, part, from_offset, to_offset, disposition)
select * from unnest($6::text[], $7::int[], $8::bigint[], $9::bigint[], $10::text[]);

-- name: set_aside
-- Keep what can't be used; a repeat of the same record adds nothing and is not announced again.
insert into set_aside (topic, part, offs, subject, event_id, disposition, reason, field, rule, body, parks, release_on)
select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::bytea[], $11::boolean[], $12::date[])
on conflict (topic, part, offs) do nothing
returning topic, part, offs;

-- name: say
-- Remember what is said from now on; and for good, that it was said on this business day ($8).
with news as (
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::uuid[], $7::bytea[])
        as n (subject, topic, key, type, sequence, event_id, value)
),
kept as (
    insert into said_history (subject, topic, key, sequence, type, value, business_day)
    select subject, topic, key, sequence, type, value, $8::date from news
)
insert into said (subject, topic, key, type, sequence, event_id, value)
select subject, topic, key, type, sequence, event_id, value from news
on conflict (subject, topic, key)
do update set type = excluded.type, sequence = excluded.sequence, event_id = excluded.event_id, value = excluded.value;

-- name: received_by
-- What we were saying of these subjects ($1; null = of everybody) at the end of business day $2: of each topic and key the newest
-- statement, unless it was withdrawn. Statements of no business day come before every day.
select subject, topic, key, type, sequence, value
from (
    select distinct on (subject, topic, key) subject, topic, key, type, sequence, value
    from said_history
    where ($1::bigint[] is null or subject = any($1::bigint[])) and (business_day is null or business_day <= $2)
    order by subject, topic, key, sequence desc
) as newest
where convert_from(value, 'UTF8')::json ->> 'withdrawn' is distinct from 'true'
order by subject, topic, key;

-- name: advance_day
-- The largest day wins: two schedulers, missed days and catch-up are harmless.
update clock set business_day = greatest(business_day, $1::date) returning business_day;

-- name: business_day
select business_day from clock;

-- name: lead
-- One relay per service publishes; the others wait for its session to end.
select pg_try_advisory_lock(7001);

-- name: unsent
-- The next outgoing events in the order they were written.
select seq, topic, key, value, traceparent, created_at from outbox order by seq limit $1;

-- name: sent
delete from outbox where seq = any($1::bigint[]);

-- name: backlog
-- Number of unsent events and age of the oldest in seconds.
select count(*) as events, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age from outbox;

-- name: set_aside_count
select count(*) as records, count(distinct subject) filter (where parks) as parked from set_aside where state = 'open';

-- name: open_records
select id as record, topic, part as partition, offs as offset, subject as addressee, disposition, reason, field, rule, parks as parked,
       release_on as held_until, at
from set_aside where state = 'open' order by id limit $1;

-- name: due_now
-- What waits of a parked resident may be tried again on this very business day; what is early keeps its own. Nothing before a day was told.
update set_aside set release_on = c.business_day from clock c
where state = 'open' and subject = $1 and release_on is null and c.business_day is not null
  and exists (select from set_aside where state = 'open' and subject = $1 and parks) returning id;

-- name: releasable
-- A resident whose held or parked records may be tried again: early ones whose day has come.
select distinct subject from set_aside
where state = 'open' and release_on is not null and release_on <= $1 and subject is not null
order by subject limit 500;

-- name: park
-- A resident whose released records failed waits for a re-drive; what is early still keeps its day.
update set_aside set parks = true, release_on = null
where state = 'open' and subject = $1 and release_on <= (select business_day from clock);

-- name: waiting
-- Everything of one resident that is open, in the order of arrival.
select id, topic, part, offs, event_id, body, release_on, reason from set_aside
where state = 'open' and subject = $1 order by id for update;

-- name: unreadable
-- What was no event when it came, in the order of arrival: the contracts may know it by now.
select id, topic, part, offs, body from set_aside
where state = 'open' and event_id is null and id > $1 order by id limit $2;

-- name: still_open
-- Those of these records that nobody settled meanwhile, locked.
select id from set_aside where id = any($1::bigint[]) and state = 'open' order by id for update;

-- name: settle_set_aside
-- A record that took effect after all, or was given up by two people.
update set_aside set state = $2, parks = false where id = any($1::bigint[]);

-- name: open_record
-- One open record, for the one person who looks at it or releases it.
select topic, part, offs, subject, event_id, reason, field, rule, body, release_asked_by, release_reason from set_aside
where id = $1 and state = 'open' for update;

-- name: ask_release
-- The first of two people.
update set_aside set release_asked_by = $2, release_reason = $3 where id = $1;

-- name: wait_on
-- What waited behind a released record waits on, behind its own first, until it is tried again: nobody overtakes.
update set_aside set parks = true
where id = (select min(id) from set_aside where state = 'open' and subject = $1 and reason = 'waiting');

-- name: redispose
-- The single-offset entries of the accounting follow.
update ledger_range as r set disposition = $4
from unnest($1::text[], $2::int[], $3::bigint[]) as g (topic, part, offs)
where r.topic = g.topic and r.part = g.part and r.from_offset = g.offs and r.to_offset = g.offs;

-- name: parked_count
select count(distinct subject) from set_aside where state = 'open' and parks;

-- name: set_accounts
insert into registered_account as a (account, version, data) select * from unnest($1::text[], $2::int[], $3::text[])
on conflict (account) do update set version = excluded.version, data = excluded.data where a.version < excluded.version;

-- name: set_terminals
insert into registered_terminal as t (terminal, version, data) select * from unnest($1::text[], $2::int[], $3::text[])
on conflict (terminal) do update set version = excluded.version, data = excluded.data where t.version < excluded.version;

-- name: account_at
select (select data from registered_account where account = $1) as account, (select data from registered_terminal where terminal = $2) as terminal;

-- name: order_erasure
-- From here to the end of the transaction what never changes may be deleted, of this person.
with ordered as (
    insert into erased (addressee, certificate, at, sequence)
    values ($1, $2, $3, (select coalesce(max(sequence), 0) from said where subject = $1))
    on conflict (addressee) do update
        set certificate = excluded.certificate, at = excluded.at, sequence = greatest(erased.sequence, excluded.sequence)
)
select set_config('kokunen.erasure', $2, true);

-- name: erase
-- What every service keeps of a person ($1) for the chassis. Access records go out: they are numbered without a gap, and say whom by number.
with history as (delete from said_history where subject = $1 returning 1),
     now as (delete from said where subject = $1 returning 1),
     unsent as (delete from outbox where key = $1::bigint::text and topic not like '%access-records' returning 1),
     aside as (
         update set_aside set body = '', parks = false, state = case state when 'open' then 'released' else state end
         where subject = $1 returning 1
     )
select (select count(*) from history) as said_history, (select count(*) from now) as said, (select count(*) from unsent) as outbox,
       (select count(*) from aside) as set_aside;

-- name: end_erasure
select set_config('kokunen.erasure', '', true);

-- name: erasure_done
insert into erasure_done (certificate, service, rows, at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: next_access
update access_counter set counter = counter + 1
returning counter, coalesce(extract(epoch from clock_timestamp() - waiting_since), 0)::float as waiting;

-- name: accesses_wait
-- From the commit on: a transaction may be long.
update access_counter set waiting_since = clock_timestamp() where waiting_since is null;

-- name: unacknowledged
select counter, acknowledged, coalesce(extract(epoch from clock_timestamp() - waiting_since), 0)::float as waiting
from access_counter;

-- name: acknowledge
-- The record after $1 was made after it; when, nobody remembers.
update access_counter set
    acknowledged = $1,
    waiting_since = case when counter = $1 then null else greatest(waiting_since, $2::timestamptz) end
where acknowledged < $1 and $1 <= counter
returning counter;
