-- name: circle
-- Residents ($1) with newly named spouses and numbers newly merged into ($2), households they are now said to be in ($3) and new applicants ($4):
-- everyone whose determination uses them, and everyone whom those determinations use. Negative households join the numbers of one person.
with asked as (select unnest($1::bigint[]) as p union select unnest($2::bigint[])),
     base as (
         select p from asked
         union select addressee from member where household = any(array(
             select household from member where household < 0 and addressee = any(array(select p from asked))))
     ),
     near as (select household from member where addressee = any(array(select p from base))
              union select unnest($3::bigint[])),
     mate as (select addressee from member where household = any(array(select household from near))),
     applicant as (
         select applicant as p from party where applicant = any(array(select p from base union select addressee from mate))
         union select applicant from party where spouse = any(array(select p from base))
         union select unnest($4::bigint[])
     ),
     far as (select household from member where addressee = any(array(select p from applicant))
             union select unnest($3::bigint[]))
select distinct p as addressee from (
    select p from base
    union all select p from applicant
    union all select addressee from member where household = any(array(select household from far))
    union all select spouse from party where applicant = any(array(select p from applicant)) and spouse > 0
    union all select addressee from member where household = any(array(
        select household from member where household < 0 and addressee = any(array(
            select spouse from party where applicant = any(array(select p from applicant)) and spouse > 0))))
) as everyone;

-- name: remember_and_recall
-- Keep new facts (of one key the higher version), households and applicants; answer with the facts of the whole circle.
-- Rows marked `fresh` are the new ones; an older row of the same key in the answer is outdated by them.
with new as (
    insert into fact as f (addressee, kind, key, version, event_id, recorded_at, data)
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::timestamptz[], $7::bytea[])
    on conflict (addressee, kind, key) do update
        set version = excluded.version, event_id = excluded.event_id, recorded_at = excluded.recorded_at, data = excluded.data
        where f.version < excluded.version
    returning addressee, kind, key, version, event_id, recorded_at, data
),
living as (
    insert into member (household, addressee) select * from unnest($8::bigint[], $9::bigint[]) on conflict do nothing
),
applying as (
    insert into party (applicant, spouse) select * from unnest($10::bigint[], $11::bigint[]) on conflict do nothing
),
numbering as (
    insert into pension_number (basic_pension_number, addressee)
    select * from unnest($12::text[], $13::bigint[]) on conflict do nothing
)
select true as fresh, addressee, kind, key, version, event_id, recorded_at, data from new
union all
select false, addressee, kind, key, version, event_id, recorded_at, data from fact where addressee = any($14::bigint[]);

-- name: save
-- Periods, reception book and next due days of these residents ($1), touching only what differs.
with given as (
    select * from unnest($2::bigint[], $3::date[], $4::date[], $5::text[], $6::text[], $7::text[])
        as g (addressee, starts, ends, category, certainty, end_certainty)
),
period as (select addressee, daterange(starts, ends) as validity, category, certainty, end_certainty from given),
before as materialized (select * from insured_period where addressee = any($1::bigint[])),
gone as (
    delete from insured_period as old where addressee = any($1::bigint[]) and not exists (
        select 1 from period as p where p.addressee = old.addressee and p.validity = old.validity
        and p.category = old.category and p.certainty = old.certainty
        and p.end_certainty is not distinct from old.end_certainty)
),
come as (
    insert into insured_period (addressee, validity, category, certainty, end_certainty)
    select p.* from period as p where not exists (
        select 1 from before as old where old.addressee = p.addressee and old.validity = p.validity
        and old.category = p.category and old.certainty = p.certainty
        and old.end_certainty is not distinct from p.end_certainty)
),
filed as (
    select * from unnest($10::text[], $11::bigint[], $12::text[], $13::date[], $14::text[], $15::text[], $16::text[], $17::text[],
                         $18::text[], $19::text[], $20::date[], $21::text[], $22::date[])
        as f (filing, addressee, kind, received_on, office, channel, state, reasons, entered_by, checked_by, send_decided_on,
              result, processed_on)
),
unfiled as (
    delete from reception_book as old where addressee = any($1::bigint[])
    and not exists (select 1 from filed as f where f.filing = old.filing and f.addressee = old.addressee)
),
booked as (
    insert into reception_book as old select * from filed
    on conflict (filing, addressee) do update set
        kind = excluded.kind, received_on = excluded.received_on, office = excluded.office, channel = excluded.channel,
        state = excluded.state, reasons = excluded.reasons, entered_by = excluded.entered_by, checked_by = excluded.checked_by,
        send_decided_on = excluded.send_decided_on, result = excluded.result, processed_on = excluded.processed_on
        where (old.*) is distinct from (excluded.*)
),
idle as (delete from due where addressee = any($1::bigint[]) and addressee <> all($8::bigint[]))
insert into due as d (addressee, next_due_on) select * from unnest($8::bigint[], $9::date[])
on conflict (addressee) do update set next_due_on = excluded.next_due_on where d.next_due_on <> excluded.next_due_on;

