-- Lines of sealed batches whose person was erased: kind and mark still count, the rest says nothing. SOURCE.
create table erased_line (
    batch       int  not null references batch (number),
    line        int  not null,
    certificate text not null,
    primary key (batch, line)
);
alter table batch add column rest_sha256 text;   -- of the content without erased lines; content_sha256 stays that of what was sealed

-- What was sealed is never changed, whoever tries; an erasure that two people ordered takes a person out of it.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_level = 'ROW' and is_erasing() then
        return coalesce(new, old);
    end if;
    raise exception '% is sealed: its content is never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
