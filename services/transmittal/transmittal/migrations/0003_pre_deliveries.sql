-- What comes back from the pension service: deliveries with a cover sheet of their own (送付書・送付内容内訳書), counted by two people and
-- opened only when everything is equal (decision 34).

-- PROJECTION of pension-service-notices: whose basic pension number it is.
create table pension_number (
    addressee            bigint primary key,
    version              int    not null,
    basic_pension_number text   not null
);
create index pension_number_of on pension_number (basic_pension_number);

-- SOURCE. A delivery, with what its cover sheet announces: rows by kind of file.
create table delivery (
    number        text        primary key,
    cover         jsonb       not null,
    registered_by text        not null,
    registered_at timestamptz not null default now()
);

-- SOURCE. What somebody counted.
create table delivery_count (
    delivery   text        not null references delivery,
    number     int         not null,
    counts     jsonb       not null,
    counted_by text        not null,
    counted_at timestamptz not null default now(),
    primary key (delivery, number)
);

-- SOURCE. A file that was let in, with what became of each of its rows.
create table delivery_file (
    delivery    text        not null references delivery,
    kind        text        not null,
    sha256      text        not null unique,
    rows        int         not null,
    imported_by text        not null,
    imported_at timestamptz not null default now(),
    primary key (delivery, kind)
);

create table delivery_row (
    delivery  text   not null,
    kind      text   not null,
    line      int    not null,
    outcome   text   not null check (outcome in ('told', 'not_via_us', 'twice', 'nobody', 'for_a_person')),
    addressee bigint,
    event_id  uuid,
    primary key (delivery, kind, line),
    foreign key (delivery, kind) references delivery_file,
    check ((outcome in ('told', 'not_via_us', 'twice')) = (event_id is not null)),
    check ((outcome = 'nobody') = (addressee is null))
);
create index delivery_row_event on delivery_row (event_id);

-- Opened only when two people counted what the cover sheet says.
create function is_counted() returns trigger language plpgsql as $$
begin
    if (select count(distinct lower(c.counted_by)) from delivery_count c join delivery d on d.number = c.delivery
        where c.delivery = new.delivery and c.counts = d.cover) < 2 then
        raise exception 'refused: delivery_is_counted'
            using errcode = 'integrity_constraint_violation', constraint = 'delivery_is_counted';
    end if;
    return new;
end $$;
create trigger delivery_file_counted before insert on delivery_file for each row execute function is_counted();
create trigger delivery_file_stays before update or delete on delivery_file for each row execute function stays();
create trigger delivery_row_stays before update or delete on delivery_row for each row execute function stays();
create trigger delivery_count_stays before update or delete on delivery_count for each row execute function stays();
create trigger delivery_stays before update or delete on delivery for each row execute function stays();