-- name: due
-- The next residents whose day has come; locked ones are somebody else's.
select addressee from due where next_due_on <= $1 order by next_due_on limit 500 for update skip locked;

-- name: facts_of
select true as fresh, addressee, kind, key, version, event_id, recorded_at, data from fact where addressee = any($1::bigint[]);

-- name: book
-- Lines of the reception book received in [$1, $2], in the given states ($3, empty = any), of the given kinds, at an office, of a person
-- and with a result where one is named.
select * from reception_book
where received_on between $1 and $2 and (cardinality($3::text[]) = 0 or state = any($3)) and kind = any($4::text[])
  and ($5::text is null or office = $5) and ($6::bigint is null or addressee = $6) and ($7::text is null or result = $7)
order by received_on, filing, addressee limit $8;

-- name: counts
-- Lines of the reception book received in [$1, $2], of the given kinds and at an office where one is named, counted.
select kind, office, channel, state, count(*)::int as count from reception_book
where received_on between $1 and $2 and kind = any($3::text[]) and ($4::text is null or office = $4)
group by kind, office, channel, state order by kind, office, channel, state;

-- name: lines_of_book
-- The same lines; of those that wait how many, how many for a check ($5: the reasons that say so), and the oldest; how many came back.
select count(*)::int as lines, count(*) filter (where state = 'waiting')::int as waiting,
       count(*) filter (where state = 'waiting' and string_to_array(reasons, ' ') && $5::text[])::int as to_check,
       count(*) filter (where state = 'accepted' and result = 'returned')::int as returned,
       min(received_on) filter (where state = 'waiting') as oldest
from reception_book where received_on between $1 and $2 and kind = any($3::text[]) and ($4::text is null or office = $4);

-- name: notes
select draft, on_day, written_by, written_at, box from note where addressee = $1 and purpose = $2 order by on_day desc, written_at desc limit 200;

-- name: notes_of
select draft, on_day, box from note where addressee = $1 order by on_day, written_at;

-- name: write_note
insert into note (draft, addressee, purpose, on_day, written_by, box) values ($1::text::uuid, $2, $3, $4, $5, $6)
on conflict (draft) do nothing returning draft;

-- name: note
select draft, addressee, purpose, on_day, written_by, box from note where draft = $1::text::uuid;

-- name: line_of_book
select * from reception_book where filing = $1 and addressee = $2;

-- name: birthdays
-- Residents whose birthday, in whatever year, lies in [$1, $2]: only they can attain an age on the days before.
select distinct addressee from (
    select addressee, (convert_from(data, 'UTF8')::jsonb ->> 'birth_date')::date as born from fact where kind = 'ResidentUpdated'
) as known
where to_char(born, 'MMDD') in (select to_char(day, 'MMDD') from generate_series($1::date, $2::date, interval '1 day') as day)
   or (to_char(born, 'MMDD') = '0229' and exists (
        select from generate_series($1::date, $2::date, interval '1 day') as day where to_char(day, 'MMDD') in ('0228', '0301')))
order by addressee;

