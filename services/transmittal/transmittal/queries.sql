-- name: circle
-- Whoever has the same filing as one of these residents ($1) or under one of these reception numbers ($2): numbers of one person (名寄せ).
select unnest($1::bigint[]) as addressee
union
select addressee from reception where filing = any(array(
    select filing from reception where addressee = any($1::bigint[]) union select unnest($2::text[])));

-- name: remember
-- Keep the newest word on each matter, with its line of the reception book, on each form, number and unmade filing, and every notice;
-- answer with the matters that were news.
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
), received as (
    insert into reception as r (filing, addressee, version, withdrawn, received_on, line)
    select * from unnest($13::text[], $14::bigint[], $15::int[], $16::boolean[], $17::date[], $18::bytea[])
    on conflict (filing, addressee) do update
    set version = excluded.version, withdrawn = excluded.withdrawn, received_on = excluded.received_on, line = excluded.line
    where r.version < excluded.version
), entered as (
    insert into form as f (filing, addressee, revision, content)
    select * from unnest($19::text[], $20::bigint[], $21::int[], $22::bytea[])
    on conflict (filing) do update set addressee = excluded.addressee, revision = excluded.revision, content = excluded.content
    where f.revision < excluded.revision
), numbered as (
    insert into pension_number as n (addressee, version, basic_pension_number)
    select * from unnest($23::bigint[], $24::int[], $25::text[])
    on conflict (addressee) do update set version = excluded.version, basic_pension_number = excluded.basic_pension_number
    where (n.version, n.basic_pension_number) < (excluded.version, excluded.basic_pension_number)
), hinted as (
    insert into hint as h (subject, hint, person, since, version, due_on, open)
    select * from unnest($26::bigint[], $27::text[], $28::bigint[], $29::date[], $30::int[], $31::date[], $32::boolean[])
    on conflict (subject, hint, person, since) do update
    set version = excluded.version, due_on = excluded.due_on, open = excluded.open where h.version < excluded.version
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
from result where addressee = any($1::bigint[])
union all
select 'pull', addressee, item, null, null, null, null, null, null, null, null, null, null, null, null
from pull where addressee = any($1::bigint[]) and put_back_at is null;

-- name: save
-- Attempts as they stand now; the database refuses a change of what was sealed.
insert into attempt as a (addressee, item, number, mark, state, content, filing, reason, batch, line, sealed_on, traceparent)
select * from unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[],
                     $9::int[], $10::int[], $11::date[], $12::text[])
on conflict (addressee, item, number)
do update set mark = excluded.mark, state = excluded.state, content = excluded.content, filing = excluded.filing,
              reason = excluded.reason,
              traceparent = case excluded.state when 'pending' then coalesce(excluded.traceparent, a.traceparent) else a.traceparent end;

-- name: look
-- Up to which day the calendar was served; takes no lock.
select sealed_until from sealing;

-- name: begin
-- Sealing days before the first business day we hear of are not ours.
update sealing set sealed_until = $1 where sealed_until is null;

-- name: hold_sealing
-- One seals at a time, and the next number is the last one plus one.
select sealed_until, last_batch from sealing for update;

-- name: pending
-- Everything that goes into the batch now being sealed. All attempts of these residents, and of whoever has the same filing as one of them, are
-- held, in the order in which `recall` holds them: who is found overtaken is recalled in this transaction, and must not be waited for by one
-- that waits for us.
with about as materialized (
    select distinct addressee from attempt where state = 'pending'
), held as materialized (
    select * from attempt where addressee in (
        select addressee from about
        union
        select addressee from reception where filing in (select filing from reception where addressee in (select addressee from about)))
    order by addressee, item, number for update
)
select addressee, item, number, mark, state, content, reason, batch, line, sealed_on as day
from held where state = 'pending' order by addressee, item, number;

-- name: add_batch
-- A batch and its first issue, made by $10.
with made as (
    insert into batch (number, municipality, sealed_on, items, content, content_sha256, counts, log_size, log_root)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning number
)
insert into issue (batch, number, made_by) select number, 1, $10 from made;

-- name: add_paper
insert into paper (batch, sheets, commitment) values ($1, $2, $3);

-- name: paper
select sheets, commitment from paper where batch = $1;

