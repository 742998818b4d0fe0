-- SOURCE. The full tiles of the tree (C2SP tlog-tiles): 256 hashes of one level, and the one that stands for them a level higher. The open
-- tile of a level has no row: its entries are leaves, or the roots of tiles below.
create table tile (
    level  smallint not null check (level between 0 and 7),
    number bigint   not null check (number >= 0),
    hashes bytea    not null check (octet_length(hashes) = 8192),
    root   bytea    not null check (octet_length(root) = 32),
    primary key (level, number)
);

-- SOURCE. Every head of the log that was signed, as a C2SP checkpoint.
create table checkpoint (
    size    bigint      primary key check (size > 0),
    root    bytea       not null check (octet_length(root) = 32),
    note    text        not null,
    made_at timestamptz not null default now()
);

-- SOURCE. The word of witnesses that they saw a checkpoint and that the log had grown and not changed since the one before.
create table cosignature (
    size    bigint not null references checkpoint,
    witness text   not null,
    line    text   not null,
    primary key (size, witness)
);

create trigger append_only before update or delete or truncate on tile for each statement execute function append_only();
create trigger append_only before update or delete or truncate on checkpoint for each statement execute function append_only();
create trigger append_only before update or delete or truncate on cosignature for each statement execute function append_only();
alter table tile enable always trigger append_only;
alter table checkpoint enable always trigger append_only;
alter table cosignature enable always trigger append_only;
