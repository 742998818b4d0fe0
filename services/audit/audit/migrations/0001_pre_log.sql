-- The log. Everything here is SOURCE: backed up, never rebuilt.

-- One leaf per record, in its final form (decision 11). `idx` is dense from 0; it comes from log_head, never from a
-- sequence, because a rolled-back insert would burn a number. The body (leaf.py) holds no personal data.
create table leaf (
    idx       bigint primary key check (idx >= 0),
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32),   -- SHA-256(0x00 || body)
    body      bytea not null check (octet_length(body) <= 1024)
);

-- The record behind a leaf: key and value as they came, sealed. Its place is its key: a repeat adds nothing.
create table record (
    topic  text   not null,
    part   int    not null,
    offs   bigint not null,
    idx    bigint not null unique references leaf,
    key_id bigint not null,            -- of subject_key; no reference, because erasure destroys that row and no other
    box    bytea  not null,            -- salt and content, see leaf.py and content.py
    primary key (topic, part, offs)
);

-- One key per subject, wrapped under the service's key. Deleting a row erases the subject: nothing else names it here.
create table subject_key (
    id      bigint generated always as identity primary key,
    subject text  not null unique,     -- addressee number, or topic:<name> for records without one
    wrapped bytea not null
);

-- Where the log stands. Its row lock makes one sequencer of any number of processes.
create table log_head (
    one  boolean primary key default true check (one),
    size bigint not null,
    edge bytea  not null,              -- merkle.Frontier: one hash per bit of size
    root bytea  not null check (octet_length(root) = 32)
);
insert into log_head (size, edge, root) values (0, '', sha256(''));

-- Nothing is edited. Who may switch a trigger off can still change a row; then `kokunen audit verify` names it.
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: the audit log only grows', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete or truncate on leaf for each statement execute function append_only();
create trigger append_only before update or delete or truncate on record for each statement execute function append_only();
alter table leaf enable always trigger append_only;
alter table record enable always trigger append_only;
