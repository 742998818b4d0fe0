-- SOURCE. Filings whose paper original travels with a batch, fixed when it is sealed (decision 34). What came online has none, and the
-- original of a correction went with the first report.
create table original (
    batch  int  not null references batch (number),
    filing text not null,
    primary key (batch, filing)
);

-- SOURCE. Every sheet that was scanned on its way into the bag of an issue, by its barcode: sheet 2 of 3 of this filing.
create table scan (
    batch      int         not null,
    issue      int         not null,
    filing     text        not null,
    sheet      int         not null,
    sheets     int         not null,
    scanned_by text        not null,
    scanned_at timestamptz not null default now(),
    primary key (batch, issue, filing, sheet),
    foreign key (batch, issue) references issue (batch, number),
    foreign key (batch, filing) references original (batch, filing),
    check (sheet between 1 and sheets)
);

-- Originals and their sheets are put together, not joined: a plan made before anything was scanned would look for each among all.
create view bag as
select batch, issue, filing, array_agg(sheet order by sheet) filter (where sheet is not null) as scanned, max(sheets) as sheets,
       count(sheet) > 0 and count(sheet) = max(sheets) and min(sheets) = max(sheets) as complete
from (
    select o.batch, i.number as issue, o.filing, null::int as sheet, null::int as sheets from original o join issue i on i.batch = o.batch
    union all
    select batch, issue, filing, sheet, sheets from scan
) as every
group by batch, issue, filing;

-- A bag is sealed only over every sheet; what went out with an earlier issue does not go again.
create function bag_is_complete() returns trigger language plpgsql as $$
begin
    if exists (select from bag where batch = new.batch and issue = new.number and not complete)
       and not exists (select from issue where batch = new.batch and dispatched_at is not null) then
        raise exception 'refused: originals_are_in_the_bag'
            using errcode = 'integrity_constraint_violation', constraint = 'originals_are_in_the_bag';
    end if;
    return new;
end $$;
create trigger bag_is_complete before update on issue for each row
when (old.confirmed_by is null and new.confirmed_by is not null and new.permitted_by is not null) execute function bag_is_complete();
create trigger originals_stay before update or delete on original for each row execute function refuse_change();
