-- PROJECTION of residents, incomes, filings and pension-service-notices: facts as they were stated.
create table fact (
    addressee   bigint      not null,
    kind        text        not null,   -- event type
    key         text        not null,   -- what it is about; of two facts with one key the higher version counts
    version     bigint      not null,
    event_id    uuid        not null,
    recorded_at timestamptz not null,
    data        bytea       not null,
    primary key (addressee, kind, key)
);

-- Who was ever in which household, and who applied naming which spouse (0 = none): whose determination uses whom.
create table member (
    household bigint not null,
    addressee bigint not null,
    primary key (household, addressee)
);
create index member_addressee on member (addressee);

create table party (
    applicant bigint not null,
    spouse    bigint not null,
    primary key (applicant, spouse)
);
create index party_spouse on party (spouse);

-- Insured periods, expected or confirmed, without overlap (decision 14: the key of the resident is a one-point range).
create table insured_period (
    addressee     bigint    not null,
    validity      daterange not null,
    category      text      not null,   -- 1, 2, 3 or a kind of voluntary membership
    certainty     text      not null check (certainty in ('expected', 'confirmed')),
    end_certainty text      check (end_certainty in ('expected', 'confirmed')),
    exclude using gist (int8range(addressee, addressee, '[]') with &&, validity with &&) deferrable initially deferred
);
create index insured_period_addressee on insured_period (addressee);

-- PROJECTION: the reception book (受付処理簿), a line for each filing. Who enters never checks (decision 31).
create table reception_book (
    filing          text not null,
    addressee       bigint not null,
    kind            text not null,
    received_on     date not null,
    office          text not null,
    channel         text not null,
    state           text not null check (state in ('waiting', 'accepted', 'refused', 'withdrawn', 'returned')),
    reasons         text not null,   -- codes, separated by a space
    entered_by      text not null,
    checked_by      text check (checked_by <> entered_by),
    send_decided_on date,
    result          text check (result in ('accepted', 'returned')),
    processed_on    date,
    primary key (filing, addressee),
    -- a move filing with the pension note was entered and checked by the resident register
    check (state in ('waiting', 'withdrawn', 'returned') or checked_by is not null or filing like 'note-%')
);
create index reception_book_addressee on reception_book (addressee);
create index reception_book_day on reception_book (received_on, filing);

-- The next day on which time alone changes something for a resident (decision 6).
create table due (
    addressee   bigint primary key,
    next_due_on date not null
);
create index due_day on due (next_due_on);

-- Counting how often the pension service decided as we had pre-checked must not read everything we ever said.
create index said_decisions on said (subject) where type = 'ExemptionDecisionRecorded';

-- The parameters (by the SHA-256 of their files) under which everybody was determined last.
create table law (
    one    boolean primary key default true check (one),
    sha256 text not null
);
