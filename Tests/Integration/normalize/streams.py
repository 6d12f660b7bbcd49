"""The streams of `docket normalize`: what goes in, what must come out, and the program between them."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from docket import BINARY, environment

from . import activities, events, hostile_activities, hostile_telemetry, otlp, spans


@dataclass(frozen=True)
class Stream:
    name: str
    line: Callable  # seed, wild: an input on one line
    expected: Callable  # an input: its documents in conformance mode
    records: Callable  # an input: what each of its documents is made of

    def normalized(self, lines, *words):
        """The documents of many lines, from one run of the program."""
        ended = subprocess.run(
            [BINARY, "normalize", "--stream", self.name, *words], input="".join(f"{line}\n" for line in lines).encode(),
            capture_output=True, timeout=200, env=environment())
        assert ended.returncode == 0, ended.stderr.decode()
        return [json.loads(line) for line in ended.stdout.splitlines()]


def line_of(service):
    return lambda seed, wild=False: hostile_telemetry.line_of_logs(seed, service, wild)


def documents_of(stream):
    return lambda request: events.documents(request, stream)


STREAMS = [
    Stream("anthropic.audit", hostile_activities.line, activities.documents, lambda activity: [activity]),
    Stream("claude_code.events", line_of("claude_code"), documents_of(events.CLAUDE_CODE), lambda request: list(otlp.log_records(request))),
    Stream("claude_cowork.events", line_of("claude_cowork"), documents_of(events.COWORK), lambda request: list(otlp.log_records(request))),
    Stream("claude_code.traces", hostile_telemetry.line_of_spans, spans.documents, lambda request: list(otlp.spans(request))),
]
