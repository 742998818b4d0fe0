"""Which service consumes which topics? Read from the services themselves."""

from audit.handlers import SERVICE as AUDIT
from console.handlers import SERVICE as CONSOLE
from eligibility.handlers import SERVICE as ELIGIBILITY
from registry_sync.handlers import SERVICE as REGISTRY_SYNC
from tax_income.handlers import SERVICE as TAX_INCOME
from transmittal.handlers import SERVICE as TRANSMITTAL

EVERY = {service.name: service for service in (REGISTRY_SYNC, TAX_INCOME, ELIGIBILITY, TRANSMITTAL, AUDIT, CONSOLE)}

DECODING = {name: service for name, service in EVERY.items() if service.undecoded is None}
"""Services that read events; audit keeps bytes and never decodes them."""

TOPICS_OF: dict[str, tuple[str, ...]] = {name: service.topics for name, service in EVERY.items()}
