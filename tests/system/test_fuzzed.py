"""Whatever is sent to a door, and with whatever headers, gets one clear answer: never a failure of ours, and no value of it said back."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest
import schemathesis
from cli.catalogue import EVERY
from contracts.vocabulary import Model
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.system.conftest import Ward
from tests.system.doors import Caller

pytestmark = pytest.mark.system
drawn = settings(max_examples=25, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def properties(request: type[Model]) -> Iterator[str]:
    """The names of everything in a body of this kind, at any depth, and the kinds of a choice: a mistake's place has them."""
    schema = request.model_json_schema()
    for one in (schema, *schema.get("$defs", {}).values()):
        yield from one.get("properties", {})
        yield from (str(part["const"]) for part in one.get("properties", {}).values() if "const" in part)


ANSWERS = {200, 400, 401, 403, 404, 409, 413, 422, 429}
HEADERS = ("authorization", "Kokunen-Terminal", "Kokunen-Purpose", "Kokunen-Case")
OURS = {name for service in EVERY.values() for door in service.doors for name in properties(door.request)}
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)


def texts(body: Any) -> Iterator[str]:
    """Every text in a body that could be recognised if it came back, names of members that are none of ours among them."""
    if isinstance(body, str):
        if len(body) >= 12 and body not in OURS:
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
    content = body if isinstance(body, bytes) else json.dumps(body, default=str).encode("utf-8", "replace")
    response = caller.post(path, content=content, headers=headers)
    assert response.status_code in ANSWERS, f"{path} {response.status_code} {response.text[:300]}"
    if response.status_code != 200:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"].startswith("urn:kokunen:")
        assert not [text for text in texts(body) if text in response.text], f"{path} says a value back"
    return response.status_code


def every(strategy: st.SearchStrategy[Any], take: Callable[[Any], None]) -> None:
    """Some values of a strategy, the same each time."""

    @seed(1)
    @drawn
    @given(strategy)
    def each(value: Any) -> None:
        take(value)

    each()


def fuzz(caller: Caller) -> Counter[int]:
    """Bodies that fit the door's own description and bodies that do not; then headers of any kind."""
    seen: Counter[int] = Counter()
    with httpx.Client(
        base_url=caller.client.base_url, headers=caller.client.headers, verify=caller.trust, timeout=60, trust_env=False
    ) as client:
        described = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
        for number, found in enumerate(described.get_all_operations()):
            operation = found.ok()
            call = partial(answer_of, client, operation.path)
            own = {"Kokunen-Purpose": caller.purpose_of(operation.path)}
            for mode in GenerationMode:
                bodies = operation.as_strategy(generation_mode=mode).map(lambda case: case.body)
                every(bodies, lambda body, call=call, own=own: seen.update([call(body, own)]))
            if number == 0:  # headers are read before any door: one stands for all
                headers = st.tuples(st.sampled_from(HEADERS), VISIBLE)
                every(headers, lambda one, call=call, own=own: call({}, own | {one[0]: one[1].strip()}))
    return seen


@pytest.mark.parametrize("service", sorted(EVERY))
async def test_any_body_and_any_header_is_answered(ward: Ward, service: str) -> None:
    await ward.start()
    rights = EVERY[service].rights
    people, services = sorted(rights.keys() - EVERY.keys()), sorted(rights.keys() & EVERY.keys())
    # somebody who may everything that people may; where none may anything, the service that asks there
    account = "fuzzer" if people else services[0]
    async with Caller(ward, account, *people, service=service, as_service=not people) as caller:
        seen = await asyncio.to_thread(fuzz, caller)
    print(service, dict(seen))
    assert seen[200], "nothing that was drawn was understood"
    assert seen[422], "nothing that was drawn was refused for its shape"
