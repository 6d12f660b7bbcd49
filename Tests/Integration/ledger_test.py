"""The logs as an auditor meets them: verified beside a server, proven without one, and not to be fooled."""

import base64
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import requests

from docket import BEARER, BINARY, Docket, environment, eventually, run

VERIFIER = Path(BINARY).with_name("docket-verify")


def send(docket, count, first=0):
    """Prompts, each in a request of its own."""
    for number in range(first, first + count):
        record = {
            "timeUnixNano": str(1_791_447_318_000_000_000 + number),
            "body": {"stringValue": "claude_code.user_prompt"},
            "attributes": [
                {"key": key, "value": {"stringValue": value}}
                for key, value in {
                    "event.name": "user_prompt",
                    "user.email": f"person{number}@example.com",
                    "prompt": f"secret-{number}-words",
                }.items()
            ],
        }
        body = {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "com.anthropic.claude_code.events"}, "logRecords": [record]}]}]}
        answer = requests.post(f"{docket.http}/v1/logs", json=body, headers=BEARER, timeout=20)
        assert answer.status_code == 200, answer.text


def checkpoint(docket):
    """Origin, size, root; size 0 before there is one."""
    file = Path(docket.data) / "ledger" / "default.checkpoint"
    if not file.exists():
        return None, 0, None
    lines = file.read_text().split("\n")
    return lines[0], int(lines[1]), lines[2]


def signed(docket, count):
    return eventually(lambda: checkpoint(docket)[1] >= count, f"a checkpoint over {count} records")


def key(docket):
    ended = run("keys", "--data", docket.data)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode().split()[1]


def verify(docket, code=0):
    ended = run("verify", "--data", docket.data)
    assert ended.returncode == code, (ended.stdout, ended.stderr)
    return ended.stdout.decode()


def check(proof, trusted, folder, *words):
    file = folder / "record.tlog-proof"
    file.write_text(proof)
    ended = subprocess.run([VERIFIER, "record", "--key", trusted, *words, file], capture_output=True, timeout=20)
    return ended.returncode, (ended.stdout + ended.stderr).decode()


