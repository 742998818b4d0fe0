-- SOURCE. Legal holds (保存の留保): nothing of the person is erased until another person lifts it.
create table legal_hold (
    hold      bigint      generated always as identity primary key,
    addressee bigint      not null,
    reason    text        not null,
    set_by    text        not null,
    set_at    timestamptz not null default now(),
    lifted_by text,
    lifted_at timestamptz,
    constraint lifted_by_another check (lower(lifted_by) <> lower(set_by)),
    check ((lifted_by is null) = (lifted_at is null))
);
create unique index legal_hold_open on legal_hold (addressee) where lifted_by is null;

-- SOURCE. Erasures, proposed by one person and approved by another; the number stays, for the certificate.
create table erasure_order (
    number      bigint      generated always as identity primary key,
    certificate text        generated always as ('ER-' || lpad(number::text, 8, '0')) stored unique,
    addressee   bigint      not null,
    kept_until  date        not null,
    proposed_by text        not null,
    proposed_at timestamptz not null default now(),
    approved_by text,
    approved_at timestamptz,
    constraint approved_by_another check (lower(approved_by) <> lower(proposed_by)),
    check ((approved_by is null) = (approved_at is null))
);
create unique index erasure_order_open on erasure_order (addressee) where approved_by is null;
create index fact_recorded on fact (addressee, recorded_at);
