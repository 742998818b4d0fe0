-- What a clerk should look at, by its day: the end of its key.
create index said_hints on said (right(key, 10)) where type = 'HintRaised';
