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
    category      smallint  not null check (category in (1, 2, 3)),
    certainty     text      not null check (certainty in ('expected', 'confirmed')),
    end_certainty text      check (end_certainty in ('expected', 'confirmed')),
    exclude using gist (int8range(addressee, addressee, '[]') with &&, validity with &&) deferrable initially deferred
);
create index insured_period_addressee on insured_period (addressee);

-- The next day on which time alone changes something for a resident (decision 6).
create table due (
    addressee   bigint primary key,
    next_due_on date not null
);
create index due_day on due (next_due_on);
