"""What goes in at the doors of the services, and what comes out? The shapes of the HTTPS calls (architecture, section 6).

A door takes at most a thousand of anything. Purpose, case and terminal are headers; nobody's number is in an address.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

AT_MOST = 1_000


Number = Annotated[int, Field(ge=1, lt=2**31)]
"""What is numbered from 1 and stored as `int`."""


Count = Annotated[int, Field(ge=0, lt=2**63)]
"""What is counted from 0 and stored as `bigint`."""


MyNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
"""個人番号: twelve ASCII digits. Only at the vault's doors; on no topic, in no log, trace, error or fixture."""
