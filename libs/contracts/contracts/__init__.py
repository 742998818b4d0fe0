"""What others may build on: envelope, vocabulary, event types and topics of kokunen."""
