"""What is given to an auditor: proofs of events and of ranges, and the log as tiles, checked by who does not know Docket."""

import base64
import hashlib
import json
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from docket import Docket, at, eventually, run
from ledger_test import VERIFIER, check, checkpoint, key, send, signed


@pytest.fixture
def docket(tmp_path):
    with Docket(tmp_path / "server") as docket:
        yield docket


def verifier(*words):
    ended = subprocess.run([VERIFIER, *map(str, words)], capture_output=True, timeout=60)
    return ended.returncode, (ended.stdout + ended.stderr).decode()


def proven(docket, *words, code=0):
    ended = run("prove", *words, "--data", docket.data)
    assert ended.returncode == code, (ended.stdout, ended.stderr)
    return (ended.stdout if code == 0 else ended.stderr).decode()


@pytest.mark.parametrize("settings", ["", "store:\n  hot_time: 1s\n"], ids=["in memory", "in a file"])
def test_an_event_is_proven_by_its_id_beside_the_server_and_without_it(tmp_path, settings):
    with Docket(tmp_path / "server", settings=settings) as docket:
        send(docket, 12)
        signed(docket, 12)
        documents = docket.wait_for(12)
        if settings:
            eventually(lambda: docket.metrics()["docket_store_hot_documents"] == 0, "no document in memory")
            assert list(Path(docket.data, "store").glob("default/*/*.parquet"))
        for stopped in (False, True):
            if stopped:
                docket.stop()
            for document in documents[:3]:
                text = proven(docket, at(document, "event.id"))
                code, said = check(text, key(docket), tmp_path)
                assert code == 0, said
                assert f"record {at(document, 'docket.sequence')} of" in said and at(document, "user.email") in said
        assert "there is no event `nothing`" in proven(docket, "nothing", code=1)


def bundle(docket, folder, *words):
    said = proven(docket, *words, "--out", folder)
    return said, folder


def changed(folder, to, change):
    """A copy of a bundle with other lines."""
    shutil.copytree(folder, to)
    lines = (to / "records.ndjson").read_bytes().splitlines(keepends=True)
    (to / "records.ndjson").write_bytes(b"".join(change(lines)))
    return to


def test_a_range_is_proven_alone_and_whoever_changed_it_is_told_which_record(docket, tmp_path):
    send(docket, 40)
    signed(docket, 40)
    said, folder = bundle(docket, tmp_path / "bundle", "--from", 10, "--to", 29, "--show", "who,action")
    trusted = key(docket)
    assert said.startswith("records 10 to 29 of ")
    code, said = verifier("range", "--key", trusted, folder)
    assert code == 0 and "proven: records 10 to 29" in said, said
    records = [json.loads(line) for line in (folder / "records.ndjson").read_text().splitlines()]
    assert [record["sequence"] for record in records] == list(range(10, 30))
    assert "person15@example.com" in "".join(records[5]["shown"]["who"])
    assert "secret-15-words" not in (folder / "records.ndjson").read_text()

    policy = tmp_path / "policy"
    policy.write_text(run("keys", "--policy", "--tenant", "default", "--data", docket.data).stdout.decode())
    assert verifier("range", "--policy", policy, folder)[0] == 0

    def edited(lines):
        return lines[:7] + [lines[7].replace(b"person17", b"person71")] + lines[8:]

    for name, change, code, words in [
        ("edited", edited, 1, "record 17: what its line says"),
        ("dropped", lambda lines: lines[:3] + lines[4:], 1, "records 13 to 13 are missing"),
        ("swapped", lambda lines: lines[:3] + [lines[4], lines[3]] + lines[5:], 1, "record 13 stands where"),
        ("doubled", lambda lines: lines[:3] + [lines[2]] + lines[3:], 1, "record 12 stands where"),
        ("longer", lambda lines: lines + lines[:1], 1, "behind the last one"),
        ("shorter", lambda lines: lines[:-1], 2, "the file ends before record 29"),
        ("broken", lambda lines: [b"{}\n"] + lines[1:], 2, "record 10: its line cannot be read"),
    ]:
        found, said = verifier("range", "--key", trusted, changed(folder, tmp_path / name, change))
        assert found == code and words in said, (name, found, said)

    # A leaf of another time, with everything that stands beside it made to suit.
    def forged(lines):
        record = json.loads(lines[4])
        disclosure = bytearray(base64.b64decode(record["disclosure"]))
        disclosure[1 + 25] ^= 1
        leaf = bytes(disclosure[1:127])
        record["accepted"] = str(int.from_bytes(leaf[25:33], "little"))
        record["hash"] = base64.b64encode(hashlib.sha256(b"\0" + leaf).digest()).decode()
        record["disclosure"] = base64.b64encode(disclosure).decode()
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        return lines[:4] + [line.replace("\x7f", "\\u007f").encode() + b"\n"] + lines[5:]

    code, said = verifier("range", "--key", trusted, changed(folder, tmp_path / "forged", forged))
    assert code == 1 and "not those that were signed" in said, said

    proof = (folder / "proof").read_text()
    signature = next(line for line in proof.split("\n") if line.startswith("\u2014 "))
    other = signature[:-10] + ("A" if signature[-10] != "A" else "B") + signature[-9:]
    (folder / "proof").write_text(proof.replace(signature, other))
    assert verifier("range", "--key", trusted, folder)[0] in (1, 2)
    (folder / "proof").write_text("docket-range/v1\n")
    assert verifier("range", "--key", trusted, folder)[0] == 2


