-- PROJECTION. To whom a basic pension number was ever assigned: by it somebody is searched for at an inquiry.
create table pension_number (
    basic_pension_number text   not null,
    addressee            bigint not null,
    primary key (basic_pension_number, addressee)
);

insert into pension_number (basic_pension_number, addressee)
select distinct convert_from(data, 'UTF8')::json ->> 'basic_pension_number', addressee
from fact
where kind = 'BasicPensionNumberAssigned';
