-- What tells of people is seen by who declares a purpose (chassis, 0007).
select guard('record', 'subject_key', 'access', 'access_subject', 'finding');
