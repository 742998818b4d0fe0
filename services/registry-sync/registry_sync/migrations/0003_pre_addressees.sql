-- PROJECTION of resident-changes: persons outside the register (住登外者) have entries, too.
alter table change add column kind text not null default 'ResidentChanged' check (kind in ('ResidentChanged', 'NonResidentRecorded'));

-- By which somebody on a list, or asked for at the counter, is found among the records: birth date and folded reading (`folding.py`).
alter table change add column birth_date date, add column kana_key text, add column household bigint;
create index change_identity on change (birth_date, kana_key);
create index change_household on change (household) where household is not null;
create index change_reading on change (kana_key text_pattern_ops);

-- PROJECTION of resident-changes: 名寄せ. A split has no `into_number`; it takes back the merge that it supersedes.
create table merge (
    event_id    uuid        primary key,
    addressee   bigint      not null,
    into_number bigint,
    supersedes  uuid,
    recorded_at timestamptz not null
);
create index merge_addressee on merge (addressee);
create index merge_into on merge (into_number);

-- PROJECTION of pension-service-notices: whether the pension service holds somebody's identity data; the highest version counts.
create table identity_data (
    addressee bigint primary key,
    version   int    not null,
    held      text   not null
);
