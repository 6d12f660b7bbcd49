"""`docket normalize` against a second mapping, with random inputs.

    DIFFERENTIAL_INPUTS=200000 DIFFERENTIAL_SEED=7 Tests/Integration/run.sh .build/release/docket -k normalize

Input N of a seed is always the same, whatever their number.
"""

import json
import os
from pathlib import Path

import pytest

from normalize.compare import difference
from normalize.losses import lost
from normalize.modes import changed
from normalize.shrink import shrunk
from normalize.streams import STREAMS
from normalize.values import FAILED

INPUTS = int(os.environ.get("DIFFERENTIAL_INPUTS", 2_000))
SEED = os.environ.get("DIFFERENTIAL_SEED", "1")
GOLDEN = Path(__file__).parents[2] / "Conformance/normalize"
AT_A_TIME = 5_000  # inputs of one run of the program

each_stream = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)


def inputs(stream, **kind):
    for start in range(0, INPUTS, AT_A_TIME):
        numbers = range(start, min(start + AT_A_TIME, INPUTS))
        yield numbers, [stream.line(f"{SEED}/{number}", **kind) for number in numbers]


def check(stream, numbers, lines, faults):
    """Fails with the first input that something is wrong with, and with the least of it that still shows it."""
    for number, line, fault in zip(numbers, lines, faults(lines), strict=True):
        if fault:
            small = shrunk(line, stream.is_input, faults)
            pytest.fail(f"input {number} of seed {SEED}: {fault}\n{line}\nin short: {faults([small])[0]}\n{small}")


def by_input(stream, lines, *runs):
    """For each line its records and their documents of each run of the program, in order and as many."""
    records = [stream.records(json.loads(line)) for line in lines]
    total = sum(map(len, records))
    assert [len(documents) for documents in runs] == [total] * len(runs), "one document for each record"
    runs = [iter(documents) for documents in runs]
    for found in records:
        yield found, [[next(documents) for _ in found] for documents in runs]


@each_stream
def test_conformance_mode_makes_what_the_reference_says(stream):
    def faults(lines):
        found = []
        for line, (_, [documents]) in zip(lines, by_input(stream, lines, stream.normalized(lines, "--conformance"))):
            differences = map(difference, stream.expected(json.loads(line)), documents)
            found.append(next(filter(None, differences), None))
        return found

    for numbers, lines in inputs(stream):
        check(stream, numbers, lines, faults)


@each_stream
def test_default_mode_loses_nothing_and_changes_only_what_is_mended(stream):
    def faults(lines):
        found = []
        both = stream.normalized(lines, "--conformance"), stream.normalized(lines)
        for records, documents in by_input(stream, lines, *both):
            fault = None
            for record, compatible, document in zip(records, *documents):
                loss = lost(record, document)
                fault = fault or (f"{loss!r} is lost" if loss is not None else changed(compatible, document))
            found.append(fault)
        return found

    for numbers, lines in inputs(stream, wild=True):
        check(stream, numbers, lines, faults)


# What the golden cases have beyond the description, by the number of the document.
OPEN = {
    "activity-two-addresses": [0],
    "activity-urls": [0, 5],  # user info, and texts that only `java.net.URL` reads
    "event-attribute-shapes": [0],  # `a` beside `a.b`
    "enriched-addresses": [0, 1, 2, 3, 4],  # places of a database that the reference does not have
    "people-surfaces-and-gates": [8, 10, 11, 12, 13],  # of other programs
    "quirk-15-no-action": [1],  # an empty type
    "spans": [6, 7],  # of other programs
    "values-too-deep": [0],
}


@each_stream
def test_expected_files_are_what_the_reference_says(stream):
    """The reference is read beside the files, so neither is only what the program made."""
    cases = [case for case in sorted(GOLDEN.iterdir()) if (case / "stream.txt").read_text().strip() == stream.name]
    assert cases
    for case in cases:
        expected = [document for line in lines_of(case, "input") for document in expected_of(stream, line)]
        found = [json.loads(line) for line in lines_of(case, "expected.conformance")]
        for number, pair in enumerate(zip(expected, found, strict=True)):
            differs = difference(*pair)
            assert bool(differs) == (number in OPEN.get(case.name, [])), f"{case.name}, document {number}: {differs}"


def lines_of(case, name):
    return [line for line in (case / f"{name}.ndjson").read_text().split("\n") if line.strip()]


def expected_of(stream, line):
    try:
        return stream.expected(json.loads(line))
    except json.JSONDecodeError:
        return [FAILED]
