-- SOURCE. Reviews of the accesses of a quarter or a year as they were signed: what was seen, and by whom. Never changed.
create table review (
    period    text        primary key,
    pack      text        not null,       -- ReviewPack, as it was when it was signed
    sha256    text        not null,
    signed_by text        not null,
    signed_at timestamptz not null default now(),
    remarks   text        not null
);
create trigger append_only before update or delete or truncate on review for each statement execute function append_only();
alter table review enable always trigger append_only;
