-- name: circle
-- Residents ($1) and numbers newly merged into ($2), with every number that merges ever joined to one of them.
with recursive linked as (
    select unnest($1::bigint[] || $2::bigint[]) as p
    union
    select other from linked cross join lateral (
        select into_number as other from merge where addressee = p and into_number is not null
        union all select addressee from merge where into_number = p
    ) as joined
    where exists (select from merge)
)
select p as addressee from linked;

-- name: remember_and_recall
-- Keep the new changes, merges and notices; answer with everything known of these numbers, the new changes and merges among it.
with new as (
    insert into change (event_id, addressee, recorded_at, version, supersedes, kind, data, birth_date, kana_key, household)
    select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::int[], $5::uuid[], $6::text[], $7::bytea[], $17::date[],
                         $18::text[], $19::bigint[])
    on conflict (event_id) do nothing
    returning event_id, addressee, recorded_at, version, supersedes, kind, data
),
new_merge as (
    insert into merge (event_id, addressee, into_number, supersedes, recorded_at)
    select * from unnest($8::uuid[], $9::bigint[], $10::bigint[], $11::uuid[], $12::timestamptz[])
    on conflict (event_id) do nothing
    returning event_id, addressee, into_number, supersedes, recorded_at
),
told as (
    insert into identity_data as i (addressee, version, held) select * from unnest($13::bigint[], $14::int[], $15::text[])
    on conflict (addressee) do update set version = excluded.version, held = excluded.held
    where (i.version, i.held) < (excluded.version, excluded.held)
)
select 'change' as what, event_id, addressee, recorded_at, version, supersedes, kind, data, null::bigint as into_number
from change where addressee = any($16::bigint[])
union all
select 'change', event_id, addressee, recorded_at, version, supersedes, kind, data, null from new
union all
select 'merge', event_id, addressee, recorded_at, null, supersedes, null, null, into_number
from merge where addressee = any($16::bigint[])
union all
select 'merge', event_id, addressee, recorded_at, null, supersedes, null, null, into_number from new_merge
union all
select 'identity_data', null, addressee, null, version, null, held, null, null
from identity_data where addressee = any($16::bigint[]);

-- name: recall
-- Everything known of these numbers, for whoever only reads.
select 'change' as what, event_id, addressee, recorded_at, version, supersedes, kind, data, null::bigint as into_number
from change where addressee = any($1::bigint[])
union all
select 'merge', event_id, addressee, recorded_at, null, supersedes, null, null, into_number
from merge where addressee = any($1::bigint[]);

-- name: candidates
-- Of each row of a list: the numbers with a record of that birth date, and that reading where one is given.
select distinct q.line, c.addressee
from unnest($1::int[], $2::date[], $3::text[]) as q (line, birth_date, kana_key)
join lateral (
    select addressee from change where change.birth_date = q.birth_date and change.kana_key = q.kana_key
    union all
    select addressee from change where q.kana_key is null and change.birth_date = q.birth_date
) as c on true;

-- name: by_reading
-- The numbers with a record whose reading begins so ($1), of that birth date if one is given ($2); at most $3.
select distinct addressee from change
where kana_key like replace(replace($1, '%', '\%'), '_', '\_') || '%' and ($2::date is null or birth_date = $2)
order by addressee limit $3;

-- name: ever_together
-- Everybody who, by any record, ever was in one household with this person ($1).
select distinct addressee from change where household = any(array(select household from change where addressee = $1));

-- name: hold
-- Of these residents ($1), who has an annulment that waits, and until when; the others wait no more.
with idle as (delete from hold where addressee = any($1::bigint[]) and addressee <> all($2::bigint[]))
insert into hold (addressee, until) select * from unnest($2::bigint[], $3::date[])
on conflict (addressee) do update set until = excluded.until;

-- name: due
-- The next residents whose wait is over; locked ones are somebody else's.
select addressee from hold where until <= $1 order by until limit 500 for update skip locked;

-- name: holds_numbers
-- The vault's turn: entering a number (shared) and destroying a key never happen at once.
select pg_advisory_xact_lock_shared(7101);

-- name: destroys_keys
select pg_advisory_xact_lock(7101);

-- name: lock_numbers
-- In sorted order: persons by their numbers, look-ups by negative ones; two calls never wait for each other in a circle.
select pg_advisory_xact_lock(p) from (select distinct p from unnest($1::bigint[]) as p order by p) as sorted;

-- name: known_numbers
-- Of these persons ($1): whether the register knows them, whether their numbers were erased, the current entry, if any, and the unified
-- number; and the same of whoever holds one of these look-ups ($2).
select p as addressee, exists (select from change where change.addressee = p) as known,
       exists (select from number_erasure where addressee = p and confirmed_by is not null) as erased, v.version, v.receipt, v.box, v.person_key,
       v.key_id, v.look_up, u.unified_number