-- name: expect_originals
-- What is reported anew and came on paper travels as paper, too; what it came as is in the reception book.
insert into original (batch, filing)
select distinct a.batch, a.filing from attempt a join reception r on r.filing = a.filing and r.addressee = a.addressee
where a.batch = $1 and a.mark = 'new' and convert_from(r.line, 'UTF8')::json ->> 'channel' <> 'online';

-- name: bag
select * from bag where batch = $1 and issue = $2 order by filing;

-- name: scanned
-- Sheets of originals that belong to the batch; a sheet with a newer label counts by that.
insert into scan (batch, issue, filing, sheet, sheets, scanned_by)
select $1, $2, g.filing, g.sheet, g.sheets, $3 from unnest($4::text[], $5::int[], $6::int[]) as g (filing, sheet, sheets)
on conflict (batch, issue, filing, sheet) do update set sheets = excluded.sheets, scanned_by = excluded.scanned_by, scanned_at = now();

-- name: to_remind
-- What people ($2; null = everybody) have still to file, of these kinds ($1), past the day on which it was due; with $4 also what they
-- were reminded of before.
select person, hint, since, min(due_on) as due_on from hint h
where open and hint = any($1::text[]) and ($2::bigint is null or person = $2) and (due_on is null or due_on < $3)
  and ($4 or not exists (select from reminder r where r.person = h.person and r.hint = h.hint and r.since = h.since))
group by person, hint, since order by person, since, hint;

-- name: reminded
insert into reminder (person, hint, since, printed_by)
select g.person, g.hint, g.since, $4 from unnest($1::bigint[], $2::text[], $3::date[]) as g (person, hint, since);

-- name: forms
select filing, content from form where filing = any($1::text[]);

-- name: seal
-- Each attempt gets its one place.
update attempt as a set state = 'sealed', batch = $1, sealed_on = $2, line = g.line
from unnest($3::bigint[], $4::text[], $5::int[], $6::int[]) as g (addressee, item, number, line)
where a.addressee = g.addressee and a.item = g.item and a.number = g.number
returning a.line, a.traceparent;

-- name: answered_already
-- Residents with a notice that overtook the sealing of its filing.
select distinct a.addressee from attempt a join result r on r.addressee = a.addressee and r.filing = a.filing
where a.batch = $1 and r.processed_on > a.sealed_on order by a.addressee;

-- name: serve
-- The calendar is served up to this sealing day.
update sealing set sealed_until = $1, last_batch = $2;

-- name: batch
select number, municipality, sealed_on, items, content, content_sha256, counts, log_size, log_root from batch where number = $1;

-- name: persons_in
-- Everybody in a batch.
select distinct addressee from attempt where batch = $1 order by addressee;

-- name: issue
-- The issue of a batch that goes its way, or the last one that was void; held until the commit.
select * from issue where batch = $1 order by number desc limit 1 for update;

-- name: next_step
-- Something more is said of a batch.
update batch set steps = steps + 1 where number = $1 returning steps, content_sha256;

-- name: checked
update issue set checked_by = $3, checked_at = now() where batch = $1 and number = $2;

-- name: decided
update issue set decided_by = $3, decided_at = now(), decided_for = $4 where batch = $1 and number = $2;

-- name: reviewed
update issue set reviewed_by = $3, reviewed_at = now() where batch = $1 and number = $2;

-- name: add_archive
insert into archive (batch, issue, made_by, terminal, medium, sha256, password) values ($1, $2, $3, $4, $5, $6, $7);

-- name: archive
select * from archive where batch = $1 and issue = $2 and sha256 = $3;

-- name: written
update issue set written_by = $3, written_at = now(), terminal = a.terminal, medium = a.medium, record_sha256 = $5,
                 archive_sha256 = a.sha256, password = a.password
from archive a where issue.batch = $1 and issue.number = $2 and (a.batch, a.issue, a.sha256) = ($1, $2, $4);

-- name: permitted
-- 持ち出し記録簿: the next serial number.
update issue set permitted_by = $3, permitted_at = now(), carrier = $4, destination = $5,
                 carry_out = (select coalesce(max(carry_out), 0) + 1 from issue)
where batch = $1 and number = $2 returning carry_out;

-- name: lock_carry_out
select pg_advisory_xact_lock(7301);

