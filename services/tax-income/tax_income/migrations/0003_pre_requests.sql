-- PROJECTION of pension-service-notices: whose basic pension number it is. A number that two persons have is nobody's, until settled.
create table pension_number (
    basic_pension_number text   not null,
    addressee            bigint not null,
    primary key (basic_pension_number, addressee)
);

-- SOURCE. Income requests (所得情報提供依頼): each list as it was let in, and its answer.
create table request (
    number        text primary key,
    kind          text not null check (kind in ('continued_review', 'unpaid_premium', 'support_benefit')),
    basis         text not null,
    income_year   int  not null,
    base_date     date not null,
    made_on       date not null,
    due_on        date not null,
    rows          int  not null,
    file_sha256   text not null unique,
    imported_by   text not null,
    imported_at   timestamptz not null default now(),
    answered_by   text,
    answered_at   timestamptz,
    answer_sha256 text
);

-- SOURCE. Refused lists: what was wrong is kept, nothing of the content.
create table request_refused (
    number      text not null,
    file_sha256 text not null,
    findings    text[] not null,
    refused_at  timestamptz not null default now(),
    by_account  text not null
);

-- SOURCE. The rows, their content sealed; who was found for each, and on what evidence.
create table request_row (
    request    text not null references request,
    line       int  not null,
    box        bytea not null,
    outcome    text not null default 'waiting' check (outcome in ('waiting', 'match', 'ambiguous', 'none')),
    addressee  bigint,
    candidates bigint[] not null default '{}',
    evidence   jsonb,
    settled_by text,
    settled_to bigint,                              -- proposed by one person; null = nobody
    confirmed_by text check (confirmed_by <> settled_by),
    status     text,
    primary key (request, line),
    check ((addressee is not null) = (outcome = 'match'))
);
create index request_row_open on request_row (request, outcome, line);
