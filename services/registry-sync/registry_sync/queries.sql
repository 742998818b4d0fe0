-- name: remember_and_recall
-- Keep the new changes; answer with every change of these residents, the new ones among them.
with new as (
    insert into change (event_id, addressee, recorded_at, version, supersedes, data)
    select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::int[], $5::uuid[], $6::bytea[])
    on conflict (event_id) do nothing
    returning event_id, addressee, recorded_at, version, supersedes, data
)
select event_id, addressee, recorded_at, version, supersedes, data from change where addressee = any($7::bigint[])
union all
select * from new;

-- name: hold
-- Of these residents ($1), who has an annulment that waits, and until when; the others wait no more.
with idle as (delete from hold where addressee = any($1::bigint[]) and addressee <> all($2::bigint[]))
insert into hold (addressee, until) select * from unnest($2::bigint[], $3::date[])
on conflict (addressee) do update set until = excluded.until;

-- name: due
-- The next residents whose wait is over; locked ones are somebody else's.
select addressee from hold where until <= $1 order by until limit 500 for update skip locked;
