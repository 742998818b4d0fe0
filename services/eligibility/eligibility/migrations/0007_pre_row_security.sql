-- What tells of people is seen by who declares a purpose (chassis, 0007).
select guard('fact', 'member', 'party', 'insured_period', 'reception_book', 'due', 'pension_number', 'rights_request', 'legal_hold', 'erasure_order');
