"""The kernel refuses one call of the journal: no crash, no acknowledged record lost, an answer that says what to do.

`strace` puts the error in, so the program is the one that ships. Each row is a system call, an error and the how
manyeth call of a thread it meets; the calls on the files of the journal alone are counted. FAULTS=50 (`make faults`)
goes through the first fifty of each; otherwise it is a handful.
"""

import json
import os
import shutil
import signal
import subprocess

import pytest
import requests

from bad_input_test import JSON, text
from docket import BEARER, PATIENCE, Docket, eventually
from journal_reader import read

CALLS = {
    # The call by which the journal does it, the errors that it may have.
    "fdatasync": ["EIO", "ENOSPC", "EINTR"],
    "fsync": ["EIO", "ENOSPC", "EINTR"],
    "pwrite64": ["EIO", "ENOSPC", "EINTR"],
    "openat": ["EIO", "ENOSPC", "EINTR"],
    "rename": ["EIO", "ENOSPC"],
    "fallocate": ["EIO", "ENOSPC", "EINTR"],
    "ftruncate": ["EIO", "EINTR"],
    "unlink": ["EIO", "ENOSPC"],
}
FIRST = int(os.environ.get("FAULTS", "0"))
ROWS = [
    (call, error, when)
    for call, errors in CALLS.items()
    for error in errors
    for when in (range(1, FIRST + 1) if FIRST else [1, 3] if call in ("fdatasync", "pwrite64") else [1])
]


def can_trace():
    if not shutil.which("strace"):
        return "strace is not installed"
    ended = subprocess.run(["strace", "-e", "inject=getppid:error=EIO", "true"], capture_output=True, timeout=PATIENCE)
    return None if ended.returncode == 0 else f"strace may not trace here: {ended.stderr.decode().strip()[:200]}"


pytestmark = pytest.mark.skipif(bool(can_trace()), reason=str(can_trace()))


def paths(folder):
    """Those that the journal works on: the folder, for its names, and the files."""
    names = [f"{number:020d}.seg{more}" for number in range(1, 12) for more in ("", ".new")]
    return [word for path in [folder, *(folder / name for name in names)] for word in ("-P", str(path))]


def post(docket, seed):
    return requests.post(
        f"{docket.http}/v1/logs", data=text(5, seed), headers={**BEARER, "Content-Type": JSON}, timeout=PATIENCE)


@pytest.mark.parametrize("call, error, when", ROWS)
def test_one_call_fails(tmp_path, call, error, when):
    journal = tmp_path / "docket" / "data" / "journal"
    traced = tmp_path / "trace"
    docket = Docket(tmp_path / "docket")
    acknowledged, answers = [], []
    if call == "ftruncate":
        # A commit that a crash tore: something to cut off.
        docket.start()
        assert post(docket, 8_999).status_code == 200
        acknowledged.append(8_999)
        docket.kill()
        with (journal / "00000000000000000001.seg").open("ab") as file:
            file.write(b"half of a commit")
    else:
        # What a process leaves that was killed while it made a segment: something to unlink.
        journal.mkdir(parents=True)
        (journal / "00000000000000000001.seg.new").write_bytes(b"unfinished")
    docket.prefix = [
        "strace", "-D", "-f", "-qq", "-o", str(traced), *paths(journal), "-e", f"trace={call}", "-e",
        f"inject={call}:error={error}:when={when}",
    ]
    try:
        docket.start(wait=False)
        eventually(docket.is_ready, "/readyz")
    except AssertionError:
        # It may refuse to start: by an exit code and a sentence, not by a signal.
        docket.end(signal.SIGKILL)
        said = [line for line in docket.log.read_text().splitlines() if line.startswith("docket")]
        assert said and str(journal) in said[-1], docket.log.read_text()
    else:
        for seed in range(3_000, 3_000 + max(6, when + 3)):
            answer = post(docket, seed)
            answers.append(answer.status_code)
            if answer.status_code == 200:
                acknowledged.append(seed)
            else:
                # Come again: nothing of it was kept.
                assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1, answer.text
        assert docket.process.poll() is None, "it lives"
        assert answers[-1] == 200, f"one error is no end: {answers}"
        assert answers.count(503) <= 1
        for line in docket.log.read_text().splitlines():
            json.loads(line)
    finally:
        docket.kill()
    was_met = "(INJECTED)" in traced.read_text()
    docket.prefix = []
    docket.start()
    docket.wait_for(5 * len(acknowledged))
    assert post(docket, 9_000).status_code == 200
    docket.stop()
    found = read(journal)
    assert found.damage == found.missing == found.changed == []
    said = b"\n".join(record.data for record in found.records).decode()
    for seed in [*acknowledged, 9_000]:
        for record in json.loads(text(5, seed))["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
            assert json.dumps(record["attributes"][1]["value"]["stringValue"]) in said
    assert len({(record.tenant, record.sequence) for record in found.records}) == len(found.records)
    if not FIRST:
        assert was_met, "the call was made and failed"
