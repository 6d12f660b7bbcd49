"""Records that somebody wants gone: the bytes are nowhere, and the proofs of all others hold."""

import subprocess
from pathlib import Path

import pytest
import requests
import zstandard

from docket import BEARER, BINARY, Docket, eventually, run

from ledger_test import check, key, prove, send, signed, verify


@pytest.fixture
def docket(tmp_path):
    with Docket(tmp_path, settings="ledger:\n  heartbeat: 24h\n") as docket:
        yield docket


def found(docket, query):
    answer = requests.post(
        f"{docket.console}/api/v1/search", json={"query": query, "limit": 100}, headers=BEARER, timeout=20
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["total"]


def erase(docket, *words, code=0):
    ended = run("erase", "--data", docket.data, *words, timeout=120)
    assert ended.returncode == code, (ended.stdout, ended.stderr)
    return (ended.stdout + ended.stderr).decode()


def opened(bytes):
    """The bytes, and all that is in zstd frames among them."""
    yield bytes
    place = bytes.find(b"\x28\xb5\x2f\xfd")
    while place >= 0:
        try:
            yield zstandard.ZstdDecompressor().decompressobj().decompress(bytes[place:])
        except zstandard.ZstdError:
            pass
        place = bytes.find(b"\x28\xb5\x2f\xfd", place + 4)


def holding(data, text):
    """The files with the text in them, in clear or compressed, Parquet included."""
    files = [file for file in Path(data).rglob("*") if file.is_file()]
    return [file for file in files if any(text in piece for piece in opened(file.read_bytes()))]


PERSON = "person7@example.com"


def test_a_person_is_erased_beside_a_server_and_every_proof_holds(docket, tmp_path):
    send(docket, 20)
    signed(docket, 20)
    eventually(lambda: found(docket, "") == 20, "20 events")
    before = {number: prove(docket, number) for number in (3, 7)}
    assert holding(docket.data, PERSON.encode()), "the check below must be able to fail"

    assert "1 records with 1 events would be erased" in erase(docket, "--user", PERSON)
    assert found(docket, "") == 20
    said = erase(docket, "--user", PERSON, "--reason", "Art. 17 GDPR, request 12", "--yes")
    assert "1 records with 1 events are erased" in said
    assert found(docket, f'user.email: "{PERSON}"') == 0
    assert found(docket, "user.email: *") == 19
    eventually(lambda: found(docket, "event.action: erasure and docket.erasure.sequences: 7") == 1, "the record of it")
    signed(docket, 21)
    eventually(lambda: "21 leaves, 20 records, 1 erased: nothing was changed" in verify(docket), "the record unchanged")

    trusted = key(docket)
    for number in (3, 7):
        assert check(before[number], trusted, tmp_path)[0] == 0, "a proof that was given before"
    code, proof = check(prove(docket, 7), trusted, tmp_path)
    assert code == 0 and PERSON not in proof, "that it was there is still proven"
    assert holding(docket.data, PERSON.encode()) == []
    assert holding(docket.data, b"secret-7-words") == []
    assert holding(docket.data, b"secret-8-words"), "and nothing else is gone"
    assert erase(docket, "--user", PERSON, "--reason", "again", "--yes", code=1)

    docket.stop()
    docket.start()
    eventually(lambda: found(docket, "user.email: *") == 19, "19 events after a start")
    assert "nothing was changed" in verify(docket)


def test_one_event_is_erased_without_a_server(docket):
    send(docket, 6)
    signed(docket, 6)
    docket.stop()
    lines = run("search", "--data", docket.data, "--format", "csv", "--columns", "event.id", "user.email: person2@example.com")
    event = lines.stdout.decode().split()[1]
    erase(docket, "--event", event, "--reason", "sent by mistake", "--yes")
    assert holding(docket.data, b"secret-2-words") == []
    assert "1 erased: nothing was changed" in verify(docket)


def test_what_was_sent_twice_is_erased_twice(docket):
    send(docket, 3)
    send(docket, 3)
    signed(docket, 6)
    eventually(lambda: found(docket, "") == 3, "each event once")
    assert "2 records with 1 events" in erase(docket, "--user", "person1@example.com", "--reason", "r", "--yes")
    assert holding(docket.data, b"secret-1-words") == []


@pytest.mark.parametrize("turn", range(6))
def test_a_kill_in_the_middle_is_finished_by_the_next_start(docket, turn):
    send(docket, 40)
    signed(docket, 40)
    command = subprocess.Popen(
        [BINARY, "erase", "--data", docket.data, "--query", "user.email: person1*", "--reason", "r", "--yes"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    orders = Path(docket.data) / "erasures"
    eventually(lambda: orders.exists() and any(orders.iterdir()), "an order")
    # Wherever it is by now; each turn a little further.
    records = Path(docket.data) / "journal"
    if turn > 0:
        eventually(lambda: len(list(records.glob("*.seg*"))) > 1 or command.poll() is not None, "a finished segment")
    if turn > 2:
        eventually(lambda: found(docket, "event.action: erasure") == 1 or command.poll() is not None, "the record")
    docket.kill()
    command.wait(60)
    docket.start()
    eventually(lambda: not list(orders.glob("*.order")), "the order carried out")
    eventually(lambda: found(docket, "user.email: *") == 29, "29 events")
    assert holding(docket.data, b"secret-11-words") == []
    assert "nothing was changed" in verify(docket)


def test_bytes_that_are_taken_away_by_hand_are_found(docket):
    """Whoever can write files could play an erasure, but for the record of it."""
    send(docket, 10)
    signed(docket, 10)
    erase(docket, "--query", "user.email: person3@example.com", "--reason", "r", "--yes")
    docket.stop()
    seeds = Path(docket.data) / "ledger" / "default.seeds.0"
    other = docket.folder / "other"
    subprocess.run(["cp", "-r", docket.data, other], check=True, timeout=60)
    before = Path(docket.data)
    # Another erasure in a copy, whose journal and seeds come back, and whose logs do not.
    ended = run("erase", "--data", str(other), "--query", "user.email: person4@example.com", "--reason", "r", "--yes", timeout=120)
    assert ended.returncode == 0, ended.stderr
    for file in (other / "journal").glob("*.seg"):
        if (before / "journal" / file.name).exists() and file.stat().st_size == (before / "journal" / file.name).stat().st_size:
            (before / "journal" / file.name).write_bytes(file.read_bytes())
    seeds.write_bytes((other / "ledger" / "default.seeds.0").read_bytes())
    said = verify(docket, code=1)
    assert "record 4: the record was erased, and no record says so" in said, said


@pytest.mark.parametrize(
    "words, said",
    [
        (["--yes", "--reason", "r"], "which records"),
        (["--user", "a", "--yes"], "--reason"),
        (["--user", "a", "--event", "b", "--reason", "r"], "which records"),
        (["--query", "a: (", "--reason", "r"], "cannot be found"),
    ],
)
def test_an_order_that_cannot_be_understood_is_not_given(docket, words, said):
    assert said in erase(docket, *words, code=2)
    assert not list((Path(docket.data) / "erasures").glob("*.order"))
