"""Whatever is sent to a door, and with whatever headers, gets one clear answer: never a failure of ours, and no value of it said back."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from cli.catalogue import EVERY
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.system.conftest import Ward
from tests.system.doors import Caller

pytestmark = pytest.mark.system
drawn = settings(
    max_examples=25, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
ANSWERS = {200, 400, 401, 403, 404, 409, 413, 422, 429}
HEADERS = ("authorization", "Kokunen-Terminal", "Kokunen-Purpose", "Kokunen-Case")
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)


def texts(body: Any) -> Iterator[str]:
    """Every text in a body that could be recognised if it came back."""
    if isinstance(body, str):
        if len(body) >= 12:
            yield body
    elif isinstance(body, dict):
        for name, value in body.items():
            yield from texts(name)
            yield from texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)


def answer_of(caller: httpx.Client, path: str, body: Any, headers: dict[str, str]) -> int:
    """The status of the answer to a call; everything that must hold of any answer is asserted."""
    response = caller.post(path, content=json.dumps(body).encode("utf-8", "replace"), headers=headers)
    assert response.status_code in ANSWERS, f"{path} {response.status_code} {response.text[:300]}"
    if response.status_code != 200:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"].startswith("urn:kokunen:")
        assert not [text for text in texts(body) if text in response.text], f"{path} says a value back"
    return response.status_code


def fuzz(caller: Caller) -> Counter[int]:
    """Bodies that fit the door's own description and bodies that do not; then headers of any kind."""
    seen: Counter[int] = Counter()
    with httpx.Client(
        base_url=caller.client.base_url, headers=caller.client.headers, verify=caller.trust, timeout=60, trust_env=False
    ) as client:
        described = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
        for found in described.get_all_operations():
            operation = found.ok()
            path, own = operation.path, {"Kokunen-Purpose": caller.purpose_of(operation.path)}
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:

                @seed(1)
                @drawn
                @given(case=operation.as_strategy(generation_mode=mode))
                def with_body(case: Any, path: str = path, own: dict[str, str] = own) -> None:
                    seen[answer_of(client, path, case.body, own)] += 1

                with_body()

            @seed(1)
            @drawn
            @given(name=st.sampled_from(HEADERS), value=VISIBLE)
            def with_header(name: str, value: str, path: str = path, own: dict[str, str] = own) -> None:
                answer_of(client, path, {}, own | {name: value.strip()})

            with_header()
    return seen


@pytest.mark.parametrize("service", sorted(EVERY))
async def test_any_body_and_any_header_is_answered(ward: Ward, service: str) -> None:
    await ward.start()
    roles = sorted(role for role in EVERY[service].rights if role not in EVERY)
    async with Caller(ward, "fuzzer", *roles, service=service) as caller:
        seen = await asyncio.to_thread(fuzz, caller)
    print(service, dict(seen))
    assert seen[200], "nothing that was drawn was understood"
    assert seen[422], "nothing that was drawn was refused for its shape"