-- name: confirmed
update issue set confirmed_by = $3, confirmed_at = now(), bag = $4, bag_seal = $5 where batch = $1 and number = $2;

-- name: dispatched
-- The second confirmer; with it the medium is out, and it is the recipient's.
with gone as (
    update issue set dispatched_by = $3, dispatched_at = now() where batch = $1 and number = $2 returning medium, destination
)
insert into movement (medium, number, out_by, destination)
select medium, (select coalesce(max(number), 0) + 1 from movement m where m.medium = gone.medium), $3, destination from gone;

-- name: received
insert into receipt (batch, issue, number, counts, received_by)
values ($1, $2, (select coalesce(max(number), 0) + 1 from receipt where batch = $1 and issue = $2), $4, $3) returning number;

-- name: closed
update issue set closed_at = now() where batch = $1 and number = $2;

-- name: voided
update issue set voided_by = $3, voided_at = now(), void_reason = $4 where batch = $1 and number = $2;

-- name: reissue
insert into issue (batch, number, made_by) values ($1, $2, $3);

-- name: was_dispatched
select exists (select from issue where batch = $1 and dispatched_at is not null) as dispatched;

-- name: concerned
-- Whom this batch is about.
select distinct addressee from attempt where batch = $1 order by addressee;

-- name: give_back
-- No issue of this batch went out and none will: its attempts are void.
update attempt set state = 'voided', reason = $2 where batch = $1 and state = 'sealed';

-- name: pull
insert into pull (addressee, item, number, reason, pulled_by)
select $1, $2, (select coalesce(max(number), 0) + 1 from pull where addressee = $1 and item = $2), $3, $4
where exists (select from attempt where addressee = $1 and item = $2 and state = 'pending')
returning number;

-- name: put_back
update pull set put_back_by = $3, put_back_at = now() where addressee = $1 and item = $2 and put_back_at is null returning number;

-- name: due
-- What is to go or on its way: pending attempts with their deadline, and sealed ones that were not dispatched yet.
select a.addressee, a.item, a.number, a.mark, a.state, a.content, a.reason, a.batch,
       exists (select from pull p where p.addressee = a.addressee and p.item = a.item and p.put_back_at is null) as pulled
from attempt a
where a.state in ('pending', 'withdrawn') and (a.state = 'pending' or exists (
          select from pull p where p.addressee = a.addressee and p.item = a.item and p.put_back_at is null))
   or (a.state = 'sealed' and not exists (
          select from issue i where i.batch = a.batch and i.dispatched_at is not null))
order by a.addressee, a.item, a.number;

-- name: batches
-- Every batch with its newest issue.
select b.sealed_on, b.items, b.content_sha256, i.*,
       (select r.counts = b.counts from receipt r where r.batch = b.number and r.issue = i.number order by r.number desc limit 1) as agreed
from batch b join lateral (select * from issue where batch = b.number order by number desc limit 1) i on true
order by b.number;

-- name: issues
select i.* from issue i where batch = $1 order by number;

-- name: receipts
select issue, number, counts, received_by, received_at from receipt where batch = $1 order by issue, number;

-- name: appoint
insert into appointment (account, duty, deputy_for, valid_from, valid_until, proposed_by) values ($1, $2, $3, $4, $5, $6)
on conflict (account, duty) do update set deputy_for = excluded.deputy_for, valid_from = excluded.valid_from,
    valid_until = excluded.valid_until, proposed_by = excluded.proposed_by, confirmed_by = null;

-- name: appointment
select * from appointment where account = $1 and duty = $2 for update;

-- name: confirm_appointment
update appointment set confirmed_by = $3 where account = $1 and duty = $2;

-- name: appointments
select * from appointment order by duty, account;

-- name: add_terminal
insert into terminal (code, registered_by, valid_until) values ($1, $2, $3)
on conflict (code) do update set registered_by = excluded.registered_by, valid_until = excluded.valid_until;

-- name: add_medium
insert into medium (code, serial, kind, place, registered_by, valid_until) values ($1, $2, $3, $4, $5, $6);

-- name: dispose
update medium set disposed_at = now(), disposed_by = $2, disposal = $3, certificate = $4
where code = $1 and disposed_at is null returning code;

