-- Everything we ever said, by the business day on which we said it: the answer to "as received by D" (decision 3). SOURCE.
-- A null business day lies before every day: no calendar had come yet.
create table said_history (
    subject      bigint not null,
    topic        text   not null,
    key          text   not null,
    sequence     int    not null,
    type         text   not null,
    value        bytea  not null,
    business_day date,
    primary key (subject, sequence)
);

-- A database that was in use before: its history begins today. What was said earlier, and when, is not made up.
insert into said_history (subject, topic, key, sequence, type, value, business_day)
select subject, topic, key, sequence, type, value, (select business_day from clock) from said;

-- What was said stays said: a mistake is followed by another statement. (Erasure, decision 19, will need a door of its own.)
create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
    raise exception 'said_history is append-only: % is refused', tg_op;
end
$$;
create trigger said_history_is_append_only before update or delete on said_history
for each statement execute function refuse_change_of_history();
