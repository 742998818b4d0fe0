-- name: known
-- The places among these that have their record already.
select topic, part, offs
from unnest($1::text[], $2::int[], $3::bigint[]) as given (topic, part, offs) join record using (topic, part, offs);

-- name: keys
-- The subjects' keys, asked of the database for every batch: a destroyed key seals nothing more.
-- Of who was erased: when.
select id, subject, wrapped, null::timestamptz as erased_at from subject_key where subject = any($1::text[])
union all
select 0, addressee::text, null, at from erased where addressee = any(array(select s::bigint from unnest($1::text[]) s where s !~ '[^0-9]'));

-- name: destroy
-- The key of a person ($1), and where the access records say whom they are about: what was archived of the person is unreadable from here on.
with key as (delete from subject_key where subject = $1::bigint::text returning 1),
     about as (delete from access_subject where addressee = $1 returning 1)
select (select count(*) from key) as subject_key, (select count(*) from about) as access_subject;

-- name: make_keys
-- Keys for new subjects, in sorted order; where another process was first, its key is the one.
insert into subject_key (subject, wrapped)
select subject, wrapped from unnest($1::text[], $2::bytea[]) as given (subject, wrapped) order by subject
on conflict (subject) do nothing;

-- name: head
-- Become the one sequencer until this transaction ends.
select size, edge from log_head for update;

-- name: open_entries
-- What the tiles hold that are completed now ($1 = first leaf of the open one, $2, $3 = for higher levels the level and its first entry).
select level, number, hash from (
    select 0 as level, idx as number, leaf_hash as hash from leaf where idx >= $1
    union all
    select t.level + 1, t.number, t.root from tile t join unnest($2::int[], $3::bigint[]) as o (level, first) on t.level = o.level - 1
    where t.number >= o.first
) entry order by level, number;

-- name: append
-- Leaves, their records, the tiles they complete and the new head, together.
with new_tile as (
    insert into tile (level, number, hashes, root) select * from unnest($12::smallint[], $13::bigint[], $14::bytea[], $15::bytea[])
), new_leaf as (
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

-- name: records_of
-- The records of a topic in the order of each partition.
select idx, topic, part, offs, key_id, box from record where topic = $1 order by part, offs;

-- name: keys_by_id
-- The keys of these boxes; a destroyed one is absent.
select id, subject, wrapped from subject_key where id = any($1::bigint[]);

-- name: stretch
-- The records of a partition between two offsets, both included.
select idx, topic, part, offs, key_id, box from record where topic = $1 and part = $2 and offs between $3 and $4
order by offs;

-- name: stretch_tiles
-- Tiles of these levels and numbers.
select t.level, t.number, t.hashes, t.root
from tile t join unnest($1::smallint[], $2::bigint[]) as wanted (level, number) using (level, number);

-- name: stretch_checkpoints
select size, root, note from checkpoint where size > $1 and size <= $2 order by size;

-- name: counts
select (select count(*) from tile) as tiles, coalesce((select max(size) from checkpoint), 0) as last_checkpoint;

-- name: leaf_hashes
select idx, leaf_hash from leaf where idx >= $1 and idx < $2 order by idx;

-- name: tile_roots
select number, root from tile where level = $1 and number >= $2 and number < $3 order by number;

-- name: bodies
select body from leaf where idx >= $1 and idx < $2 order by idx;

-- name: published
-- The newest checkpoint of a log ($2) that so many witnesses saw, with their lines, and the size of the newest of all.
select size, note, array(select line from cosignature where size = one.size order by witness) as lines,
       (select max(size) from checkpoint) as signed
from checkpoint one
where (select count(*) from cosignature where size = one.size) >= $1 and starts_with(note, $2 || E'\n')
order by size desc limit 1;

-- name: checkpoint_before
-- The newest checkpoint of a log of fewer leaves than this.
select size, root, note from checkpoint where size < $1 order by size desc limit 1;

-- name: to_show
-- The newest checkpoint, and the size of the last one that a witness saw.
select size, note, coalesce((select max(size) from cosignature), 0) as seen from checkpoint order by size desc limit 1;

-- name: add_checkpoint
insert into checkpoint (size, root, note) values ($1, $2, $3) on conflict (size) do nothing returning size;

-- name: add_cosignature
insert into cosignature (size, witness, line) values ($1, $2, $3) on conflict do nothing;

-- name: notarise
-- One notary per log; the others wait for its session to end.
select pg_try_advisory_lock(7002);

-- name: record_at
select idx, topic, part, offs, key_id, box from record where topic = $1 and part = $2 and offs = $3;

-- name: body_at
select body from leaf where idx = $1;

-- name: add_accesses
-- Access records and whom they are about ($14, $15: leaf index and addressee).
with new_access as (
    insert into access (idx, at, service, counter, account, terminal, purpose, "case", action, what, fields, persons, result)
    select * from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::text[], $10::text[], $11::text[], $12::int[], $13::text[])
)
insert into access_subject (idx, addressee) select distinct * from unnest($14::bigint[], $15::bigint[]);

-- name: acknowledged
-- The last of the access records of service $1 that follow $2 without a gap, ten thousand at a time.
with following as (
    select counter, min(at) as at from access where service = $1 and counter > $2 group by counter order by counter limit 10000
), numbered as (
    select counter, at, row_number() over (order by counter) as n from following
)
select counter, at from numbered where counter = $2 + n order by counter desc limit 1;

