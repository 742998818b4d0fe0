-- PROJECTION of resident-changes: every change of the register as it came. Names and addresses stay here (decision 16).
create table change (
    event_id    uuid        primary key,
    addressee   bigint      not null,
    recorded_at timestamptz not null,
    version     int         not null,
    supersedes  uuid,
    data        bytea                       -- the record after the change; null = an annulment
);
create index change_addressee on change (addressee);

-- PROJECTION. An annulment waits one business day for the entry that may replace it (decision 6).
create table hold (
    addressee bigint primary key,
    until     date   not null
);
create index hold_until on hold (until);
