-- The register of accounts and terminals, as audit last told it (topic `accounts`). Deny by default: who is not here is answered nothing.
create table registered_account (
    account text primary key,
    version int  not null,
    data    text not null      -- AccountSet
);

create table registered_terminal (
    terminal text primary key,
    version  int  not null,
    data     text not null      -- TerminalSet
);
