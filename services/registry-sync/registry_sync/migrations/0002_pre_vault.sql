-- SOURCE. The vault of My Numbers (個人番号): each sealed under a key of its person's own, that key wrapped by a key outside the database.
create table vault (
    receipt    uuid    primary key,             -- what a filing carries instead of the number
    addressee  bigint  not null,
    version    int     not null,
    box        bytea,                           -- the number; null = erased, like the next three
    person_key bytea,
    key_id     text,
    look_up    bytea,                           -- HMAC-SHA-256 under a key outside the database
    check_of_number text not null,              -- how the number was checked (番号確認)
    entered_by text    not null,
    entered_at timestamptz not null default now(),
    current    boolean not null,
    unique (addressee, version),
    check ((box is null) = (person_key is null) and (box is null) = (key_id is null) and (box is null) = (look_up is null))
);
create unique index vault_current on vault (addressee) where current;
create unique index vault_holder on vault (look_up) where current;
create index vault_key on vault (key_id);

-- SOURCE. Unified addressee numbers (統合宛名番号): given with a person's first My Number, never taken back, never given again.
create table unified_number (
    unified_number bigint generated always as identity (start with 1000000001) primary key,
    addressee      bigint not null unique
);

-- SOURCE. A number that was entered for one person and is another's: somebody looks at both.
create table number_conflict (
    addressee bigint not null,
    holder    bigint not null,
    seen_at   timestamptz not null default now(),
    primary key (addressee, holder)
);

-- SOURCE. Erasures of numbers, asked for by one person and confirmed by another.
create table number_erasure (
    addressee    bigint primary key,
    asked_by     text not null,
    reason       text not null,
    confirmed_by text,
    confirmed_at timestamptz,
    check (confirmed_by <> asked_by)
);

-- Searches by My Number, by account and minute: the number has too few values for unlimited guesses.
create table number_search (
    account  text        not null,
    minute   timestamptz not null,
    searches int         not null,
    primary key (account, minute)
);
