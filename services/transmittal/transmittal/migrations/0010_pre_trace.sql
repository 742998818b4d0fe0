-- The trace of what made us report: it goes on to the line of the batch, days later.
alter table attempt add column traceparent text;
