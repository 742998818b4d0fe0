-- SOURCE: reception numbers (受付番号) given here, one sequence for each fiscal year, without gaps.
create table reception_year (
    fiscal_year int primary key,
    last        int not null
);

-- SOURCE: every entry made here; who checks it must be another one, and two who enter one filing anew at once are told.
create table entry (
    filing     text        not null,
    revision   int         not null,
    addressee  bigint      not null,
    draft      uuid        not null unique,
    entered_by text        not null,
    entered_at timestamptz not null default now(),
    primary key (filing, revision)
);
create index entry_addressee on entry (addressee);

-- SOURCE: who is signed in. The cookie's own value is nowhere, only its hash; the tokens are sealed.
create table session (
    id           bytea       primary key,
    account      text        not null,
    terminal     text        not null,
    tokens       bytea       not null,
    signed_in_at timestamptz not null default now(),
    seen_at      timestamptz not null default now(),
    ends_at      timestamptz not null
);
create index session_account on session (account);

-- SOURCE: half-finished entries, each of one account; the content is sealed.
create table draft (
    id         uuid        primary key,
    account    text        not null,
    addressee  bigint      not null,
    kind       text        not null,
    content    bytea       not null,
    version    int         not null default 1,
    changed_at timestamptz not null default now()
);
create index draft_account on draft (account, changed_at);
create index draft_addressee on draft (addressee);

select guard('entry', 'draft');
