-- LEDGER. Changes of the register of accounts and terminals: proposed by one person, approved by another, never changed afterwards.
create table account_change (
    proposal    bigint      generated always as identity primary key,
    place       text        not null check (place in ('account', 'terminal')),
    name        text        not null,
    data        text        not null,      -- AccountSet or TerminalSet without version and approver
    proposed_by text        not null,
    proposed_at timestamptz not null default now(),
    approved_by text,
    approved_at timestamptz,
    version     int,
    constraint approver_is_another check (approved_by <> proposed_by),
    constraint approved_whole check (num_nulls(approved_by, approved_at, version) in (0, 3)),
    constraint one_version unique (place, name, version)
);
create index account_change_waiting on account_change (proposal) where approved_by is null;
