-- PROJECTION of eligibility-events and exemption-events: the latest that was said of each thing that may have to be sent.
create table matter (
    addressee bigint not null,
    item      text   not null,             -- day and step of a transition, or the reception number of an application
    version   int    not null,             -- eligibility's sequence about this person: the higher one counts
    event_id  uuid   not null,             -- the event that said it
    content   bytea,                       -- what is due; null = nothing is
    never     text,                        -- why nothing is due
    primary key (addressee, item),
    check ((content is null) = (never is not null))
);

-- PROJECTION of pension-service-notices: 処理結果, also of filings that never passed us.
create table result (
    event_id     uuid    primary key,
    addressee    bigint  not null,
    filing       text    not null,
    accepted     boolean not null,
    processed_on date    not null,
    reason       text
);
create index result_filing on result (addressee, filing);

-- SOURCE. A sealed batch. Numbers are dense in the database itself: a batch needs the one before it.
create table batch (
    number         int   primary key check (number >= 1),
    previous       int   generated always as (nullif(number - 1, 0)) stored references batch (number),
    municipality   text  not null,
    sealed_on      date  not null,         -- the sealing day it was made for
    items          int   not null check (items >= 1),
    content        bytea not null,         -- the data records of the file, byte for byte
    content_sha256 text  not null,
    counts         jsonb not null,         -- data records by kind and mark: what the pension service must count, too
    log_size       bigint not null,        -- the audit log when the batch was sealed: how many records,
    log_root       text  not null,         -- and the Merkle tree hash that stands for them
    steps          int   not null default 1 -- how often something was said of this batch
);

-- SOURCE. One attempt to report an item; in at most one batch, because it has one place.
create table attempt (
    addressee bigint not null,
    item      text   not null,
    number    int    not null check (number >= 1),
    mark      text   not null check (mark in ('new', 'correction', 'annulment')),
    state     text   not null check (state in ('pending', 'sealed', 'accepted', 'returned', 'voided', 'withdrawn')),
    content   bytea  not null,
    filing    text,
    reason    text,                        -- of the return: its own, or that of the attempt before
    batch     int    references batch (number),
    line      int,
    sealed_on date,
    primary key (addressee, item, number),
    unique (batch, line),
    check ((state in ('pending', 'withdrawn')) = (batch is null)),
    check ((batch is null) = (line is null) and (batch is null) = (sealed_on is null))
);
create unique index attempt_open on attempt (addressee, item) where state in ('pending', 'withdrawn');
create index attempt_pending on attempt (addressee, item, number) where state = 'pending';

-- SOURCE. Up to which day the calendar was served, and the last batch number. Whoever seals holds this row.
create table sealing (
    one          boolean primary key default true check (one),
    sealed_until date,
    last_batch   int not null default 0
);
insert into sealing default values;

-- What was sealed is never changed, whoever tries.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is sealed: its content is never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

create trigger sealed_attempt before update on attempt for each row
when (old.batch is not null and (
    (new.addressee, new.item, new.number, new.mark, new.content, new.filing, new.batch, new.line, new.sealed_on)
    is distinct from
    (old.addressee, old.item, old.number, old.mark, old.content, old.filing, old.batch, old.line, old.sealed_on)))
execute function refuse_change();

create trigger sealed_attempt_stays before delete on attempt for each row
when (old.batch is not null) execute function refuse_change();

create trigger sealed_batch before update on batch for each row
when ((new.number, new.municipality, new.sealed_on, new.items, new.content, new.content_sha256, new.counts)
      is distinct from (old.number, old.municipality, old.sealed_on, old.items, old.content, old.content_sha256, old.counts))
execute function refuse_change();

create trigger sealed_batch_stays before delete on batch for each row execute function refuse_change();
create trigger sealed_batches_stay before truncate on batch execute function refuse_change();
