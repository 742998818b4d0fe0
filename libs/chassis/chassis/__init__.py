"""What every service is built on: consumer, inbox, outbox, relay, set-aside, telemetry. Knows no pension word."""
