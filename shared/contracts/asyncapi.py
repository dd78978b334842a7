"""The AsyncAPI document: topics, their messages with headers, and who sends and receives them.

FastStream's AsyncAPI generator was measured (0.7.8, a spec-only broker with `publisher(schema=)`)
and not used: it makes a channel per event instead of one per topic, names every message "Message",
lets nested models of one title overwrite each other across services (each service publishes
delivery's events), emits no header schema and a correlation id in a header that we do not send.
"""

import json
from collections.abc import Mapping

from shared.contracts.compatibility import Schema
from shared.events.base import Catalogue
from shared.events.described import INDONESIAN
from shared.signing.cloudevents import CONTENT_TYPE, HASHED


def _text(pattern: str, description: str) -> Schema:
    return {"type": "string", "pattern": pattern, "description": description}


_HEADERS: dict[str, Schema] = {
    "content-type": {"type": "string", "const": CONTENT_TYPE},
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": _text(r"^.+/[1-9]\d*$", "<subject>/<sequence>"),
    "ce_source": _text("^urn:", "the agency that owns the topic"),
    "ce_type": _text(r"^sinergi\.[a-z]+\.\w+\.v[1-9]\d*$", "sinergi.<service>.<Event>.v<version>"),
    "ce_subject": _text("^.+/.+$", "the stream, <kind>/<id>; the record's key"),
    "ce_time": {
        **_text(
            r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", "when it was recorded: UTC, six decimals"
        ),
        "format": "date-time",
    },
    "ce_sequence": _text(r"^[1-9]\d{0,15}$", "counts the events of its stream from 1, no gaps"),
    "ce_commit": _text(
        r"^[1-9]\d{0,15}:[1-9]\d{0,15}$",
        "<first sequence>:<number of events> of the commit that this event belongs to",
    ),
    "ce_cause": _text(
        "^.+$", "what led to the commit; after `;` a keyed hash of the request where there was one"
    ),
    "ce_correlationid": _text("^.+$", "the same for all that one request or timer led to"),
    "ce_causationid": _text("^.+$", "the request, event or timer that led to it directly"),
    "ce_actor": _text("^.+$", "an opaque name of who asked; `system` for reactions and timers"),
    "ce_prevhash": _text(
        "^[0-9a-f]{64}$", "the hash (SHA-256) of the stream's event before it; zeros for the first"
    ),
    "ce_keyid": _text(
        "^[0-9a-f]{32}$",
        "the first 32 hexadecimal digits of the SHA-256 of the Ed25519 key that signed: on "
        "`<service>.events` a key that the agency authorised for `events` on `keys.events`, on "
        "`keys.events` the agency's root",
    ),
    "ce_signature": _text(
        "^[A-Za-z0-9_-]{86}$", "Ed25519 over the root of the group's hashes, base64url"
    ),
    "ce_proof": _text(
        r"^\d+:\d+:[A-Za-z0-9_-]+$",
        "<index>:<size>:<sibling path, base64url> in the signature's group (RFC 9162); "
        "absent in a group of one",
    ),
    "ce_traceparent": _text(
        "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", "W3C Trace Context; not signed"
    ),
}  # fmt: skip


_CHECKPOINTS = "checkpoints"
_SERVER = "#/servers/kafka"
# Without it a payload would be read as AsyncAPI's own dialect, which is draft-07 and more.
_FORMAT = "application/schema+json;version=draft-2020-12"
_KEY = {"type": "string", "description": "the subject"}
_NOTE = (
    "urn:sinergi:blk-paser/registration.events/0\n118\n"
    "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n"
    "\u2014 urn:sinergi:blk-paser koQoEwx0sQJp...\n"
)


def asyncapi(
    catalogue: Catalogue, revisions: Mapping[str, int], records: Mapping[str, Schema]
) -> Schema:
    """Return the AsyncAPI 3.0.0 document: a channel per topic, with its messages.

    Payloads refer to `./events/<type>/<revision>.json`; `revisions` holds each type's current.
    `records` are examples by type: {"headers": [[name, value], ...], "value": JSON text}.
    """
    topics = sorted({f"{type_.split('.')[1]}.events" for type_ in catalogue.types})
    types = {topic: [t for t in sorted(catalogue.types) if _topic(t) == topic] for topic in topics}
    messages = {
        type_: _message(type_, event.__doc__ or "", revisions[type_], records.get(type_))
        for type_, event in sorted(catalogue.types.items())
    }
    channels = {topic: _channel(topic, _about(topic), names) for topic, names in types.items()}
    operations: Schema = {}
    for topic in topics:
        operations |= _operations(topic.removesuffix(".events"), topic)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sinergi",
            "version": "1",
            "description": "CloudEvents 1.0 in Kafka's binary mode, signed by the agency that owns "
            "the topic. docs/integrators.md says how to verify them.",
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"kafka": _KAFKA},
        "channels": {
            **channels,
            _CHECKPOINTS: _channel(_CHECKPOINTS, _about(_CHECKPOINTS), ["checkpoint"]),
        },
        "operations": {**operations, **_operations(_CHECKPOINTS, _CHECKPOINTS)},
        "components": {
            "messages": {**messages, "checkpoint": _CHECKPOINT},
            "schemas": {
                "headers": {
                    "type": "object",
                    "description": "Each header at most once, printable ASCII.",
                    "properties": _HEADERS,
                    "required": [*HASHED, "ce_signature"],
                }
            },
            "securitySchemes": {"signatures": _SIGNATURES},
        },
    }


