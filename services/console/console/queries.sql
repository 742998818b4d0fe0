-- name: next_number
-- The next reception number of a fiscal year.
insert into reception_year (fiscal_year, last) values ($1, 1)
on conflict (fiscal_year) do update set last = reception_year.last + 1 returning last;

-- name: alone_with_draft
-- Of several calls with one draft the others wait here until the first one is done.
select pg_advisory_xact_lock(hashtextextended($1::text, 0));

-- name: entry_of_draft
select filing, revision, entered_by from entry where draft = $1;

-- name: entered
insert into entry (filing, revision, addressee, draft, entered_by) values ($1, $2, $3, $4, $5)
on conflict (filing, revision) do nothing returning filing;

-- name: newest_entry
select revision, entered_by from entry where filing = $1 and addressee = $2 order by revision desc limit 1;

-- name: begin_session
-- A new session; those that have ended leave with it.
with ended as (delete from session where ends_at <= now() or seen_at <= now() - $6::interval)
insert into session (id, account, terminal, tokens, ends_at) values ($1, $2, $3, $4, now() + $5::interval);

-- name: session
-- Somebody's session, unless its time or the time since it was last used has run out; $2 is the latter.
update session set seen_at = now() where id = $1 and ends_at > now() and seen_at > now() - $2::interval
returning account, terminal, tokens, signed_in_at;

-- name: session_alone
select tokens from session where id = $1 for update;

-- name: renew_tokens
update session set tokens = $2 where id = $1;

-- name: end_session
delete from session where id = $1;

-- name: keep_draft
-- What was typed so far; a draft that was changed elsewhere meanwhile is not overwritten. One that nobody went on with for so long ($7) leaves.
with old as (delete from draft where changed_at < now() - $7::interval and id <> $1)
insert into draft (id, account, addressee, kind, content) values ($1, $2, $3, $4, $5)
on conflict (id) do update set content = excluded.content, version = draft.version + 1, changed_at = now()
where draft.account = excluded.account and draft.version = $6
returning version;

-- name: draft
select addressee, kind, content, version from draft where id = $1 and account = $2;

-- name: drafts
select id, addressee, kind, content, changed_at from draft where account = $1 order by changed_at desc limit 50;

-- name: end_draft
delete from draft where id = $1 and account = $2;

-- name: ticked
select line, account from tick where line = any($1::text[]);

-- name: tick
insert into tick (line, account) values ($1, $2) on conflict (line) do nothing;

-- name: untick
delete from tick where line = $1;

-- name: erase
with e as (delete from entry where addressee = $1 returning 1), d as (delete from draft where addressee = $1 returning 1)
select (select count(*) from e)::int as entry, (select count(*) from d)::int as draft;

-- name: today
select business_day from clock;
