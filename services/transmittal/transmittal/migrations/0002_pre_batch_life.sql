-- The life of a batch (進達) until the pension service has it, with the hands it goes through. Who may follow whom is settled here, by
-- the keys of the accounts, so that no code can leave it out.

-- SOURCE. To whom things go.
create table destination (
    code text primary key,
    name text not null
);
insert into destination values ('pension-office', '日本年金機構（年金事務所）');

-- SOURCE. Who may decide (決裁) or permit carrying out (所属長), from when to when; a deputy (代決) is named with whom for.
-- Two people appoint.
create table appointment (
    account      text        not null check (account = lower(account)),
    duty         text        not null check (duty in ('decide', 'permit')),
    deputy_for   text        check (deputy_for = lower(deputy_for) and deputy_for <> account),
    valid_from   timestamptz not null,
    valid_until  timestamptz,
    proposed_by  text        not null,
    confirmed_by text        check (lower(confirmed_by) not in (lower(proposed_by), account)),
    primary key (account, duty)
);

-- SOURCE. Terminals on which media may be written (特定の端末).
create table terminal (
    code          text primary key,
    registered_by text not null,
    valid_until   timestamptz
);

-- SOURCE. 記録媒体管理台帳: the media that may be used. Flash memory is not among the kinds, so it can't be registered.
create table medium (
    code          text        primary key,
    serial        text        not null unique,
    kind          text        not null check (kind in ('optical_disc', 'magneto_optical_disc')),
    place         text        not null,            -- where it is kept
    registered_by text        not null,
    registered_at timestamptz not null default now(),
    valid_until   timestamptz not null,
    disposed_at   timestamptz,
    disposed_by   text,
    disposal      text        check (disposal in ('shredded', 'broken', 'left_with_recipient')),
    certificate   text,
    check ((disposed_at is null) = (disposed_by is null) and (disposed_at is null) = (disposal is null)),
    constraint medium_certificate_check check (disposal is distinct from 'shredded' or certificate is not null)
);

-- SOURCE. Where a medium went and when it came back (出・入).
create table movement (
    medium      text        not null references medium,
    number      int         not null,
    out_at      timestamptz not null default now(),
    out_by      text        not null,
    destination text        not null,
    due_back    date,                              -- null = it stays there
    in_at       timestamptz,
    in_by       text,
    primary key (medium, number),
    check ((in_at is null) = (in_by is null))
);
create unique index movement_out on movement (medium) where in_at is null;

-- SOURCE. One issue of a batch: the first, and after each void one more, marked 再. Every step is set once. The names of the constraints
-- are what a refusal is called.
create table issue (
    batch          int  not null references batch,
    number         int  not null check (number >= 1),
    previous       int  generated always as (nullif(number - 1, 0)) stored,
    made_by        text not null,
    made_at        timestamptz not null default now(),

    checked_by     text,
    checked_at     timestamptz,

    decided_by     text,
    decided_at     timestamptz,
    decided_for    text,                           -- 代決: of whom
    reviewed_by    text,                           -- 後閲
    reviewed_at    timestamptz,

    written_by     text,
    written_at     timestamptz,
    terminal       text,
    medium         text references medium,
    record_sha256  text,
    archive_sha256 text,
    password       bytea,                          -- sealed; told to one who does not carry the medium

    carry_out      int  unique,                    -- 持ち出し記録簿: its serial number
    permitted_by   text,
    permitted_at   timestamptz,
    carrier        text,
    destination    text references destination,

    bag            text,                           -- 施錠した鞄
    bag_seal       text,                           -- 封印番号
    confirmed_by   text,
    confirmed_at   timestamptz,
    dispatched_by  text,
    dispatched_at  timestamptz,

    closed_at      timestamptz,
    voided_by      text,
    voided_at      timestamptz,
    void_reason    text,

    primary key (batch, number),
    foreign key (batch, previous) references issue (batch, number),
    constraint checker_is_another check (lower(checked_by) <> lower(made_by)),
    constraint decider_is_another check (lower(decided_by) not in (lower(made_by), lower(checked_by))),
    constraint decision_after_check check (decided_by is null or checked_by is not null),
    constraint reviewer_is_the_principal check (reviewed_by is null or lower(reviewed_by) is not distinct from lower(decided_for)),
    constraint writing_after_decision check (written_by is null or decided_by is not null),
    constraint medium_written_once unique (medium),
    constraint permission_after_writing check (permitted_by is null or written_by is not null),
    constraint confirmation_after_permission check (confirmed_by is null or permitted_by is not null),
    constraint second_confirmer_is_another check (lower(dispatched_by) <> lower(confirmed_by)),
    constraint dispatch_after_confirmation check (dispatched_by is null or confirmed_by is not null),
    constraint closing_after_dispatch check (closed_at is null or dispatched_at is not null),
    constraint closing_after_review check (closed_at is null or decided_for is null or reviewed_at is not null),
    constraint closed_is_not_void check (closed_at is null or voided_at is null),
    -- A step is told whole.
    check ((checked_by is null) = (checked_at is null) and (decided_by is null) = (decided_at is null)),
    check ((reviewed_by is null) = (reviewed_at is null) and (dispatched_by is null) = (dispatched_at is null)),
    check (num_nonnulls(written_by, written_at, terminal, medium, record_sha256, archive_sha256, password) in (0, 7)),
    check (num_nonnulls(carry_out, permitted_by, permitted_at, carrier, destination) in (0, 5)),
    check (num_nonnulls(bag, bag_seal, confirmed_by, confirmed_at) in (0, 4)),
    check (num_nonnulls(voided_by, voided_at, void_reason) in (0, 3)),
    check (decided_for is null or decided_by is not null)
);
create unique index issue_alive on issue (batch) where voided_at is null;

