-- Who was erased (消去): no repeat of an event from before brings anything of them back. Somebody who comes to the ward again is a new
-- person under the old number, and what is said then is numbered on. SOURCE.
create table erased (
    addressee   bigint      primary key,
    certificate text        not null unique,
    at          timestamptz not null,
    sequence    int         not null       -- of what was last said
);

-- What each service says that it erased. PROJECTION of erasures.
create table erasure_done (
    certificate text        not null,
    service     text        not null,
    rows        text        not null,      -- JSON: by table
    at          timestamptz not null,
    primary key (certificate, service)
);

-- Whether this transaction carries out an erasure that two people ordered.
create function is_erasing() returns boolean language sql stable as $$
    select exists (select from erased where certificate = current_setting('kokunen.erasure', true))
$$;

create or replace function refuse_change_of_history() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and is_erasing() then
        return null;
    end if;
    raise exception 'said_history is append-only: % is refused', tg_op;
end
$$;
