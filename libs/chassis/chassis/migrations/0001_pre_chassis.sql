-- What every service keeps beside its own tables.

-- Ids of the events that took effect, were parked or were held. SOURCE of exactly-once effects.
create table inbox (
    id   uuid primary key,
    hash bytea not null            -- SHA-256 of the record's value: the same id with other bytes is an alarm
);

-- Accounting: one open run per partition, closed runs below it.
create table ledger_head (
    topic       text   not null,
    part        int    not null,
    next_offset bigint not null,
    run_from    bigint not null,
    disposition text   not null,
    primary key (topic, part)
);

create table ledger_range (
    topic       text   not null,
    part        int    not null,
    from_offset bigint not null,
    to_offset   bigint not null,   -- inclusive
    disposition text   not null check (disposition in ('applied', 'duplicate', 'stale', 'held', 'set_aside', 'missing')),
    primary key (topic, part, from_offset),
    check (from_offset <= to_offset)
);

-- What is to be published. The relay deletes exactly what it published.
create table outbox (
    seq         bigint generated always as identity primary key,
    topic       text  not null,
    key         text  not null,
    value       bytea not null check (octet_length(value) <= 900000),
    traceparent text,
    created_at  timestamptz not null default now()
);

-- What we last said, per subject, topic and key; a withdrawn statement keeps its row (decision 1). SOURCE.
create table said (
    subject  bigint not null,
    topic    text   not null,
    key      text   not null,
    type     text   not null,
    sequence int    not null,
    event_id uuid   not null,
    value    bytea  not null,
    primary key (subject, topic, key)
);

-- What could not be used, or not yet. `body` is sealed; the set-aside topic tells place and reason only.
create table set_aside (
    id          bigint generated always as identity primary key,
    topic       text   not null,
    part        int    not null,
    offs        bigint not null,
    subject     bigint,
    event_id    uuid,
    disposition text   not null check (disposition in ('held', 'set_aside')),
    reason      text   not null,
    field       text,
    rule        text,
    body        bytea  not null,
    parks       boolean not null default false,  -- later events of this resident wait behind it
    release_on  date,                            -- held until this business day
    state       text   not null default 'open' check (state in ('open', 'applied', 'released')),
    at          timestamptz not null default now(),
    release_asked_by text,                       -- the first of the two people who release it, and why
    release_reason   text,
    unique (topic, part, offs)
);
create index set_aside_parked on set_aside (subject) where state = 'open' and parks;
create index set_aside_release on set_aside (release_on) where state = 'open' and release_on is not null;

-- The business day, from the calendar topic; the largest wins (decision 6).
create table clock (
    one          boolean primary key default true check (one),
    business_day date
);
insert into clock (business_day) values (null);

-- Dense counter of this service's access records (decision 21).
create table access_counter (
    one     boolean primary key default true check (one),
    counter bigint not null
);
insert into access_counter (counter) values (0);