from (select unnest($1::bigint[]) union select addressee from vault where current and look_up = any($2::bytea[])) as asked (p)
left join lateral (select * from vault where addressee = p and current) as v on true
left join lateral (select * from unified_number where addressee = p) as u on true;

-- name: no_numbers
select not exists (select from vault) as none;

-- name: retire_numbers
-- What was current is history from now on.
update vault set current = false where current and addressee = any($1::bigint[]);

-- name: insert_numbers
insert into vault (receipt, addressee, version, box, person_key, key_id, look_up, check_of_number, entered_by, current)
select *, true from unnest($1::uuid[], $2::bigint[], $3::int[], $4::bytea[], $5::bytea[], $6::text[], $7::bytea[], $8::text[], $9::text[]);

-- name: give_unified_numbers
-- One for each person who has none; those given now.
insert into unified_number (addressee) select p from unnest($1::bigint[]) as p order by p
on conflict (addressee) do nothing
returning addressee, unified_number;

-- name: note_conflicts
insert into number_conflict (addressee, holder) select * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing;

-- name: conflicts
select addressee, holder from number_conflict order by seen_at, addressee limit 1000;

-- name: sealed_numbers
-- The entries behind receipts.
select receipt, addressee, version, box, person_key, key_id from vault where receipt = any($1::uuid[]) and box is not null;

-- name: number_of
-- The entry of somebody who was born on this day as the register last said it.
select v.receipt, v.addressee, v.version, v.box, v.person_key, v.key_id
from vault v join said s on s.subject = v.addressee and s.topic = 'residents' and s.key = 'resident'
where v.addressee = $1 and v.current and v.box is not null
  and (convert_from(s.value, 'UTF8')::json ->> 'birth_date')::date = $2;

-- name: holder_of
-- Who has a number now, and the birth date as the register last said it.
select v.addressee, (convert_from(s.value, 'UTF8')::json ->> 'birth_date')::date as birth_date
from vault v left join said s on s.subject = v.addressee and s.topic = 'residents' and s.key = 'resident'
where v.current and v.look_up = $1;

-- name: count_search
-- One more search of this account in this minute; how many there are now.
insert into number_search as n (account, minute, searches) values ($1, date_trunc('minute', now()), 1)
on conflict (account, minute) do update set searches = n.searches + 1
returning searches;

-- name: erasure
select asked_by, confirmed_by from number_erasure where addressee = $1 for update;

-- name: ask_erasure
insert into number_erasure (addressee, asked_by, reason) values ($1, $2, $3);

-- name: erase_numbers
-- The person's key is gone, and with it every version of the number; receipts and the unified number stay, and lead nowhere.
with confirmed as (update number_erasure set confirmed_by = $2, confirmed_at = now() where addressee = $1 returning addressee)
update vault set box = null, person_key = null, key_id = null, look_up = null
where addressee in (select addressee from confirmed);

-- name: under_other_keys
-- The next entries whose key is not wrapped by the newest one ($1).
select receipt, addressee, version, box, person_key, key_id from vault
where key_id <> $1 limit 500 for update;

-- name: rewrap
update vault set person_key = g.person_key, key_id = g.key_id
from unnest($1::uuid[], $2::bytea[], $3::text[]) as g (receipt, person_key, key_id)
where vault.receipt = g.receipt;

-- name: keys_in_use
select key_id, count(*) as entries from vault where key_id is not null group by key_id order by key_id;

-- name: newest_entries
-- Every number's newest entry of the register that is not superseded, in order.
select distinct on (addressee) addressee, event_id, version, data from change c
where kind = 'ResidentChanged' and data is not null
  and not exists (select from change later where later.addressee = c.addressee and later.supersedes = c.event_id)
order by addressee, version desc, event_id desc;

-- name: erase
-- Everything of a person ($1).
with e_change as (delete from change where addressee = $1 returning 1),
     e_hold as (delete from hold where addressee = $1 returning 1),
     e_vault as (delete from vault where addressee = $1 returning 1),
     e_unified_number as (delete from unified_number where addressee = $1 returning 1),
     e_number_conflict as (delete from number_conflict where addressee = $1 or holder = $1 returning 1),
     e_number_erasure as (delete from number_erasure where addressee = $1 returning 1),
     e_merge as (delete from merge where addressee = $1 or into_number = $1 returning 1),
     e_identity_data as (delete from identity_data where addressee = $1 returning 1)
select (select count(*) from e_change) as change,
       (select count(*) from e_hold) as hold,
       (select count(*) from e_vault) as vault,
       (select count(*) from e_unified_number) as unified_number,
       (select count(*) from e_number_conflict) as number_conflict,
       (select count(*) from e_number_erasure) as number_erasure,
       (select count(*) from e_merge) as merge,
       (select count(*) from e_identity_data) as identity_data;
