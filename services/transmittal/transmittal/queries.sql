-- name: remember
-- Keep the newest word on each matter and every notice; answer with the matters that were news.
with heard as (
    insert into matter as m (addressee, item, version, event_id, content, never)
    select * from unnest($1::bigint[], $2::text[], $3::int[], $4::uuid[], $5::bytea[], $6::text[])
    on conflict (addressee, item)
    do update set version = excluded.version, event_id = excluded.event_id, content = excluded.content,
                  never = excluded.never
    where m.version < excluded.version
    returning m.addressee, m.item
), answered as (
    insert into result (event_id, addressee, filing, accepted, processed_on, reason)
    select * from unnest($7::uuid[], $8::bigint[], $9::text[], $10::boolean[], $11::date[], $12::text[])
    on conflict (event_id) do nothing
)
select addressee, item from heard;

-- name: recall
-- All that is due, was attempted and was answered about these residents. The attempts are held until the commit: a batch
-- that is being sealed comes before or after, never between.
with held as materialized (
    select * from attempt where addressee = any($1::bigint[]) order by addressee, item, number for update
)
select 'matter' as what, addressee, item, content, event_id, version, never, null::int as number,
       null::text as mark, null::text as state, null::text as reason, null::int as batch, null::int as line,
       null::date as day, null::boolean as accepted
from matter where addressee = any($1::bigint[]) and content is not null
union all
select 'attempt', addressee, item, content, null, null, null, number, mark, state, reason, batch, line, sealed_on, null
from held
union all
select 'result', addressee, filing, null, event_id, null, null, null, null, null, reason, null, null, processed_on, accepted
from result where addressee = any($1::bigint[]);

-- name: save
-- Attempts as they stand now; the database refuses a change of what was sealed.
insert into attempt (addressee, item, number, mark, state, content, filing, reason, batch, line, sealed_on)
select * from unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[],
                     $9::int[], $10::int[], $11::date[])
on conflict (addressee, item, number)
do update set mark = excluded.mark, state = excluded.state, content = excluded.content, filing = excluded.filing,
              reason = excluded.reason;

-- name: look
-- What the calendar and the desk are waiting for; takes no lock.
select sealed_until, exists (select from batch where file_sha256 is null) as unwritten from sealing;

-- name: begin
-- Sealing days before the first business day we hear of are not ours.
update sealing set sealed_until = $1 where sealed_until is null;

-- name: hold_sealing
-- One seals at a time, and the next number is the last one plus one.
select sealed_until, last_batch from sealing for update;

-- name: pending
-- Everything that goes into the batch now being sealed.
select addressee, item, number, mark, state, content, reason, batch, line, sealed_on as day
from attempt where state = 'pending' order by addressee, item, number for update;

-- name: add_batch
insert into batch (number, municipality, sealed_on, items, content, content_sha256) values ($1, $2, $3, $4, $5, $6);

-- name: seal
-- Each attempt gets its one place.
update attempt as a set state = 'sealed', batch = $1, sealed_on = $2, line = g.line
from unnest($3::bigint[], $4::text[], $5::int[], $6::int[]) as g (addressee, item, number, line)
where a.addressee = g.addressee and a.item = g.item and a.number = g.number;

-- name: answered_already
-- Residents with a notice that overtook the sealing of its filing.
select distinct a.addressee from attempt a join result r on r.addressee = a.addressee and r.filing = a.filing
where a.batch = $1 and r.processed_on > a.sealed_on order by a.addressee;

-- name: serve
-- The calendar is served up to this sealing day.
update sealing set sealed_until = $1, last_batch = $2;

-- name: unwritten
-- The next sealed batch without files; whoever writes holds it.
select number, municipality, sealed_on, items, content, content_sha256, file_sha256
from batch where file_sha256 is null order by number limit 1 for update;

-- name: written
update batch set file_sha256 = $2 where number = $1;

-- name: all_matters
select addressee, item, version, event_id, content, never from matter;

-- name: all_attempts
select addressee, item, number, mark, state, content, reason, batch, line, sealed_on as day from attempt;

-- name: all_batches
select number, municipality, sealed_on, items, content, content_sha256, file_sha256 from batch order by number;
