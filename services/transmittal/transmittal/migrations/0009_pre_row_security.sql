-- What tells of people is seen by who declares a purpose (chassis, 0007).
select guard('matter', 'result', 'batch', 'attempt', 'paper', 'form', 'reception', 'hint', 'reminder', 'pull', 'pension_number', 'original', 'scan', 'delivery_row');
