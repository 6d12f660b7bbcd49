#!/usr/bin/env python3
"""Writes the dictionary with which records are compressed in an archive, from the golden cases.

    scripts/archive-dictionary.py > Content/archive-1.dictionary

It holds names and never a value that a person could have chosen: members of JSON, keys of attributes, types of
activities. What many cases have stands last, where zstd reaches it with the shortest references. A dictionary that is
in use never changes, since old objects are opened with it; a better one is a new number.
"""

import collections
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 24 << 10
# Values that are names of the product's own, and so nobody's.
NAMED = {"type", "event.name", "gen_ai.system", "service.name", "severityText"}


def pieces(value, key=None):
    """Stretches of JSON as senders write it, with the values left out."""
    if isinstance(value, dict):
        if set(value) == {"key", "value"} and isinstance(value["value"], dict) and len(value["value"]) == 1:
            (kind,) = value["value"]
            yield f'{{"key":"{value["key"]}","value":{{"{kind}":"'
        for name, member in value.items():
            opening = '"' if isinstance(member, str) else "{" if isinstance(member, dict) else "[" if isinstance(member, list) else ""
            yield f'"{name}":{opening}'
            yield from pieces(member, name)
    elif isinstance(value, list):
        for element in value:
            yield from pieces(element, key)


def main():
    seen = collections.Counter()
    for file in sorted((ROOT / "Conformance/normalize").glob("*/input.ndjson")):
        # Cases about odd input have names that nobody sends.
        if any(word in file.parent.name for word in ("odd", "broken", "unknown", "hostile", "other")):
            continue
        found = set()
        for line in file.read_text(errors="replace").splitlines():
            try:
                found.update(pieces(json.loads(line)))
            except ValueError:
                continue
        for piece in found:
            seen[piece] += 1
    types = [
        f'"type":"{line.split(",")[0]}"' for line in (ROOT / "Content/activity-categories.csv").read_text().splitlines()[1:]
    ]
    ranked = sorted(seen.items(), key=lambda item: (item[1], item[0]))
    names = [piece for piece, _ in ranked if all(32 <= ord(letter) < 127 and letter != "@" for letter in piece)]
    text = ",".join(types + names)
    # The rarest are left out, whole.
    sys.stdout.write(text if len(text) <= LIMIT else text[-LIMIT:].split(",", 1)[1])


main()
