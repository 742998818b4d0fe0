-- name: remember_and_recall
-- Keep the new assessments; answer with every version of the same persons and tax years, the new ones among them.
with given as (
    select * from unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[], $5::timestamptz[], $6::bytea[])
        as g (event_id, addressee, tax_year, version, recorded_at, data)
),
new as (
    insert into assessment (event_id, addressee, tax_year, version, recorded_at, data)
    select * from given on conflict (event_id) do nothing
    returning event_id, addressee, tax_year, version, recorded_at, data
)
select a.event_id, a.addressee, a.tax_year, a.version, a.recorded_at, a.data
from assessment a where a.addressee = any($7::bigint[])
union all
select * from new;
