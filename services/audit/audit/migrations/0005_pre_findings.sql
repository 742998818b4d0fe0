-- Up to which leaf the accesses were looked at.
create table overseen (
    one   boolean primary key default true check (one),
    until bigint  not null
);
insert into overseen (until) values (-1);

-- Work list of accesses that somebody should look at. One row for a rule, an account and a time; settled once, by somebody else.
create table finding (
    finding    bigint      generated always as identity primary key,
    rule       text        not null,
    account    text        not null,
    since      timestamptz not null,
    first      bigint      not null,
    last       bigint      not null,
    persons    int         not null,
    settled_by text,
    settled_at timestamptz,
    verdict    text check (verdict in ('justified', 'to_be_asked', 'misuse')),
    note       text,
    constraint one_finding unique (rule, account, since),
    constraint settled_whole check (num_nulls(settled_by, settled_at, verdict, note) in (0, 4)),
    constraint settled_by_another check (settled_by <> account)
);
create index finding_open on finding (finding) where settled_by is null;