def prove(docket, number, *words):
    ended = run("prove", "--sequence", number, "--data", docket.data, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode()


@pytest.fixture
def docket(tmp_path):
    # What is counted below is what was sent.
    with Docket(tmp_path, settings="ledger:\n  heartbeat: 24h\n") as docket:
        yield docket


def test_what_was_taken_in_is_verified_beside_the_server(docket):
    send(docket, 30)
    signed(docket, 30)
    assert "30 leaves, 30 records: nothing was changed" in verify(docket)


def test_a_proof_shows_what_was_asked_for_and_nothing_else(docket, tmp_path):
    send(docket, 9)
    signed(docket, 9)
    proof = prove(docket, 4, "--show", "who,action")
    code, said = check(proof, key(docket), tmp_path)
    assert code == 0 and "proven: record 4" in said and "person4@example.com" in said, said
    extra = base64.b64decode(next(line for line in proof.split("\n") if line.startswith("extra "))[6:])
    assert b"secret-4-words" not in extra and b"person4@example.com" in extra
    assert b"secret-4-words" in base64.b64decode(prove(docket, 4, "--show", "content").split("\n")[1][6:])
    assert run("prove", "--sequence", "9", "--data", docket.data).returncode == 1


def test_a_proof_that_was_changed_and_one_of_another_log_are_told_apart(docket, tmp_path):
    send(docket, 5)
    signed(docket, 5)
    proof, trusted = prove(docket, 2), key(docket)
    extra = bytearray(base64.b64decode(proof.split("\n")[1][6:]))
    extra[-40] ^= 1
    assert check(proof.replace(proof.split("\n")[1][6:], base64.b64encode(bytes(extra)).decode()), trusted, tmp_path)[0] == 1
    assert check(proof.replace("\nindex 2\n", "\nindex 3\n"), trusted, tmp_path)[0] == 1
    name, _, rest = trusted.split("+", 2)
    other = bytearray(base64.b64decode(rest))
    other[5] ^= 1
    code, said = check(proof, f"{name}+00000000+{base64.b64encode(bytes(other)).decode()}", tmp_path)
    assert code == 2, said
    assert check("", trusted, tmp_path)[0] == 2


def test_the_log_goes_on_over_crashes_and_tells_one_story(docket):
    seen = []
    for turn in range(5):
        send(docket, 12, 12 * turn)
        if turn % 2:
            signed(docket, 12 * (turn + 1))
        docket.kill()
        docket.start()
        seen.append(checkpoint(docket))
    signed(docket, 60)
    sizes = [size for _, size, _ in seen]
    assert sizes == sorted(sizes)
    assert "60 leaves, 60 records: nothing was changed" in verify(docket)
    assert docket.metrics()["docket_ledger_refused_logs"] == 0


def test_a_log_that_rests_says_so_and_says_nothing_else(tmp_path):
    with Docket(tmp_path, settings="ledger:\n  heartbeat: 1s\n") as docket:
        send(docket, 3)
        signed(docket, 5)
        leaves = (Path(docket.data) / "ledger" / "default.leaves.0000").read_bytes()
        kinds = [(leaves[126 * n + 41], leaves[126 * n + 42]) for n in range(5)]
        assert kinds == [(1, 0)] * 3 + [(0, 1)] * 2, "source and type: three logs, two heartbeats"
        assert "nothing was changed" in verify(docket)
        answer = requests.post(f"{docket.console}/api/v1/search", json={"query": ""}, headers=BEARER, timeout=20)
        assert answer.json()["total"] == 3


def test_a_signer_that_ended_is_started_again(docket):
    send(docket, 3)
    signed(docket, 3)
    folder = f"{docket.data}/signer"
    found = subprocess.run(["pgrep", "-f", f"docket signer --folder {folder}"], capture_output=True, timeout=20)
    os.kill(int(found.stdout.split()[0]), signal.SIGKILL)
    send(docket, 3, 3)
    signed(docket, 6)


def test_a_log_from_an_old_copy_is_not_signed(docket, tmp_path):
    send(docket, 6)
    signed(docket, 6)
    docket.stop()
    old = tmp_path / "old"
    for part in ("ledger", "journal", "store"):
        shutil.copytree(f"{docket.data}/{part}", old / part)
    docket.start()
    send(docket, 6, 6)
    signed(docket, 12)
    docket.stop()
    for part in ("ledger", "journal", "store"):
        shutil.rmtree(f"{docket.data}/{part}")
        shutil.copytree(old / part, f"{docket.data}/{part}")
    docket.start()
    send(docket, 1, 50)
    eventually(lambda: docket.metrics()["docket_ledger_refused_logs"] >= 1, "a refusal")
    assert checkpoint(docket)[1] == 6


@pytest.mark.parametrize("part", ["leaves", "journal", "checkpoint"])
def test_what_was_changed_is_named(docket, part):
    send(docket, 20)
    signed(docket, 20)
    docket.stop()
    data = Path(docket.data)
    if part == "leaves":
        file, place = data / "ledger/default.leaves.0000", 126 * 7 + 100
    elif part == "journal":
        file = data / "journal/00000000000000000001.seg"
        place = file.stat().st_size // 2
    else:
        file = data / "ledger/default.checkpoint"
        place = file.read_bytes().index(b"\xe2\x80\x94") + 120
    content = bytearray(file.read_bytes())
    content[place] ^= 4
    file.write_bytes(content)
    said = verify(docket, code=1)
    assert {"leaves": "record 7:", "journal": "record ", "checkpoint": "checkpoint"}[part] in said, said


def test_a_signer_of_another_folder_can_be_used(tmp_path):
    folder = tmp_path / "elsewhere"
    signer = subprocess.Popen([BINARY, "signer", "--folder", folder], env=environment(), stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: (folder / "socket").exists(), "the signer's socket")
        with Docket(tmp_path / "server", settings=f"ledger:\n  signer: {folder}/socket\n  name: docket.example.com\n") as docket:
            send(docket, 4)
            signed(docket, 4)
            assert checkpoint(docket)[0].startswith("docket.example.com/t/")
            assert not Path(f"{docket.data}/signer").exists()
    finally:
        signer.terminate()
        assert signer.wait(20) == 0


# Keys


def rotate(docket, word):
    ended = run("signer", word, "--folder", f"{docket.data}/signer")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode().split()[0]


def signatures(docket):
    return (Path(docket.data) / "ledger" / "default.checkpoint").read_text().count("\u2014 ")


def test_another_key_signs_without_a_gap_and_old_trust_still_verifies(docket, tmp_path):
    send(docket, 4)
    signed(docket, 4)
    first, early = key(docket), prove(docket, 1)
    rotate(docket, "rotate")
    assert run("signer", "rotate", "--folder", f"{docket.data}/signer").returncode == 2
    eventually(lambda: "another key signs" in docket.log.read_text(), "the server has heard of it")
    send(docket, 4, 4)
    signed(docket, 9)
    eventually(lambda: signatures(docket) == 2, "both sign")
    both = prove(docket, 6)
    rotate(docket, "retire")
    send(docket, 4, 8)
    signed(docket, 13)
    eventually(lambda: send(docket, 1, 100) or signatures(docket) == 1, "one signs")
    late = prove(docket, 11)
    keys = run("keys", "--tenant", "default", "--data", docket.data).stdout.decode().split()[1::2]
    assert len(keys) == 2 and keys[0] == first
    # The old key alone: what it signed is proven, what it did not sign cannot be told.
    assert [check(proof, first, tmp_path)[0] for proof in (early, both, late)] == [0, 0, 2]
    # The new key alone.
    assert [check(proof, keys[1], tmp_path)[0] for proof in (early, both, late)] == [2, 0, 0]
    # The old key and its word for the new one.
    chain = tmp_path / "chain"
    chain.write_bytes(run("keys", "--chain", "--data", docket.data).stdout)
    assert check(late, first, tmp_path, "--keys", chain)[0] == 0
    # And all of it beside the data, with the key of the beginning.
    ended = run("verify", "--key", first, "--data", docket.data)
    assert ended.returncode == 0, ended.stdout
    assert run("verify", "--data", docket.data).returncode == 0


def test_the_record_says_that_another_key_signs(docket):
    send(docket, 2)
    signed(docket, 2)
    new = rotate(docket, "rotate")
    words = ["search", "event.action: key-rotation", "--format", "ndjson", "--url", docket.console]
    found = eventually(lambda: run(*words).stdout.decode(), "an event of it")
    assert new in found.replace("\\/", "/"), found
    # Once, also when the server did not get to write it down.
    (Path(docket.data) / "ledger" / "keys").write_text(
        "\n".join((Path(docket.data) / "ledger" / "keys").read_text().split("\n")[:2]) + "\n"
    )
    docket.kill()
    docket.start()
    eventually(lambda: new in (Path(docket.data) / "ledger" / "keys").read_text(), "it is heard of again")
    assert len(run(*words).stdout.decode().strip().splitlines()) == 1


def test_a_key_that_nobody_introduced_is_told(docket, tmp_path):
    send(docket, 2)
    signed(docket, 2)
    eventually((Path(docket.data) / "ledger" / "keys").exists, "the keys are known")
    docket.stop()
    other = subprocess.Popen([BINARY, "signer", "--folder", tmp_path / "other"], env=environment(), stderr=subprocess.DEVNULL)
    eventually((tmp_path / "other" / "socket").exists, "another signer")
    other.terminate()
    other.wait(20)
    shutil.rmtree(f"{docket.data}/signer")
    shutil.copytree(tmp_path / "other", f"{docket.data}/signer", ignore=shutil.ignore_patterns("socket"))
    docket.start()
    eventually(lambda: docket.metrics()["docket_ledger_strange_key"] == 1, "it is told")
    send(docket, 1, 2)
    eventually(lambda: checkpoint(docket)[1] >= 3, "it signs")
    assert run("verify", "--data", docket.data).returncode == 1
