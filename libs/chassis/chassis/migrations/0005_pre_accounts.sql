-- The register of accounts and terminals, as audit last told it (topic `accounts`). Deny by default: who is not here is answered nothing.
create table account (
    account text primary key,
    version int  not null,
    data    text not null      -- AccountSet
);

create table terminal (
    terminal text primary key,
    version  int  not null,
    data     text not null      -- TerminalSet
);
