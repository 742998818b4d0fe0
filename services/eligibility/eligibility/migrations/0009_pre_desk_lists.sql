-- What a clerk should look at, by its day: the end of its key.
create index said_hints on said (right(key, 10)) where type = 'HintRaised';
-- What July's review (継続審査) came to.
create index said_reviews on said (subject) where type = 'ExemptionAssessed' and key like 'review/%';
