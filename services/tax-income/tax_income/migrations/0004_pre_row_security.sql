-- What tells of people is seen by who declares a purpose (chassis, 0007).
-- Not request_row: it is filled by COPY, and its content is sealed.
select guard('assessment', 'resident', 'member', 'concerned', 'named_spouse', 'pension_number');
