-- PROJECTION of eligibility-events: filings that somebody has still to make, as they stand.
create table hint (
    subject   bigint  not null,           -- whose fact raised it
    hint      text    not null,
    person    bigint  not null,           -- whom it concerns
    since     date    not null,
    version   int     not null,
    due_on    date,
    open      boolean not null,
    primary key (subject, hint, person, since)
);
create index hint_person on hint (person) where open;

-- SOURCE. Who was written to about what (届出勧奨): nobody gets the same letter twice unless a clerk wants it.
create table reminder (
    person     bigint      not null,
    hint       text        not null,
    since      date        not null,
    printed_by text        not null,
    printed_at timestamptz not null default now(),
    primary key (person, hint, since, printed_at)
);
