-- PROJECTION of filings: what each form says, its highest revision. Needed for its paper.
create table form (
    filing    text   primary key,
    addressee bigint not null,
    revision  int    not null,
    content   bytea  not null
);

-- SOURCE. What is printed for a batch, frozen with it: names and addresses as they were on the day of sealing, unreadable outside transmittal.
create table paper (
    batch      int   primary key references batch (number),
    sheets     bytea not null,            -- sealed under the service's key
    commitment text  not null             -- keyed: it proves the sheets unchanged, and nobody can try names against it
);
create trigger sealed_paper before update or delete on paper for each row execute function refuse_change();
create trigger sealed_papers_stay before truncate on paper execute function refuse_change();

-- PROJECTION of eligibility-events and claim-events: every filing and claim at the counter, as it stands (受付処理簿).
-- Where numbers were merged (名寄せ) a filing goes from one to the other: taken back of the one, said of the other.
create table reception (
    filing      text    not null,
    addressee   bigint  not null,
    version     int     not null,
    withdrawn   boolean not null,
    received_on date    not null,
    line        bytea   not null,
    primary key (filing, addressee)
);
create index reception_day on reception (received_on, filing);
create index reception_addressee on reception (addressee);