-- name: medium_out
insert into movement (medium, number, out_by, destination, due_back)
values ($1, (select coalesce(max(number), 0) + 1 from movement where medium = $1), $2, $3, $4);

-- name: medium_in
update movement set in_at = now(), in_by = $2 where medium = $1 and in_at is null and due_back is not null returning number;

-- name: media_overdue
-- Media that should have come back before this day.
select count(*) as overdue from movement where in_at is null and due_back < $1;

-- name: media
-- 記録媒体管理台帳, newest movement beside each medium.
select m.*, v.number as movement, v.out_at, v.out_by, v.destination, v.due_back, v.in_at, v.in_by, i.batch, i.number as issue
from medium m
left join lateral (select * from movement where medium = m.code order by number desc limit 1) v on true
left join issue i on i.medium = m.code
order by m.code;

-- name: reception
-- 受付処理簿: what was received in these days, how it stands, and the batch of its last attempt with the day on which that left.
select r.addressee, r.line, a.state as attempt, a.batch,
       (select min(i.dispatched_at) from issue i where i.batch = a.batch) as dispatched_at
from (select distinct on (filing) * from reception where received_on between $1 and $2 order by filing, withdrawn, addressee) r
left join lateral (
    select state, batch from attempt where addressee = r.addressee and filing = r.filing order by number desc limit 1
) a on true
order by r.received_on, r.filing;

-- name: paper_places
-- Every filing of a person, with the newest attempt that took its original along, and the day on which that left.
select r.line, a.state as attempt, a.batch, a.sealed_on,
       (select min(i.dispatched_at) from issue i where i.batch = a.batch) as dispatched_at
from reception r
left join lateral (
    select state, batch, sealed_on from attempt
    where addressee = r.addressee and filing = r.filing and batch is not null order by number desc limit 1
) a on true
where r.addressee = $1 order by r.received_on desc, r.filing;

-- name: filing_received
-- One filing, and why the pension service returned it, where it did last.
select r.addressee, r.line, (
    select a.reason from attempt a
    where a.addressee = r.addressee and a.filing = r.filing and a.state = 'returned' order by a.number desc limit 1
) as returned_for
from reception r where r.filing = $1 order by r.withdrawn, r.addressee limit 1;

-- name: carry_outs
-- 持ち出し記録簿.
select carry_out, batch, number, medium, destination, carrier, permitted_by, permitted_at, bag, bag_seal, confirmed_by, dispatched_by,
       dispatched_at, voided_at
from issue where carry_out is not null order by carry_out;

-- name: lock_delivery
select pg_advisory_xact_lock(7302, hashtext($1));

-- name: delivery
select number, cover from delivery where number = $1;

-- name: register_delivery
insert into delivery (number, cover, registered_by) values ($1, $2, $3);

-- name: count_delivery
insert into delivery_count (delivery, number, counts, counted_by)
values ($1, (select coalesce(max(number), 0) + 1 from delivery_count where delivery = $1), $2, $3);

-- name: open_file
insert into delivery_file (delivery, kind, sha256, rows, imported_by) values ($1, $2, $3, $4, $5);

-- name: keep_rows
insert into delivery_row (delivery, kind, line, outcome, addressee, event_id)
select $1, $2, * from unnest($3::int[], $4::text[], $5::bigint[], $6::uuid[]);

-- name: placed
-- The attempts at these places of batches.
select a.batch, a.line, a.addressee, a.filing
from unnest($1::int[], $2::int[]) as p (batch, line) join attempt a on a.batch = p.batch and a.line = p.line;

-- name: numbered
-- Whose number it is, where it is one person's.
select basic_pension_number, min(addressee) as addressee from pension_number where basic_pension_number = any($1::text[])
group by basic_pension_number having count(*) = 1;

-- name: told_before
select distinct event_id from delivery_row where event_id = any($1::uuid[]);

-- name: deliveries
-- Every delivery: what its cover announces, how often that was counted by whom, what was let in.
select d.number, d.cover, d.registered_by, d.registered_at,
       (select count(distinct lower(counted_by)) from delivery_count c where c.delivery = d.number and c.counts = d.cover) as counted_equal,
       (select count(*) from delivery_count c where c.delivery = d.number and c.counts <> d.cover) as counted_differently,
       (select coalesce(json_object_agg(kind, rows), '{}') from delivery_file f where f.delivery = d.number) as files,
       (select coalesce(json_object_agg(outcome, n), '{}')
        from (select outcome, count(*) as n from delivery_row r where r.delivery = d.number group by outcome) as o) as outcomes
