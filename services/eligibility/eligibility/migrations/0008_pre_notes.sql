-- SOURCE. What the counter noted of a person on a day (経過記録). Never changed; it leaves with the person's records.
create table note (
    draft      uuid        primary key,
    addressee  bigint      not null,
    purpose    text        not null,
    on_day     date        not null,
    written_by text        not null,
    written_at timestamptz not null default now(),
    box        bytea       not null           -- sealed
);
create index note_person on note (addressee);
select guard('note');
