-- Who reads or writes what tells of people says what for, and who it is: a session that declares no purpose sees no row, whatever its login
-- (row-level security, forced also upon the owner). Services declare theirs when they connect; a call or a command its own, for its transaction.
create function declares_purpose() returns boolean language sql stable as $$
    select coalesce(current_setting('kokunen.purpose', true), '') <> '' and coalesce(current_setting('kokunen.actor', true), '') <> ''
$$;

create function guard(variadic tables text[]) returns void language plpgsql as $$
declare
    one text;
begin
    foreach one in array tables loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        -- as a sub-select it is asked once a statement, not once a row
        execute format('create policy declared on %I using ((select declares_purpose())) with check ((select declares_purpose()))', one);
    end loop;
end $$;

-- Not the outbox: it is filled by COPY, which knows no policies, and what is in it leaves within a second.
select guard('said', 'said_history', 'set_aside', 'erased');
