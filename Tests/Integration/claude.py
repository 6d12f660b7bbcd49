"""Telemetry in the shape of Claude Code's, by the OpenTelemetry SDK and by hand."""

import json
import random
import uuid
from datetime import datetime, timezone

from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

SCOPE = "com.anthropic.claude_code.events"
VERSION = "2.1.294"
START = 1_791_447_318_000_000_000  # 2026-10-08T08:15:18Z
TOOLS = ["Bash", "Edit", "Read", "Write", "Grep", "mcp__tracker__create_issue"]
RESOURCE = {
    "host.arch": "arm64",
    "os.type": "darwin",
    "os.version": "25.1.0",
    "service.name": "claude-code",
    "service.version": VERSION,
}

# Below which name the documents of a signal have the attributes that are not known.
PREFIXES = {"logs": "claude_code.events", "traces": "attributes", "metrics": "claude_code.metrics"}


def iso(nanoseconds):
    moment = datetime.fromtimestamp(nanoseconds / 1e9, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{nanoseconds // 1_000_000 % 1000:03d}Z"


def event(place, name, more, session="5e551011-0000-4000-8000-000000000001"):
    """The attributes that all events have, and those of this one."""
    return {
        "user.id": "a1b2c3d4" * 8,
        "session.id": session,
        "organization.id": "0a0a0a0a-0000-4000-8000-000000000002",
        "user.email": "ada@example.com",
        "user.account_uuid": "0b0b0b0b-0000-4000-8000-000000000003",
        "terminal.type": "xterm-256color",
        "prompt.id": "0c0c0c0c-0000-4000-8000-000000000004",
        "event.name": name,
        "event.timestamp": iso(START + place * 1_000_000),
        "event.sequence": place,
        **more,
    }


def events(count, seed=1):
    """`count` events, each with a `tool_use_id` or `request_id` that no other has: the place and its attributes."""
    dice = random.Random(seed)
    session = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    for place in range(count):
        mark = f"{seed:04d}{place:08d}"
        tool = dice.choice(TOOLS)
        kind = place % 4
        if kind == 0:
            yield place, event(place, "tool_decision", {
                "tool_name": tool, "tool_use_id": f"toolu_{mark}", "decision": dice.choice(["accept", "reject"]),
                "source": dice.choice(["config", "user_permanent", "user_temporary"]), "tool_source": "builtin",
            }, session)
        elif kind == 1:
            yield place, event(place, "tool_result", {
                "tool_name": tool, "tool_use_id": f"toolu_{mark}", "success": dice.choice(["true", "false"]),
                "duration_ms": str(dice.randrange(9_000)), "decision_type": "accept", "decision_source": "config",
                "tool_input_size_bytes": str(dice.randrange(4_000)),
                "tool_parameters": json.dumps({"bash_command": "ls", "full_command": "ls -l \"täglich\" | wc"}),
            }, session)
        elif kind == 2:
            yield place, event(place, "api_request", {
                "model": "claude-opus-5-5[1m]", "request_id": f"req_{mark}", "cost_usd": dice.random(),
                "cost_usd_micros": dice.randrange(10_000), "duration_ms": dice.randrange(9_000),
                "input_tokens": dice.randrange(9_000), "output_tokens": dice.randrange(9_000),
                "cache_read_tokens": 0, "cache_creation_tokens": 12, "query_source": "main",
            }, session)
        else:
            yield place, event(place, "user_prompt", {
                "prompt_length": "12", "prompt": "<REDACTED>", "message.uuid": f"uuid_{mark}",
                "workspace.host_paths": ["/home/ada/app", "/home/ada/library"],
            }, session)


def places(documents):
    """Which of the events were found, in their order."""
    return sorted(document["event"]["sequence"] for document in documents)


class Client:
    """Claude Code's way: one logger provider, records in batches."""

    def __init__(self, exporter, batch=100):
        self.provider = LoggerProvider(resource=Resource(RESOURCE), shutdown_on_exit=False)
        self.provider.add_log_record_processor(
            BatchLogRecordProcessor(
                exporter, max_export_batch_size=batch, max_queue_size=100_000, schedule_delay_millis=100
            )
        )
        self.logger = self.provider.get_logger(SCOPE, VERSION)

    def emit(self, events):
        for place, attributes in events:
            time = START + place * 1_000_000
            self.logger.emit(
                LogRecord(
                    timestamp=time, observed_timestamp=time, body=f"claude_code.{attributes['event.name']}",
                    attributes=attributes,
                )
            )

    def flush(self):
        assert self.provider.force_flush(60_000)

    def shutdown(self):
        self.provider.shutdown()


class Witness:
    """An exporter that writes down what the server has acknowledged."""

    def __init__(self, exporter, success):
        self.exporter = exporter
        self.success = success
        self.acknowledged = []
        self.failed = []

    def export(self, batch):
        result = self.exporter.export(batch)
        places = [item.log_record.attributes["event.sequence"] for item in batch]
        (self.acknowledged if result == self.success else self.failed).extend(places)
        return result

    def force_flush(self, timeout_millis=0):
        return True

    def shutdown(self):
        self.exporter.shutdown()


# By hand, as the wire has it


def value(of):
    """As Claude's own exporter writes it: numbers bare."""
    if isinstance(of, bool):
        return {"boolValue": of}
    if isinstance(of, int):
        return {"intValue": of}
    if isinstance(of, float):
        return {"doubleValue": of}
    if isinstance(of, list):
        return {"arrayValue": {"values": [value(one) for one in of]}}
    return {"stringValue": of}


def attributes(of):
    return [{"key": key, "value": value(one)} for key, one in of.items()]


def record(place, of):
    time = str(START + place * 1_000_000)
    return {
        "timeUnixNano": time, "observedTimeUnixNano": time,
        "body": {"stringValue": f"claude_code.{of['event.name']}"},
        "attributes": attributes(of), "droppedAttributesCount": 0,
    }


def request(records):
    return {
        "resourceLogs": [{
            "resource": {"attributes": attributes(RESOURCE), "droppedAttributesCount": 0},
            "scopeLogs": [{"scope": {"name": SCOPE, "version": VERSION}, "logRecords": list(records)}],
        }]
    }
