"""Trees of JSON values, as the steps of an ingest pipeline see them."""

import re
from datetime import datetime, timedelta, timezone


class Failure(Exception):
    """A step of the pipeline failed that nothing guards. What the document then holds is not compared (A8)."""


FAILED = {"event": {"kind": "pipeline_error"}, "tags": ["preserve_original_event"]}


def put(tree, path, value):
    """Sets a value at a dotted path, making the objects on the way."""
    *way, last = path.split(".")
    for name in way:
        tree = tree.setdefault(name, {})
    tree[last] = value


def get(tree, path):
    """The value at a dotted path; `None` when there is none."""
    for name in path.split("."):
        if not isinstance(tree, dict):
            return None
        tree = tree.get(name)
    return tree


def take(tree, path):
    """Removes the value at a dotted path and gives it."""
    *way, last = path.split(".")
    for name in way:
        tree = tree.get(name)
        if not isinstance(tree, dict):
            return None
    return tree.pop(last, None)


def move(source, name, target, path):
    """A rename: nothing happens when the source is missing."""
    if name in source:
        put(target, path, source.pop(name))


def without_repeats(values):
    found = []
    for value in values:
        if value is not None and value not in found:
            found.append(value)
    return found


def pruned(value):
    """Without null, empty strings, empty objects and empty lists, from the inside out; false and 0 stay (A7)."""
    if isinstance(value, dict):
        return {name: left for name, member in value.items() if not is_empty(left := pruned(member))}
    if isinstance(value, list):
        return [left for item in value if not is_empty(left := pruned(item))]
    return value


def is_empty(value):
    return value is None or value == "" or value == {} or value == []


HALF = re.compile("[\ud800-\udfff]")
ISO_8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.](\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)


def date(text):
    """A date of the feed in UTC, cut to milliseconds and not rounded (A2, appendix 3)."""
    found = ISO_8601.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise Failure("a date")
    *fields, fraction, sign, hours, minutes = found.groups()
    try:
        moment = datetime(*map(int, fields), int((fraction or "").ljust(3, "0")[:3]) * 1000, timezone.utc)
    except ValueError:
        raise Failure("a date") from None
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        moment += -offset if sign == "+" else offset
    return milliseconds(moment)


def milliseconds(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def at(nanoseconds):
    """A time of OTLP in UTC, cut to milliseconds; none when there is none."""
    if nanoseconds is None:
        return None
    return milliseconds(datetime.fromtimestamp(int(nanoseconds) // 1_000_000_000, timezone.utc).replace(
        microsecond=int(nanoseconds) % 1_000_000_000 // 1000))


def whole(value):
    """A copy with U+FFFD for each half of a character (appendix 3)."""
    if isinstance(value, str):
        return HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {HALF.sub("\ufffd", name): whole(member) for name, member in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return value
