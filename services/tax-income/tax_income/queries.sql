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
-- Keep news of residents, of their households and of who is concerned. Answer with what was known until now: of these residents ($15) and
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
