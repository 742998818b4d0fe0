"""Topic `welfare-changes`: start and end of public assistance (生活保護) by kind."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.vocabulary import Code, HalfOpen


class AssistanceChanged(HalfOpen):
    """One grant of public assistance: its kind and time. A later `version` of the same `grant` replaces the earlier one."""

    VERSION: ClassVar[int] = 1
    grant: Code
    version: Annotated[int, Field(ge=1, le=10**6)]
    assistance: Literal["livelihood", "education", "housing", "medical", "care", "maternity", "occupation", "funeral"]
    equivalent_only: Annotated[bool, Field(description="生活保護に準ずる保護 of a foreign national")] = False
    cancelled: bool = False