-- SOURCE. What the pension service counted, each time it told us. A batch closes on counts that are ours.
create table receipt (
    batch       int         not null,
    issue       int         not null,
    number      int         not null,
    counts      jsonb       not null,
    received_by text        not null,
    received_at timestamptz not null default now(),
    primary key (batch, issue, number),
    foreign key (batch, issue) references issue (batch, number)
);

-- SOURCE. Items that a person takes out of what is pending, with the reason, until somebody puts them back.
create table pull (
    addressee   bigint      not null,
    item        text        not null,
    number      int         not null,
    reason      text        not null,
    pulled_by   text        not null,
    pulled_at   timestamptz not null default now(),
    put_back_by text,
    put_back_at timestamptz,
    primary key (addressee, item, number),
    check ((put_back_by is null) = (put_back_at is null))
);
create unique index pull_open on pull (addressee, item) where put_back_at is null;

create function stays() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % stays', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

-- A step that was done is neither done again nor undone.
create function set_once() returns trigger language plpgsql as $$
declare
    field text;
begin
    select b.key into field from jsonb_each(to_jsonb(old)) b join jsonb_each(to_jsonb(new)) a using (key)
    where b.key <> 'previous' and b.value <> 'null' and a.value is distinct from b.value limit 1;
    if found then
        raise exception '% of % is set once', field, tg_table_name
            using errcode = 'integrity_constraint_violation', constraint = 'step_done';
    end if;
    return new;
end $$;
create trigger issue_set_once before update on issue for each row execute function set_once();
create trigger receipt_set_once before update on receipt for each row execute function set_once();
create trigger issue_stays before delete on issue for each row execute function stays();
create trigger receipt_stays before delete on receipt for each row execute function stays();
create trigger issues_stay before truncate on issue execute function stays();
create trigger receipts_stay before truncate on receipt execute function stays();

-- Whether an account has a duty at this moment: its own, or for somebody whose own it is (a deputy's deputy has none).
create function has_duty(who text, what text, for_whom text) returns boolean language sql stable as $$
    select exists (
        select from appointment own
        where own.account = lower(who) and own.duty = what and own.confirmed_by is not null
          and own.valid_from <= now() and (own.valid_until is null or now() < own.valid_until)
          and own.deputy_for is not distinct from lower(for_whom)
          and (own.deputy_for is null or exists (
              select from appointment p where p.account = own.deputy_for and p.duty = what and p.deputy_for is null
                and p.confirmed_by is not null)))
$$;

-- Who decides and who permits is appointed at that moment; terminal and medium are good at that moment; what is over moves no more.
create function step_is_lawful() returns trigger language plpgsql as $$
declare
    refusal text;
    deputy text;
begin
    select deputy_for into deputy from appointment where account = lower(new.permitted_by) and duty = 'permit';
    refusal := case
        when old.voided_at is not null or old.closed_at is not null then 'issue_is_over'
        when new.voided_at is not null and exists (
            select from receipt r join batch b on b.number = r.batch
            where r.batch = new.batch and r.issue = new.number and r.counts = b.counts) then 'received_in_full'
        when old.decided_by is null and new.decided_by is not null
            and not has_duty(new.decided_by, 'decide', new.decided_for) then 'decider_is_appointed'
        when old.permitted_by is null and new.permitted_by is not null
            and not has_duty(new.permitted_by, 'permit', deputy) then 'permitter_is_appointed'
        when old.written_by is null and new.written_by is not null and not exists (
            select from terminal where code = new.terminal and (valid_until is null or now() < valid_until)) then 'terminal_is_designated'
        when old.written_by is null and new.written_by is not null and not exists (
            select from medium where code = new.medium and disposed_at is null and now() < valid_until) then 'medium_is_usable'
        when new.closed_at is not null and not coalesce((
            select r.counts = b.counts from receipt r join batch b on b.number = r.batch
            where r.batch = new.batch and r.issue = new.number order by r.number desc limit 1), false) then 'counts_are_equal'
    end;
    if refusal is not null then
        raise exception 'refused: %', refusal using errcode = 'integrity_constraint_violation', constraint = refusal;
    end if;
    return new;
end $$;
create trigger issue_step before update on issue for each row execute function step_is_lawful();
