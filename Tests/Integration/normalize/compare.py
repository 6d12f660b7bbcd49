"""Whether a document is the expected one."""

import json

from .values import FAILED, get


def difference(expected, found):
    """A sentence about the first place where they differ; `None` when they do not.

    Numbers are compared by value, and a list of one element with that element as well.
    """
    if expected is FAILED:
        kept = (get(found, "event.kind"), "preserve_original_event" in found.get("tags", []))
        return None if kept == ("pipeline_error", True) and get(found, "error.message") else "it must be a failure"
    original = get(expected, "event.original")
    if original is not None and not is_original(get(found, "event.original"), original):
        return "event.original is not the record"
    return first_difference(prepared(expected), prepared(found), "")


def is_original(text, record):
    """What Elastic dumps of telemetry is not portable (quirk 43), so there any text will do."""
    return isinstance(text, str) and (not isinstance(record, dict) or json.loads(text) == record)


def first_difference(expected, found, path):
    expected, found = alone(expected), alone(found)
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted({*expected, *found}):
            below = f"{path} > {name}" if path else name
            if name not in found:
                return f"{below}: missing, must be {shown(expected[name])}"
            if name not in expected:
                return f"{below}: is {shown(found[name])}, must be missing"
            if differs := first_difference(expected[name], found[name], below):
                return differs
        return None
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, pair in enumerate(zip(expected, found)):
            if differs := first_difference(*pair, f"{path} > {index}"):
                return differs
        return None
    return None if same(expected, found) else f"{path}: is {shown(found)}, must be {shown(expected)}"


def alone(value):
    return alone(value[0]) if isinstance(value, list) and len(value) == 1 else value


def same(expected, found):
    if is_number(expected) and is_number(found):
        return expected == found or float(expected) == float(found) and not (is_whole(expected) and is_whole(found))
    return type(expected) is type(found) and expected == found


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value):
    return isinstance(value, int)


def shown(value):
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def prepared(document):
    """Without what is not compared: parts of a user agent, the text of the original and of messages."""
    document = dict(document)
    keep(document, "user_agent", lambda name: name == "original")
    keep(document, "event", lambda name: name != "original")
    messages = get(document, "error.message")
    if messages is not None:
        messages = messages if isinstance(messages, list) else [messages]
        document["error"] = document["error"] | {"message": [message.partition(":")[0] for message in messages]}
    return document


def keep(document, field, wanted):
    """Leaves some members of an object, and nothing of it when none is left."""
    if isinstance(document.get(field), dict):
        document[field] = {name: value for name, value in document[field].items() if wanted(name)}
        if not document[field]:
            del document[field]
