"""Whether everything that is in a record is in its document too (default mode)."""

import math

from .values import Failure, date


def lost(record, document):
    """The first leaf of a record whose value is nowhere in its document; `None` when nothing is lost.

    Nulls and what is empty say nothing and may go.
    """
    if isinstance(document.get("event"), dict) and "original" in document["event"]:
        return None  # all of it is there, as it was received
    kept = set()
    for leaf in leaves(document):
        kept |= forms(leaf)
    for leaf in leaves(record):
        if not forms(leaf) & kept:
            return leaf
    return None


def leaves(value):
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None and value != "":
        yield value


def forms(leaf):
    """What a value may look like when it is kept: a number also as text and the reverse, a date also in UTC and
    in milliseconds, milliseconds also as nanoseconds, a switch also as text."""
    if isinstance(leaf, bool):
        return {str(leaf).lower()}
    found = {str(leaf)}
    try:
        number = float(leaf)
        if math.isfinite(number):
            found |= {("number", number), ("number", number * 1_000_000)}
    except (ValueError, OverflowError):
        pass
    if isinstance(leaf, str):
        for text in [leaf, leaf.replace(" ", "T"), f"{leaf}Z", f"{leaf}T00:00:00Z"]:
            try:
                found.add(date(text))
            except Failure:
                pass
        if leaf.lower() in ["true", "false"]:
            found.add(leaf.lower())
        found.add(leaf.removeprefix("claude_code."))  # the body, which names the event
    return found
