"""claude_code.traces: what becomes of a span (section F)."""

from . import otlp
from .values import get, pruned, put, without_repeats

CATEGORIES = {"interaction": "session", "llm_request": "api", "tool": "process"}  # others none (quirk 48)
COPIES = {"process.command_line": "full_command", "file.path": "file_path"}


def documents(request):
    return [pruned(mapped(span)) for span in otlp.spans(request)]


def mapped(span):
    """Neither action nor outcome nor duration of an event (quirk 49); attributes stay flat."""
    attributes = span["attributes"]
    document = {
        **span,
        "data_stream": {"type": "traces", "dataset": "claude_code.otel", "namespace": "default"},
        "ecs": {"version": "9.3.0"},
        "event": {"kind": "event"},
    }
    category = CATEGORIES.get(attributes.get("span.type"))
    if category:
        document["event"] |= {"category": [category], "type": ["info"]}
    for path, name in COPIES.items():
        put(document, path, attributes.get(name))
    put(document, "related.user", without_repeats([attributes.get("user.email"), attributes.get("user.id")]))
    return document
