"""`docket normalize` against a second mapping, with random inputs.

    DIFFERENTIAL_INPUTS=200000 DIFFERENTIAL_SEED=7 Tests/Integration/run.sh .build/release/docket -k normalize

Input N of a seed is always the same, whatever their number.
"""

import json
import os

import pytest

from normalize.compare import difference
from normalize.losses import lost
from normalize.modes import changed
from normalize.shrink import shrunk
from normalize.streams import STREAMS

INPUTS = int(os.environ.get("DIFFERENTIAL_INPUTS", 2_000))
SEED = os.environ.get("DIFFERENTIAL_SEED", "1")
AT_A_TIME = 5_000  # inputs of one run of the program

each_stream = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)


def inputs(stream, **kind):
    print(f"seed {SEED}, {INPUTS} inputs")
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
