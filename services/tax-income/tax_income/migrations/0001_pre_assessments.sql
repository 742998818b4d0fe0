-- PROJECTION of tax-assessments: every version of every assessment as it came.
create table assessment (
    event_id    uuid        primary key,
    addressee   bigint      not null,
    tax_year    int         not null,
    version     int         not null,
    recorded_at timestamptz not null,
    data        bytea       not null
);
create index assessment_person on assessment (addressee, tax_year);
