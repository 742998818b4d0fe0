-- PROJECTION. Access records, to be searched: read from the boxes of `record`, whose leaves prove them. Who, when, where, what for, what.
create table access (
    idx      bigint      primary key references leaf,
    at       timestamptz not null,
    service  text        not null,
    counter  bigint      not null,
    account  text        not null,
    terminal text        not null,
    purpose  text        not null,
    "case"   text        not null,
    action   text        not null,
    what     text        not null,
    fields   text        not null,     -- separated by spaces
    persons  int         not null,
    result   text        not null
);
create index access_by_account on access (account, at);
create index access_by_time on access (at);
create index access_by_counter on access (service, counter);

-- PROJECTION. Whom an access was about. Erasure of a person removes the person's rows.
create table access_subject (
    addressee bigint not null,
    idx       bigint not null references access,
    primary key (addressee, idx)
);
