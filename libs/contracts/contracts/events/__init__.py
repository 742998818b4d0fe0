"""The data of every event type, one module per part of the work. Class name = event type; VERSION = its version."""
