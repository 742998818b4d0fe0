-- Up to which counter audit has every access record, and since when the first of those it has not waits (decision 21).
alter table access_counter
    add column acknowledged  bigint not null default 0,
    add column waiting_since timestamptz;