-- name: reviewed
-- What continued reviews came to, of the months from $1 on (index `said_reviews`).
select subject as addressee, data ->> 'filing' as request, data ->> 'first_month' as first_month, data ->> 'last_month' as last_month,
       data ->> 'outcome' as outcome, data ->> 'scheme' as scheme
from (
    select subject, convert_from(value, 'UTF8')::json as data from said where type = 'ExemptionAssessed' and key like 'review/%'
) as s
where data ->> 'withdrawn' is distinct from 'true' and data ->> 'first_month' >= $1 order by subject, first_month;

-- name: soon
-- Residents for whom time alone changes something until $2; and, for the age limit of a deferral, applicants whose birthday lies in [$1, $2].
select addressee from due where next_due_on <= $2
union
select p.applicant from (select distinct applicant from party) as p
join fact f on f.addressee = p.applicant and f.kind = 'ResidentUpdated'
where right(convert_from(f.data, 'UTF8')::jsonb ->> 'birth_date', 5) in
      (select to_char(day, 'MM-DD') from generate_series($1::date - 1, $2::date + 1, interval '1 day') as day)
order by 1;

-- name: agreement
-- The pension service's decisions beside our pre-checks, by the scheme decided; what was taken back is left out.
select decided.value ->> 'scheme' as scheme,
       count(*) filter (where (decided.value ->> 'agrees')::boolean) as agrees,
       count(*) filter (where not (decided.value ->> 'agrees')::boolean) as disagrees,
       count(*) filter (where decided.value ->> 'agrees' is null) as not_compared
from (
    select convert_from(value, 'UTF8')::jsonb as value from said where type = 'ExemptionDecisionRecorded'
) as decided
where not coalesce((decided.value ->> 'withdrawn')::boolean, false)
group by 1 order by 1 nulls last;

-- name: known_after
-- The next residents (at most $2) of whom anything is known, by addressee number after $1.
select distinct addressee from fact where addressee > $1 order by addressee limit $2;

-- name: law
-- The parameters under which everybody was determined last: a new service begins with its own.
insert into law (sha256) values ($1) on conflict (one) do update set sha256 = law.sha256 returning sha256;

-- name: new_law
-- Other parameters hold now: everybody known is looked at again, from this business day on.
with changed as (update law set sha256 = $1)
insert into due as d (addressee, next_due_on) select distinct addressee, $2::date from fact
on conflict (addressee) do update set next_due_on = least(d.next_due_on, excluded.next_due_on);

-- name: transcriptions
-- Everything read off the portable terminal, and who checked it.
select addressee, kind, key, version, event_id, recorded_at, data from fact
where kind in ('PensionRecordTranscribed', 'TranscriptionChecked');

-- name: sheet
-- What we say of somebody now.
select topic, key, type, event_id, value from said
where subject = $1 and convert_from(value, 'UTF8')::json ->> 'withdrawn' is distinct from 'true'
order by topic, key;

-- name: number_holders
-- To whom a basic pension number was ever assigned.
select addressee from pension_number where basic_pension_number = $1 order by addressee;

-- name: erase
-- Everything of a person ($1).
with e_fact as (delete from fact where addressee = $1 returning 1),
     e_member as (delete from member where addressee = $1 returning 1),
     e_party as (delete from party where applicant = $1 or spouse = $1 returning 1),
     e_insured_period as (delete from insured_period where addressee = $1 returning 1),
     e_reception_book as (delete from reception_book where addressee = $1 returning 1),
     e_due as (delete from due where addressee = $1 returning 1),
     e_pension_number as (delete from pension_number where addressee = $1 returning 1),
     e_note as (delete from note where addressee = $1 returning 1)
select (select count(*) from e_fact) as fact,
       (select count(*) from e_member) as member,
       (select count(*) from e_party) as party,
       (select count(*) from e_insured_period) as insured_period,
       (select count(*) from e_reception_book) as reception_book,
       (select count(*) from e_due) as due,
       (select count(*) from e_pension_number) as pension_number,
       (select count(*) from e_note) as note;

