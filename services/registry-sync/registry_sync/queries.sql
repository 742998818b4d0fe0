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