-- name: accesses
-- Access records between two moments, of a person and an account where they are named, the newest first. One that the relay published
-- twice (a crash between the two) has two leaves and is one access; a service that was restored without its end counts again from there.
select a.* from access a
where a.at >= $1 and a.at < $2 and ($3::text is null or a.account = $3)
  and ($4::bigint is null or exists (select from access_subject s where s.addressee = $4 and s.idx = a.idx))
  and not exists (select from access b where b.service = a.service and b.counter = a.counter and b.at = a.at and b.idx < a.idx)
order by a.at desc, a.idx desc limit $5;

-- name: propose
insert into account_change (place, name, data, proposed_by) values ($1, $2, $3, $4) returning proposal;

-- name: proposal
select place, name, data, proposed_by, approved_by from account_change where proposal = $1 for update;

-- name: approve
-- The next version of what the proposal is about.
update account_change c set approved_by = $2, approved_at = now(), version = coalesce(
    (select max(version) from account_change b where b.place = c.place and b.name = c.name), 0) + 1
where proposal = $1
returning version;

-- name: standing
select data from registered_account where account = $1;

-- name: inventory
-- Every account with its last use that we know of.
select a.account, a.data, (select max(at) from access x where x.account = a.account and x.result = 'answered') as last_used
from registered_account a order by a.account;

-- name: waiting_proposals
select proposal from account_change where approved_by is null order by proposal;

-- name: lock_register
-- One change of the register at a time: versions are dense.
select pg_advisory_xact_lock(hashtext('account_change'));

-- name: terminals
select terminal from registered_terminal order by terminal;

-- name: oversee
-- Up to where the accesses were looked at, and to which leaf now. Whoever holds this looks at them; the others wait.
select until, (select max(idx) from (select idx from access where idx > until order by idx limit 5000) as fresh) as upto
from overseen for update skip locked;

-- name: uses
-- The accesses of people after leaf $1 up to $2, and those of the same accounts for $3 before them; $4 are the services; $5 is how long a
-- person lies dormant.
with meant as (
    select account, min(at) as first from access where idx > $1 and idx <= $2 and account <> all($4::text[]) group by account
)
select a.idx, a.at, a.account, a.result = 'answered' as answered, a.persons,
       array(select addressee from access_subject s where s.idx = a.idx) as subjects,
       coalesce(a.idx > $1 and a.persons = 1 and (
           select max(b.at) from access_subject s join access_subject t on t.addressee = s.addressee and t.idx < s.idx
           join access b on b.idx = t.idx where s.idx = a.idx
       ) < a.at - $5::interval, false) as dormant
from access a join meant on meant.account = a.account
where a.at > meant.first - $3::interval and a.idx <= $2
  and not exists (select from access b where b.service = a.service and b.counter = a.counter and b.at = a.at and b.idx < a.idx);

-- name: overseen
update overseen set until = $1;

-- name: note_findings
-- New ones, and those of which more is known now; answers with the new ones.
insert into finding as f (rule, account, since, first, last, persons)
select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::int[])
on conflict (rule, account, since) do update
    set first = least(f.first, excluded.first), last = greatest(f.last, excluded.last),
        persons = case f.rule when 'bulk' then greatest(f.persons, excluded.persons) else f.persons + excluded.persons end
returning rule, account, since, first, last, persons, (xmax = 0) as new;

-- name: owners
-- The persons behind accounts, as far as the register says.
select account, (data::json ->> 'own')::bigint as own from registered_account
where account = any($1::text[]) and data::json ->> 'own' is not null;

-- name: findings
select finding, rule, account, since, first, last, persons, settled_by, verdict, note from finding
where $1 or settled_by is null order by finding desc limit 1000;

-- name: settle_finding
update finding set settled_by = $2, settled_at = now(), verdict = $3, note = $4 where finding = $1 and settled_by is null
returning finding;

-- name: finding
select account, settled_by from finding where finding = $1;

-- name: open_findings
select count(*) from finding where settled_by is null;

-- name: uses_by_account
-- What every account of the register or of the records did from $1 to before $2, the services ($3) left out.
with used as (
    select a.account, count(*) filter (where action = 'login') as logins,
           count(*) filter (where result = 'answered' and action <> 'login') as answered, count(*) filter (where result = 'refused') as refused,
           coalesce(sum(persons) filter (where result = 'answered'), 0)::bigint as persons,
           count(*) filter (where action in ('print', 'export') and result = 'answered') as exports
    from access a
    where a.at >= $1 and a.at < $2 and a.account <> all($3::text[])
      and not exists (select from access b where b.service = a.service and b.counter = a.counter and b.at = a.at and b.idx < a.idx)
    group by a.account
)
select coalesce(u.account, r.account) as account, coalesce(logins, 0) as logins, coalesce(answered, 0) as answered, coalesce(refused, 0) as refused,
       coalesce(persons, 0) as persons, coalesce(exports, 0) as exports, r.data,
       (select max(at) from access x where x.account = coalesce(u.account, r.account) and x.result = 'answered' and x.at < $2) as last_used
from used u full join registered_account r on r.account = u.account order by 1;

-- name: findings_by_rule
select rule, count(*) as found, count(*) filter (where settled_by is null) as open, count(*) filter (where verdict = 'misuse') as misuse
from finding where since >= $1 and since < $2 group by rule order by rule;

-- name: review
select pack, sha256, signed_by, signed_at from review where period = $1;

-- name: sign_review
insert into review (period, pack, sha256, signed_by, remarks) values ($1, $2, $3, $4, $5) on conflict do nothing returning period;

-- name: reviewed
-- When the first access was recorded, and which periods were signed.
select (select min(at) from access) as since, array(select period from review) as signed;

-- name: places
-- Where the records of these leaves stood in Kafka.
select idx, topic || '/' || part || '/' || offs as place from record where idx = any($1::bigint[]) order by idx;
