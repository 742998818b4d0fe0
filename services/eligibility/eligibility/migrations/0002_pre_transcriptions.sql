-- The register of use of the portable terminal (可搬型照会用窓口装置) must not read every fact.
create index fact_transcription on fact (addressee) where kind in ('PensionRecordTranscribed', 'TranscriptionChecked');
