-- SOURCE. Lines of work lists that somebody ticked as done. Whom a line is about stands here as a keyed hash alone.
create table tick (
    line      text        primary key,
    account   text        not null,
    ticked_at timestamptz not null default now()
);