-- name: quiet_since
-- Numbers after $1 of which nothing was told since $2, the first $3 of them.
select addressee from fact where addressee > $1 group by addressee having max(recorded_at) < $2 order by addressee limit $3;

-- name: retained
-- What stands against erasing these persons ($1), or was done about it.
select p as addressee,
       (select reason from legal_hold h where h.addressee = p and lifted_by is null) as held,
       (select certificate from erasure_order o where o.addressee = p and approved_by is null) as proposal
from unnest($1::bigint[]) as p;

-- name: propose_erasure
insert into erasure_order (addressee, kept_until, proposed_by) values ($1, $2, $3)
on conflict (addressee) where approved_by is null do nothing returning certificate;

-- name: erasure_order
select certificate, addressee, kept_until, proposed_by, approved_by, approved_at from erasure_order where certificate = $1 for update;

-- name: approve_erasure
update erasure_order set approved_by = $2, approved_at = now() where certificate = $1;

-- name: hold_records
insert into legal_hold (addressee, reason, set_by) values ($1, $2, $3) on conflict (addressee) where lifted_by is null do nothing
returning hold;

-- name: holding
select set_by from legal_hold where addressee = $1 and lifted_by is null for update;

-- name: lift_hold
update legal_hold set lifted_by = $2, lifted_at = now() where addressee = $1 and lifted_by is null;

-- name: erasure_done
select service, rows, at from erasure_done where certificate = $1 order by service;

-- name: register_request
insert into rights_request (number, kind, addressee, received_on, due_on, note, registered_by) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing returning number;

-- name: request
select number, kind, addressee, received_on, due_on, extension, registered_by, outcome, decided_by from rights_request
where number = $1 for update;

-- name: requests
select number, kind, addressee, received_on, due_on, extension, registered_by, outcome, decided_by from rights_request
where $1 or outcome is null order by outcome is not null, due_on, number limit 1000;

-- name: extend_request
update rights_request set due_on = $2, extended_by = $3, extension = $4 where number = $1;

-- name: decide_request
update rights_request set outcome = $2, decided_by = $3, decided_on = $4, answer = $5 where number = $1;

-- name: use_suspended
-- Whether a suspension of use (利用停止) was granted of a person.
select exists (select from rights_request where addressee = $1 and kind = 'suspension' and outcome in ('granted', 'partly')) as suspended;

-- name: requests_overdue
select count(*) from rights_request where outcome is null and due_on < (select coalesce(business_day, current_date) from clock);

-- name: hints
-- What a clerk should look at, of these days, the newest first; the day is the end of the key (index `said_hints`).
select subject as addressee, (data ->> 'on')::date as on, data ->> 'hint' as hint, (data ->> 'due_on')::date as due_on
from (
    select subject, convert_from(value, 'UTF8')::json as data from said
    where type = 'HintRaised' and right(key, 10) between $1::date::text and $2::date::text
) as s
where data ->> 'withdrawn' is distinct from 'true' order by 2 desc, 1, 3 limit $3;

-- name: next_export
select nextval(pg_get_serial_sequence('list_export', 'number')) as number;

-- name: exported
insert into list_export (number, list, ticket, account, terminal, rows, sha256) overriding system value values ($1, $2, $3, $4, $5, $6, $7);

-- name: snapshot
-- What was last said on a topic ($1) of the next residents ($2, $3), and the sequence of the last word about each on any topic.
with page as (select distinct subject from said where topic = $1 and subject > $2 order by subject limit $3)
select subject, max(sequence) as sequence, array_agg(event_id order by sequence) filter (where topic = $1) as ids,
       array_agg(type order by sequence) filter (where topic = $1) as types, array_agg(value order by sequence) filter (where topic = $1) as data
from said where subject = any(array(select subject from page)) group by subject order by subject;

-- name: every_period
-- Every insured period, to be held against what another package says.
select addressee, category, lower(validity) as first_day, upper(validity) as end_day from insured_period order by addressee, validity;

-- name: every_exempt_month
-- What was last said of exempt months.
select subject, value from said where topic = 'exemption-events' and type = 'MonthsExempted' order by subject, key;
