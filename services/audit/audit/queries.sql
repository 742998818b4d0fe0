-- name: known
-- The places among these that have their record already.
select topic, part, offs
from unnest($1::text[], $2::int[], $3::bigint[]) as given (topic, part, offs) join record using (topic, part, offs);

-- name: keys
-- The subjects' keys, asked of the database for every batch: a destroyed key seals nothing more.
select id, subject, wrapped from subject_key where subject = any($1::text[]);

-- name: make_keys
-- Keys for new subjects, in sorted order; where another process was first, its key is the one.
insert into subject_key (subject, wrapped)
select subject, wrapped from unnest($1::text[], $2::bytea[]) as given (subject, wrapped) order by subject
on conflict (subject) do nothing;

-- name: head
-- Become the one sequencer until this transaction ends.
select size, edge from log_head for update;

-- name: append
-- Leaves, their records and the new head, together.
with new_leaf as (
    insert into leaf (idx, leaf_hash, body) select * from unnest($1::bigint[], $2::bytea[], $3::bytea[])
), new_record as (
    insert into record (idx, topic, part, offs, key_id, box)
    select * from unnest($1::bigint[], $4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::bytea[])
)
update log_head set size = $9, edge = $10, root = $11;

-- name: head_as_read
-- Where the log stands, for a reader.
select size, edge, root from log_head;

-- name: leaves
-- Every leaf in its order.
select idx, leaf_hash, body from leaf order by idx;

-- name: records
-- Every record in the order of its leaf.
select idx, topic, part, offs, key_id, box from record order by idx;

-- name: keys_by_id
-- The keys of these boxes; a destroyed one is absent.
select id, subject, wrapped from subject_key where id = any($1::bigint[]);

-- name: stretch
-- The records of a partition between two offsets, both included.
select idx, topic, part, offs, key_id, box from record where topic = $1 and part = $2 and offs between $3 and $4
order by offs;
