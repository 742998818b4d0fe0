-- LEDGER. Lists that were taken away: which, how many rows, by whom, on whose ticket. Its number is in the mark of every row.
create table list_export (
    number   bigint      generated always as identity primary key,
    list     text        not null,
    ticket   text        not null,
    account  text        not null,
    terminal text        not null,
    at       timestamptz not null default now(),
    rows     int         not null,
    sha256   text        not null
);