def test_a_range_by_time_has_all_that_was_accepted_then(docket, tmp_path):
    send(docket, 5)
    signed(docket, 5)
    now = datetime.now(timezone.utc)
    from_, to = ((now + timedelta(hours=hours)).isoformat() for hours in (-1, 1))
    said, folder = bundle(docket, tmp_path / "bundle", "--from", from_.replace("+00:00", "Z"), "--to", to.replace("+00:00", "Z"))
    assert said.startswith("records 0 to 4 of "), said
    assert verifier("range", "--key", key(docket), folder)[0] == 0
    # What is there already is not written over.
    proven(docket, "--from", 0, "--to", 1, "--out", folder, code=2)
    proven(docket, "--from", 3, "--to", 5, "--out", tmp_path / "behind", code=1)


def test_the_log_continues_an_older_checkpoint(docket, tmp_path):
    send(docket, 7)
    signed(docket, 7)
    file = Path(docket.data) / "ledger" / "default.checkpoint"
    old, new, hashes = (tmp_path / name for name in ("old", "new", "hashes"))
    old.write_bytes(file.read_bytes())
    size = checkpoint(docket)[1]
    send(docket, 20, 7)
    signed(docket, 27)
    new.write_text(proven(docket, "--checkpoint", 27))
    assert new.read_bytes() == file.read_bytes()
    hashes.write_text(proven(docket, "--consistency", size, 27))
    trusted = key(docket)
    code, said = verifier("consistency", "--key", trusted, old, new, "--proof", hashes)
    assert code == 0 and f"the log of 27 records continues the one of {size}" in said, said
    hashes.write_text(proven(docket, "--consistency", size, 26))
    assert verifier("consistency", "--key", trusted, old, new, "--proof", hashes)[0] == 2
    proven(docket, "--consistency", 27, 28, code=1)
    assert "no checkpoint over 3 records" in proven(docket, "--checkpoint", 3, code=2)
    listed = run("ledger", "checkpoints", "--data", docket.data).stdout.decode().split()
    assert listed[-2:] == ["27", checkpoint(docket)[2]]


# A reader of tiles, written from the text of C2SP tlog-tiles and RFC 6962 alone.


def tile_path(index, width):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts) + (f".p/{width}" if width < 256 else "")


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    cut = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root(hashes[:cut]), root(hashes[cut:]))


def test_the_log_is_read_by_who_only_knows_tiles(docket, tmp_path):
    import requests
    from docket import BEARER

    records = [{"timeUnixNano": "5", "body": {"stringValue": f"{number}"}} for number in range(400)]
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}
    folder = tmp_path / "log"
    size = 0
    for turn in (1, 2, 3):
        answer = requests.post(f"{docket.http}/v1/logs", json=body, headers=BEARER, timeout=20)
        assert answer.status_code == 200
        signed(docket, 400 * turn)
        ended = run("ledger", "export", folder, "--data", docket.data)
        assert ended.returncode == 0, ended.stderr

        note = (folder / "checkpoint").read_text()
        origin, count, want = note.split("\n")[:3]
        size = int(count)
        assert size == 400 * turn and verifier_accepts(note, key(docket))
        hashes, entries = [], []
        for index in range((size + 255) // 256):
            width = min(256, size - 256 * index)
            tile = (folder / "tile" / "0" / tile_path(index, width)).read_bytes()
            assert len(tile) == 32 * width
            hashes += [tile[place : place + 32] for place in range(0, len(tile), 32)]
            data = (folder / "tile" / "entries" / tile_path(index, width)).read_bytes()
            while data:
                length = int.from_bytes(data[:2], "big")
                entries.append(data[2 : 2 + length])
                data = data[2 + length :]
        assert hashes == [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        assert base64.b64encode(root(hashes)).decode() == want
        assert [int.from_bytes(entry[17:25], "little") for entry in entries] == list(range(size))
        # The levels above: the roots of full tiles.
        full = size // 256
        if full:
            above = (folder / "tile" / "1" / tile_path(0, full)).read_bytes()
            assert above == b"".join(root(hashes[256 * n : 256 * (n + 1)]) for n in range(full))
    assert not [file for file in folder.rglob("*.new")]


def verifier_accepts(note, trusted):
    """By C2SP signed-note: the name, the id of the key and the signature."""
    name, number, encoded = trusted.split("+", 2)
    public = base64.b64decode(encoded)
    text, signatures = note.split("\n\n")
    _, signer, blob = signatures.strip().split("\n")[0].split(" ")
    blob = base64.b64decode(blob)
    assert signer == name == text.split("\n")[0] and blob[:4].hex() == number
    assert hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() == number
    return public[0] == 1 and len(blob) == 68
