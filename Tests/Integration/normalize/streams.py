"""The streams of `docket normalize`: what goes in, what must come out, and the program between them."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from docket import BINARY, environment

from . import activities, events, hostile_activities, hostile_telemetry, otlp, spans
from .values import whole


@dataclass(frozen=True)
class Stream:
    name: str
    line: Callable  # seed, wild: an input on one line
    expected: Callable  # an input: its documents in conformance mode
    records: Callable  # an input: what each of its documents is made of

    def is_input(self, tree):
        """Whether the reference can read it."""
        try:
            return bool(self.records(tree))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return False

    def normalized(self, lines, *words):
        """The documents of many lines, from one run of the program."""
        ended = subprocess.run(
            [BINARY, "normalize", "--stream", self.name, *words], input="".join(f"{line}\n" for line in lines).encode(),
            capture_output=True, timeout=200, env=environment())
        assert ended.returncode == 0, ended.stderr.decode()
        return [json.loads(line) for line in ended.stdout.splitlines()]


def of_events(rules):
    return Stream(
        f"{rules.namespace}.events",
        line=lambda seed, wild=False: hostile_telemetry.line_of_logs(seed, rules.namespace, wild),
        expected=lambda request: events.documents(request, rules),
        records=lambda request: list(otlp.log_records(request)))


STREAMS = [
    Stream(
        "anthropic.audit", line=hostile_activities.line, expected=activities.documents,
        records=lambda activity: [whole(activity)]),
    of_events(events.CLAUDE_CODE),
    of_events(events.COWORK),
    Stream(
        "claude_code.traces", line=hostile_telemetry.line_of_spans, expected=spans.documents,
        records=lambda request: list(otlp.spans(request))),
]