_KAFKA: Schema = {
    "host": "{broker}",
    "protocol": "kafka",
    "description": "The brokers that the agencies share.",
    INDONESIAN: "Broker yang dipakai bersama oleh semua instansi.",
    "variables": {
        "broker": {"default": "localhost:9092", "description": "host and port of one of them"}
    },
    "security": [{"$ref": "#/components/securitySchemes/signatures"}],
}
_SIGNATURES: Schema = {
    "type": "asymmetricEncryption",
    "description": "Each record carries the Ed25519 signature of its agency, which every reader "
    "verifies: who may connect is the brokers' affair, whom to believe is not. Keys are on "
    "`keys.events`, whose records the pinned roots sign.",
    INDONESIAN: "Setiap catatan membawa tanda tangan Ed25519 instansinya, yang diperiksa setiap "
    "pembaca. Kunci ada di `keys.events`, ditandatangani kunci akar instansi.",
}
_CHECKPOINT: Schema = {
    "name": "checkpoint",
    "title": "Checkpoint",
    "summary": "A signed note: how many records a partition had, and the root of their tree.",
    "contentType": "text/plain",
    "headers": {
        "type": "object",
        "description": "Signed by nobody: the proof and the leaves prove themselves.",
        "properties": {
            "old": _text(r"^\d+$", "an owner's: the size of the checkpoint before"),
            "consistency": {
                "type": "string",
                "description": "an owner's: the proof from `old` to this size, 32 bytes a hash",
            },
            "leaves": {
                "type": "string",
                "description": "an owner's: the leaves' hashes from `old` to this size, 32 bytes "
                "each, at most 4096",
            },
            "witness": _text("^urn:", "a witness's: its URN; the note has its cosignature alone"),
        },
    },
    "payload": {
        "type": "string",
        "description": "a C2SP tlog-checkpoint with the owner's or a witness's signature",
    },
    "bindings": {
        "kafka": {
            "key": {
                "type": "string",
                "description": "the origin: <agency>/<topic>/<partition>",
            },
            "bindingVersion": "0.5.0",
        }
    },
    "examples": [{"name": "checkpoint", "payload": _NOTE}],
}


def _topic(type_: str) -> str:
    return f"{type_.split('.')[1]}.events"


def _about(topic: str) -> str:
    known = {
        "keys.events": "Every key of every agency: authorised, retired, revoked. Each agency's "
        "records are signed by its root.",
        _CHECKPOINTS: "Checkpoints of every partition, by their owners and cosigned by witnesses.",
    }
    service = topic.removesuffix(".events")
    return known.get(topic, f"Every event of the {service} service, in order per subject.")


def _channel(topic: str, about: str, messages: list[str]) -> Schema:
    return {
        "address": topic,
        "description": about,
        "servers": [{"$ref": _SERVER}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": "0.5.0"}},
    }


def _operations(name: str, topic: str) -> Schema:
    channel = {"$ref": f"#/channels/{topic}"}
    return {
        f"publish.{name}": {
            "action": "send",
            "channel": channel,
            "summary": f"Its owner writes to {topic}",
        },
        f"follow.{name}": {
            "action": "receive",
            "channel": channel,
            "summary": f"Anybody may follow {topic}, from its first record on",
        },
    }


def _message(type_: str, doc: str, revision: int, record: Schema | None) -> Schema:
    message: Schema = {
        "name": type_,
        "title": type_.split(".")[2],
        "summary": doc.partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "allOf": [
                {"$ref": "#/components/schemas/headers"},
                {"properties": {"ce_type": {"const": type_}}},
            ],
        },
        "payload": {
            "schemaFormat": _FORMAT,
            "schema": {"$ref": f"./events/{type_}/{revision}.json"},
        },
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": _KEY, "bindingVersion": "0.5.0"}},
    }
    if record is not None:
        headers, payload = dict(record["headers"]), json.loads(record["value"])
        message["examples"] = [{"name": "golden", "headers": headers, "payload": payload}]
    return message
