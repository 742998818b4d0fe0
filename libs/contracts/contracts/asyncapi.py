"""What do the catalogue's JSON Schemas and its AsyncAPI document say? Generated from the code, kept as snapshots."""

import json
from importlib.metadata import version
from typing import Any

from contracts.envelope import Event
from contracts.topics import EVENT_TYPES, TOPICS, version_of


def schema(event_type: str) -> dict[str, Any]:
    """JSON Schema of a whole event of this type, envelope included."""
    data = EVENT_TYPES[event_type]
    generated: dict[str, Any] = Event[data].model_json_schema()  # type: ignore[valid-type]
    generated["title"] = f"{event_type}/{version_of(data)}"
    generated["properties"]["type"] = {"const": event_type}
    return generated


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of every topic."""
    channels = {
        name: {
            "address": name,
            "description": topic.says,
            "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in topic.events},
            "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
        }
        for name, topic in TOPICS.items()
    }
    messages = {
        name: {
            "name": name,
            "contentType": "application/cloudevents+json",
            "description": (data.__doc__ or "").strip(),
            "payload": schema(name),
        }
        for name, data in EVENT_TYPES.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "kokunen", "version": version("kokunen-contracts"), "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": channels,
        "components": {"messages": messages},
    }


def text(value: dict[str, Any]) -> str:
    """Snapshot form: sorted, indented, one newline at the end."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
