-- Whose incomes the ward may hold (decision 23): those concerned, and the households they lived in, from topics of ours.

-- PROJECTION of residents: who is behind an addressee number.
create table resident (
    addressee   bigint  primary key,
    sequence    int     not null,
    merged_into bigint,                    -- 名寄せ: the number at the end of the chain
    birth_date  date,
    support     boolean not null           -- 支援措置
);
create index resident_merged on resident (merged_into) where merged_into is not null;

-- PROJECTION of residents: with whom a person lived in [valid_from, valid_to), as believed now.
create table member (
    addressee  bigint not null,
    household  bigint not null,
    relation   text   not null,
    residency  text   not null,
    valid_from date   not null,
    valid_to   date
);
create index member_person on member (addressee);
create index member_household on member (household);

-- PROJECTION of persons-concerned: insured persons, applicants and recipients; a withdrawn one keeps its row without data.
create table concerned (
    addressee bigint primary key,
    sequence  int    not null,
    data      bytea
);

-- PROJECTION of persons-concerned: the spouses whom their forms name, wherever these live.
create table named_spouse (
    spouse    bigint not null,
    addressee bigint not null,
    primary key (spouse, addressee)
);
create index named_spouse_by on named_spouse (addressee);

-- What was not let in, by tax year: records of persons nobody is concerned with, items that are not on the list.
create table not_let_in (
    tax_year int    not null,
    what     text   not null,
    records  bigint not null,
    primary key (tax_year, what)
);
