-- name: circle
-- Residents ($1); of those with news of their household or case ($2) everyone who ever shared a household with them, in the households
-- they are now said to be in ($3) too, and the spouses they named until now or name from now on ($4); and the numbers merged into any.
with moved as (select unnest($2::bigint[]) as p),
     near as (select household from member where addressee = any(array(select p from moved)) union select unnest($3::bigint[])),
     base as (
         select unnest($1::bigint[]) as p
         union select addressee from member where household = any(array(select household from near))
         union select spouse from named_spouse where addressee = any(array(select p from moved))
         union select unnest($4::bigint[])
     )
select p as addressee from base
union select addressee from resident where merged_into = any(array(select p from base));

-- name: learn
-- Keep news of residents, of their households, of who is concerned, of basic pension numbers. Answer with what was known until now: of these residents ($15) and
-- the numbers they are merged into, of everyone who ever shared a household with one of them, and of whoever names one as spouse.
with newer as (
    insert into resident as r (addressee, sequence, merged_into, birth_date, support)
    select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::date[], $5::boolean[])
    on conflict (addressee) do update
    set sequence = excluded.sequence, merged_into = excluded.merged_into, birth_date = excluded.birth_date, support = excluded.support
    where r.sequence < excluded.sequence
    returning addressee
),
moved_out as (delete from member where addressee = any(array(select addressee from newer))),
moved_in as (
    insert into member (addressee, household, relation, residency, valid_from, valid_to)
    select m.* from unnest($6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::date[], $11::date[])
        as m (addressee, household, relation, residency, valid_from, valid_to)
    where m.addressee in (select addressee from newer)
),
newer_case as (
    insert into concerned as c (addressee, sequence, data)
    select * from unnest($12::bigint[], $13::int[], $14::bytea[])
    on conflict (addressee) do update set sequence = excluded.sequence, data = excluded.data
    where c.sequence < excluded.sequence
    returning addressee
),
unnamed as (
    delete from named_spouse
    where addressee = any(array(select addressee from newer_case))
      and (spouse, addressee) not in (select * from unnest($16::bigint[], $17::bigint[]))
),
named as (
    insert into named_spouse (spouse, addressee)
    select n.* from unnest($16::bigint[], $17::bigint[]) as n (spouse, addressee)
    where n.addressee in (select addressee from newer_case)
    on conflict do nothing
),
numbered as (
    insert into pension_number (basic_pension_number, addressee) select * from unnest($18::text[], $19::bigint[]) on conflict do nothing
),
base as (
    select unnest($15::bigint[]) as p
    union select merged_into from resident where addressee = any($15::bigint[]) and merged_into is not null
),
around as (
    select p from base
    union select addressee from member
          where household = any(array(select household from member where addressee = any(array(select p from base))))
    union select addressee from named_spouse where spouse = any(array(select p from base))
)
select p as addressee, r.sequence as moved, r.merged_into, c.sequence as stated, c.data,
       m.household, m.relation, m.residency, m.valid_from, m.valid_to
from around
left join lateral (select * from resident where addressee = p) as r on true
left join lateral (select * from concerned where addressee = p) as c on true
left join lateral (select * from member where addressee = p) as m on true;

-- name: assess
-- Keep the new assessments; forget those of persons who are outside the scope ($8), and that we saw them ($9: those not let in at all), so
-- that they may come again; count what was not let in. Answer with every version of the persons inside ($7), the new ones among them.
with new as (
    insert into assessment (event_id, addressee, tax_year, version, recorded_at, data)
    select * from unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[], $5::timestamptz[], $6::bytea[])
    on conflict (event_id) do nothing
    returning event_id, addressee, tax_year, version, recorded_at, data
),
outside as (delete from assessment where addressee = any($8::bigint[]) returning event_id),
forgotten as (update inbox set forgotten = true where id = any($9::uuid[] || array(select event_id from outside))),
counted as (
    insert into not_let_in as n (tax_year, what, records)
    select * from unnest($10::int[], $11::text[], $12::bigint[])
    on conflict (tax_year, what) do update set records = n.records + excluded.records
)
select event_id, addressee, tax_year, version, recorded_at, data from assessment where addressee = any($7::bigint[])
union all
select * from new;

-- name: needs
-- How many incomes are missing, by who can tell them and whether their day has passed.
with need as (
    select convert_from(value, 'UTF8')::json as data from said where type = 'IncomeNeeded'
)
select data ->> 'owner' as owner, coalesce((data ->> 'due_on')::date < (select business_day from clock), false) as overdue,
       count(*) as needs
from need where data ->> 'withdrawn' is distinct from 'true'
group by 1, 2;