from delivery d order by d.registered_at;

-- name: open_delivery_rows
select r.delivery, r.kind, r.line, r.outcome, r.addressee from delivery_row r join delivery_file f using (delivery, kind)
where r.outcome in ('nobody', 'for_a_person') order by f.imported_at desc, r.line limit $1;

-- name: delivery_rows
-- What became of the rows of a delivery.
select kind, outcome, count(*) as rows, array_agg(line order by line) filter (where outcome in ('nobody', 'for_a_person')) as lines
from delivery_row where delivery = $1 group by kind, outcome order by kind, outcome;

-- name: unaccounted_files
-- Files of which not every row has an outcome.
select f.delivery, f.kind from delivery_file f
where f.rows <> (select count(*) from delivery_row r where r.delivery = f.delivery and r.kind = f.kind);

-- name: loop_days
-- From reception to the pension service's answer, of what was answered in the last 90 days.
select percentile_disc(0.5) within group (order by d) as p50, percentile_disc(0.9) within group (order by d) as p90
from (select r.processed_on - (convert_from(a.content, 'UTF8')::json ->> 'received_on')::date as d
      from attempt a join result r on r.addressee = a.addressee and r.filing = a.filing
      where a.state = 'accepted' and r.accepted and r.processed_on > (select coalesce(max(processed_on), '2000-01-01') from result) - 90) as answered;

-- name: all_issues
select batch, number, record_sha256, dispatched_at is not null as dispatched, closed_at is not null as closed,
       voided_at is not null as voided
from issue;

-- name: all_pulled
select addressee, item from pull where put_back_at is null;

-- name: all_matters
select addressee, item, version, event_id, content, never from matter;

-- name: all_attempts
select addressee, item, number, mark, state, content, reason, batch, line, sealed_on as day from attempt;

-- name: all_batches
select number, municipality, sealed_on, items, content, content_sha256, counts, log_size, log_root, rest_sha256,
       array(select line from erased_line e where e.batch = number order by line) as erased
from batch order by number;

-- name: sealed_with
-- The batches that hold something of a person ($1), with the lines that do.
select b.number, b.sealed_on, b.content, p.sheets, lines
from (select batch, array_agg(line order by line) as lines from attempt where addressee = $1 and batch is not null group by batch) as a
join batch b on b.number = a.batch join paper p on p.batch = a.batch order by b.number for update of b, p;

-- name: take_out
-- The content ($2, its hash $3) and the paper ($4, its commitment $5) of a batch ($1) without lines ($6), by the certificate of this transaction.
with lines as (
    insert into erased_line (batch, line, certificate) select $1, unnest($6::int[]), current_setting('kokunen.erasure')
), printed as (update paper set sheets = $4, commitment = $5 where batch = $1)
update batch set content = $2, rest_sha256 = $3 where number = $1;

-- name: erase
-- Everything of a person ($1) outside of what was sealed, and the places of what was.
with e_matter as (delete from matter where addressee = $1 returning 1),
     e_result as (delete from result where addressee = $1 returning 1),
     e_pull as (delete from pull where addressee = $1 returning 1),
     e_form as (delete from form where addressee = $1 returning 1),
     e_reception as (delete from reception where addressee = $1 returning 1),
     e_hint as (delete from hint where subject = $1 or person = $1 returning 1),
     e_reminder as (delete from reminder where person = $1 returning 1),
     e_pension_number as (delete from pension_number where addressee = $1 returning 1),
     e_attempt as (delete from attempt where addressee = $1 returning 1)
select (select count(*) from e_matter) as matter,
       (select count(*) from e_result) as result,
       (select count(*) from e_pull) as pull,
       (select count(*) from e_form) as form,
       (select count(*) from e_reception) as reception,
       (select count(*) from e_hint) as hint,
       (select count(*) from e_reminder) as reminder,
       (select count(*) from e_pension_number) as pension_number,
       (select count(*) from e_attempt) as attempt;

-- name: reported
select content, mark, state, filing, batch, sealed_on from attempt where addressee = $1 and state <> 'withdrawn' order by item, number;
