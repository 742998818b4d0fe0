-- What tells of people is seen by who declares a purpose (chassis, 0007).
select guard('change', 'hold', 'vault', 'unified_number', 'number_conflict', 'number_erasure', 'merge', 'identity_data');
