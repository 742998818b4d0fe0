-- An event whose effect was given up (data that may not be held, decision 23) takes effect again when it comes again.
alter table inbox add column forgotten boolean not null default false;