-- name: import_request
insert into request (number, kind, basis, income_year, base_date, made_on, due_on, rows, file_sha256, imported_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: imported_before
-- Whether this number, or this file, was let in before.
select number = $1 as number, file_sha256 = $2 as file from request where number = $1 or file_sha256 = $2;

-- name: refuse_request
insert into request_refused (number, file_sha256, findings, by_account) values ($1, $2, $3, $4);

-- name: request
select * from request where number = $1;

-- name: lock_request
select pg_advisory_xact_lock(7201, hashtext($1));

-- name: requests
-- Every list with its rows by what became of them.
select r.number, r.kind, r.basis, r.rows, r.made_on, r.due_on, r.answered_by, r.answered_at,
       count(*) filter (where w.outcome = 'waiting') as waiting, count(*) filter (where w.outcome = 'match') as matched,
       count(*) filter (where w.outcome = 'ambiguous') as ambiguous, count(*) filter (where w.outcome = 'none') as nobody,
       count(*) filter (where w.status = 'withheld') as withheld, count(*) filter (where w.status = 'not_known') as not_known
from request r join request_row w on w.request = r.number
group by r.number order by r.due_on, r.number;

-- name: rows_to_look_for
-- The next rows of a list for which nobody looked yet, and nobody is looking.
select line, box from request_row where request = $1 and outcome = 'waiting' order by line limit $2 for update skip locked;

-- name: anybody_waiting
select exists (select from request_row where request = $1 and outcome = 'waiting') as waiting;

-- name: numbered
-- Whose number it is, where it is one person's.
select basic_pension_number, min(addressee) as addressee from pension_number where basic_pension_number = any($1::text[])
group by basic_pension_number having count(*) = 1;

-- name: matched
update request_row as w
set outcome = g.outcome, addressee = g.addressee, candidates = (select coalesce(array_agg(c::bigint), '{}') from jsonb_array_elements_text(g.candidates) as c),
    evidence = g.evidence
from unnest($2::int[], $3::text[], $4::bigint[], $5::jsonb[], $6::jsonb[]) as g (line, outcome, addressee, candidates, evidence)
where w.request = $1 and w.line = g.line and w.outcome = 'waiting';

-- name: open_rows
-- Rows for a person to settle.
select line, outcome, candidates, evidence, settled_by, settled_to from request_row
where request = $1 and outcome in ('ambiguous', 'none') and confirmed_by is null order by line;

-- name: row_to_settle
select outcome, settled_by, settled_to, confirmed_by from request_row where request = $1 and line = $2 for update;

-- name: propose
update request_row set settled_by = $3, settled_to = $4 where request = $1 and line = $2;

-- name: confirm
update request_row
set confirmed_by = $3, addressee = settled_to, outcome = case when settled_to is null then 'none' else 'match' end
where request = $1 and line = $2;

-- name: rows_to_answer
-- A page of a list, in its order.
select line, box, outcome, addressee, status from request_row where request = $1 and line > $2 and box <> '' order by line limit $3;

-- name: around_on
-- Who lived with each of these persons ($1) on a day ($2): themselves first; under whatever number they were merged from.
select own.addressee as person, mate.addressee, mate.relation, coalesce(r.support, false) as protected
from member own join member mate on mate.household = own.household
left join resident r on r.addressee = own.addressee
where own.addressee = any($1::bigint[])
  and own.residency = 'resident' and own.valid_from <= $2 and (own.valid_to is null or $2 < own.valid_to)
  and mate.residency = 'resident' and mate.valid_from <= $2 and (mate.valid_to is null or $2 < mate.valid_to);

-- name: householders_on
-- The householder of each of these persons ($1), each on a day of their own ($2); under whatever number they were merged from.
select distinct on (asked.person, asked.day) asked.person, asked.day, mate.addressee
from unnest($1::bigint[], $2::date[]) as asked (person, day)
join member own on own.addressee = asked.person and own.residency = 'resident'
    and own.valid_from <= asked.day and (own.valid_to is null or asked.day < own.valid_to)
join member mate on mate.household = own.household and mate.relation = 'householder' and mate.residency = 'resident'
    and mate.valid_from <= asked.day and (mate.valid_to is null or asked.day < mate.valid_to)
order by asked.person, asked.day, mate.valid_from desc, mate.addressee;

-- name: newest_assessments
-- The newest assessment of a tax year of each of these persons ($1), and of the numbers merged into them; and who is inside the scope.
with asked as (
    select p as person, p as number from unnest($1::bigint[]) as p
    union select merged_into, addressee from resident where merged_into = any($1::bigint[])
)
select distinct on (a.person) a.person, t.data, t.event_id, t.recorded_at, n.subject is not null as inside
from asked a left join assessment t on t.addressee = a.number and t.tax_year = $2
-- By key, person for person: asked as `exists`, everything ever said is read for each page.
left join said n on n.subject = a.person and n.topic = 'income-needs' and n.key = 'incomes'
    and convert_from(n.value, 'UTF8')::json ->> 'withdrawn' is distinct from 'true'
order by a.person, t.version desc nulls last, t.event_id;

-- name: held_assessments
-- The newest assessment of each tax year of a person ($1) and of the numbers merged into it, of whatever is held.
select distinct on (tax_year) data, event_id from assessment
where addressee = any(array(select $1::bigint union select addressee from resident where merged_into = $1))
order by tax_year, version desc, event_id;

-- name: answered_rows
update request_row as w set status = g.status from unnest($2::int[], $3::text[]) as g (line, status)
where w.request = $1 and w.line = g.line;

-- name: answered
update request set answered_by = $2, answered_at = now(), answer_sha256 = $3 where number = $1;

-- name: erase
-- Everything of a person ($1).
with e_assessment as (delete from assessment where addressee = $1 returning 1),
     e_resident as (delete from resident where addressee = $1 returning 1),
     e_member as (delete from member where addressee = $1 returning 1),
     e_concerned as (delete from concerned where addressee = $1 returning 1),
     e_named_spouse as (delete from named_spouse where addressee = $1 or spouse = $1 returning 1),
     e_pension_number as (delete from pension_number where addressee = $1 returning 1),
     e_request_row as (update request_row set box = '', evidence = null where addressee = $1 returning 1)
select (select count(*) from e_assessment) as assessment,
       (select count(*) from e_resident) as resident,
       (select count(*) from e_member) as member,
       (select count(*) from e_concerned) as concerned,
       (select count(*) from e_named_spouse) as named_spouse,
       (select count(*) from e_pension_number) as pension_number,
       (select count(*) from e_request_row) as request_row;
