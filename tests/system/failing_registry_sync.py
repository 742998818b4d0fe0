"""registry-sync whose code fails on one event, or on every event of one resident. Started by test_set_aside.py."""

import dataclasses
import os
from typing import Any

from chassis.run import main
from chassis.service import Handler
from registry_sync.handlers import SERVICE

FAILS_ON = os.environ["TEST_FAILS_ON"]


def failing(handler: Handler) -> Handler:
    def handle(event: Any) -> Any:
        if FAILS_ON in (event.id, event.subject):
            raise ArithmeticError("sabotage")
        return handler(event)

    return handle


if __name__ == "__main__":
    main(dataclasses.replace(SERVICE, handlers={kind: failing(handler) for kind, handler in SERVICE.handlers.items()}))
