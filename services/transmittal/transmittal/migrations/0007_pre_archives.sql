-- SOURCE. Every archive that was made of an issue, for which medium and on which terminal, with its password (sealed). The one that was
-- read back from the medium is the one in the ledger (`issue.archive_sha256`); no other can leave.
create table archive (
    batch    int         not null,
    issue    int         not null,
    sha256   text        not null,
    medium   text        not null,
    terminal text        not null,
    password bytea       not null,
    made_by  text        not null,
    made_at  timestamptz not null default now(),
    primary key (batch, issue, sha256),
    foreign key (batch, issue) references issue (batch, number)
);
alter table issue add foreign key (batch, number, archive_sha256) references archive (batch, issue, sha256);

-- Nothing is made for a medium to which it could not be written.
create function archive_is_lawful() returns trigger language plpgsql as $$
declare
    one issue;
    refusal text;
begin
    select * into one from issue where batch = new.batch and number = new.issue;
    refusal := case
        when one.voided_at is not null then 'issue_is_over'
        when one.decided_by is null then 'writing_after_decision'
        when one.written_by is not null then 'step_done'
        when not exists (
            select from terminal where code = new.terminal and (valid_until is null or now() < valid_until)) then 'terminal_is_designated'
        when not exists (
            select from medium where code = new.medium and disposed_at is null and now() < valid_until) then 'medium_is_usable'
        when exists (select from issue where medium = new.medium) then 'medium_written_once'
    end;
    if refusal is not null then
        raise exception 'refused: %', refusal using errcode = 'integrity_constraint_violation', constraint = refusal;
    end if;
    return new;
end $$;
create trigger archive_made before insert on archive for each row execute function archive_is_lawful();
create trigger archive_stays before update or delete on archive for each row execute function stays();
create trigger archives_stay before truncate on archive execute function stays();
