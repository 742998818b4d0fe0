-- SOURCE. Requests of persons about their own records (開示・訂正・利用停止), and inquiries, under the number that another department gave.
create table rights_request (
    number        text        primary key,
    kind          text        not null check (kind in ('disclosure', 'correction', 'suspension', 'inquiry')),
    addressee     bigint      not null,
    received_on   date        not null,
    due_on        date        not null,
    note          bytea       not null,       -- sealed
    registered_by text        not null,
    registered_at timestamptz not null default now(),
    extended_by   text,
    extension     text,                       -- a code
    outcome       text check (outcome in ('granted', 'partly', 'refused', 'answered', 'withdrawn')),
    decided_by    text,
    decided_on    date,
    answer        bytea,                      -- sealed
    constraint decided_by_another check (kind = 'inquiry' or lower(decided_by) <> lower(registered_by)),
    constraint decided_whole check (num_nulls(outcome, decided_by, decided_on, answer) in (0, 4)),
    check ((extended_by is null) = (extension is null))
);
create index rights_request_open on rights_request (due_on) where outcome is null;
create index rights_request_person on rights_request (addressee);
