"""Which service consumes which topics? Read from the services themselves."""

from contracts.topics import TOPICS
from eligibility.handlers import SERVICE as ELIGIBILITY
from registry_sync.handlers import SERVICE as REGISTRY_SYNC
from tax_income.handlers import SERVICE as TAX_INCOME
from transmittal.handlers import SERVICE as TRANSMITTAL

DECODING = {service.name: service for service in (REGISTRY_SYNC, TAX_INCOME, ELIGIBILITY, TRANSMITTAL)}
"""Services that read events; audit keeps bytes and never decodes them."""

TOPICS_OF: dict[str, tuple[str, ...]] = {
    **{name: service.topics for name, service in DECODING.items()},
    "audit": tuple(topic for topic in TOPICS if topic != "audit-checkpoints"),
}
