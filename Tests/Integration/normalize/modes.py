"""What default mode may change of a document that conformance mode makes: section 1, every fix that is not a `+`."""

from .activities import CATEGORIES
from .values import get


def changed(compatible, found):
    """The first value that default mode takes away or changes without being allowed to; `None` when there is none."""
    allowed = allowed_changes(compatible)
    for path, before, after in differences(compatible, found):
        if path == "tags" and set(before) - {"preserve_original_event"} <= set(after or []):
            continue  # tags are added, and that of a mended failure goes
        if not any(f"{path}.".startswith(f"{prefix}.") for prefix in allowed):
            return f"{path}: was {before!r}, is {after!r}"
    return None


def allowed_changes(compatible):
    allowed = {"event.original"}  # A8: in the end it is kept only where it was asked for
    action = get(compatible, "event.action")
    is_event = "scope" in compatible
    if not is_event and not (isinstance(action, str) and action in CATEGORIES):
        allowed |= {"event.category", "event.type", "event.outcome"}  # quirk 14
    for vendor in ["claude_code", "claude_cowork"]:
        events = get(compatible, f"{vendor}.events") or {}
        if isinstance(events.get("success"), bool) or events.get("status") == "failed":
            allowed.add("event.outcome")  # quirks 30 and 32
        allowed |= {"event.reason.type", f"{vendor}.events.error.type"}  # quirk 41
        if not isinstance(events.get("error"), str):
            allowed.add("event.reason")
        if get(compatible, "event.kind") == "pipeline_error":  # quirk 42: text that is a number after all
            allowed |= {"event.kind", "error.message", f"{vendor}.events"}
    return allowed


def differences(before, after, path=""):
    """Path and values of what is not the same; what was added is no difference."""
    if isinstance(before, dict) and isinstance(after, (dict, type(None))):
        for name, value in before.items():
            yield from differences(value, (after or {}).get(name), f"{path}.{name}" if path else name)
    elif before != after and [before] != after:
        yield path, before, after
