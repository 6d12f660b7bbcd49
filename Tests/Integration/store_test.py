"""The store's files over their life: merged, deleted by age, held, made anew, and killed in the middle of all of it."""

import json
import os
import random
import time

import requests

from claude import START, attributes
from docket import BEARER, Docket, eventually, run
from ledger_test import signed, verify

DAY = 86_400_000_000_000
ROUNDS = int(os.environ.get("STORE_CRASHES", "5"))
SEED = int(os.environ.get("STORE_SEED", "1"))
SETTINGS = """
ledger:
  heartbeat: 24h
store:
  hot_time: 1s
"""


def send(docket, numbers, scope="com.anthropic.claude_code.events", age=None):
    """Events of which each has a sequence of its own, all in one request. Spread over a few days, unless they have an age."""
    now = time.time_ns()
    records = []
    for number in numbers:
        at = now - age if age else START + number % 7 * DAY + number * 1_000_000
        records.append({
            "timeUnixNano": str(at),
            "body": {"stringValue": "claude_code.tool_result"},
            "attributes": attributes({
                "event.name": "tool_result", "event.sequence": number, "user.email": f"person{number % 3}@example.com",
                "tool_name": "Bash", "session.id": f"session-{number % 11}",
            }),
        })
    body = {"resourceLogs": [{"scopeLogs": [{"scope": {"name": scope}, "logRecords": records}]}]}
    answer = requests.post(f"{docket.http}/v1/logs", json=body, headers=BEARER, timeout=20)
    return answer.status_code == 200


def number(value):
    """`event.sequence`, wherever the mapping of its stream puts it."""
    if not isinstance(value, dict):
        return None
    if "event.sequence" in value:
        return value["event.sequence"]
    if isinstance(value.get("event"), dict) and "sequence" in value["event"]:
        return value["event"]["sequence"]
    return next((found for found in map(number, value.values()) if found is not None), None)


def sequences(docket, query):
    return sorted(number(document) for document in docket.documents(query))


CODE = "data_stream.dataset: claude_code.events.otel"
OTHER = "data_stream.dataset: otlp.logs"


def store(docket, *words, code=0):
    ended = run("store", *words, "--config", docket.folder / "docket.yaml", "--data", docket.data, timeout=120)
    assert ended.returncode == code, (ended.stdout, ended.stderr)
    return (ended.stdout + ended.stderr).decode()


def files(docket):
    manifest = json.loads((docket.data / "store" / "manifest.json").read_text())
    return [segment["file"] for segment in manifest["segments"]]


def test_small_files_are_merged_while_the_server_runs_and_nothing_is_lost(tmp_path):
    with Docket(tmp_path, settings=SETTINGS) as docket:
        for turn in range(12):
            assert send(docket, range(turn * 50, turn * 50 + 50))
            sent = list(range(turn * 50 + 50))
            eventually(lambda: sequences(docket, CODE) == sent, "everything is found")
            eventually(lambda: docket.metrics()["docket_store_hot_documents"] == 0, "everything in files")
        eventually(lambda: docket.metrics()["docket_store_merged_total"] >= 600, "files are merged")
        assert sequences(docket, CODE) == list(range(600))
        docket.stop()
        assert "600" in store(docket, "status")
        store(docket, "compact")
        docket.start()
        assert sequences(docket, CODE) == list(range(600))


def test_a_store_is_killed_while_it_seals_merges_and_deletes(tmp_path):
    """After each kill the documents are those of the journal, once each; what was deleted is gone or is all there."""
    dice = random.Random(SEED)
    settings = SETTINGS + "  retention:\n    - streams: otlp.logs\n      keep: 10d\n"
    docket = Docket(tmp_path, settings=settings)
    sent, old = 0, 0
    try:
        for turn in range(ROUNDS):
            docket.start()
            end = time.monotonic() + dice.uniform(0.5, 6)
            while time.monotonic() < end:
                count = dice.choice([1, 20, 200])
                assert send(docket, range(sent, sent + count))
                sent += count
                # These are too old at once, so the next start deletes them.
                assert send(docket, range(old, old + count), scope="other", age=20 * DAY)
                old += count
                time.sleep(dice.uniform(0, 0.3))
            docket.kill()
        docket.start()
        docket.wait_for(sent, CODE)
        found = sequences(docket, CODE)
        assert found == list(range(sent)), f"seed {SEED}: {len(found)} of {sent}"
        left = sequences(docket, OTHER)
        assert len(left) == len(set(left)) and set(left) <= set(range(old)), f"seed {SEED}"
        docket.stop()

        named = {name for file in files(docket) for name in (file, file + ".ids")}
        there = {str(file.relative_to(docket.data / "store")) for file in (docket.data / "store").rglob("*.parquet*")}
        assert there >= named
        store(docket, "retain")
        docket.start()
        assert sequences(docket, CODE) == list(range(sent))
        assert sequences(docket, OTHER) == []
        docket.stop()
        there = {str(file.relative_to(docket.data / "store")) for file in (docket.data / "store").rglob("*.parquet*")}
        assert there == {name for file in files(docket) for name in (file, file + ".ids")}, "nothing is left over"
    finally:
        docket.kill()


def test_what_is_too_old_is_deleted_what_is_held_stays_and_the_record_says_both(tmp_path):
    with Docket(tmp_path, settings=SETTINGS) as docket:
        def sealed():
            return eventually(lambda: docket.metrics()["docket_store_hot_documents"] == 0, "everything in files")

        # Files are too old as a whole, or not at all: at the edge it is judged whether writing one anew pays.
        for places in range(61), range(61, 90):
            for place in places:
                assert send(docket, [place], scope="other", age=(90 - place) * DAY)
            eventually(lambda: docket.count(OTHER) == places.stop, "all of them")
            sealed()
        signed(docket, 90)
        hold = store(
            docket, "hold", "--streams", "otlp.logs", "--user", "person1@example.com", "--reason", "case 7"
        ).split(":")[0]
        placed = f"event.action: legal-hold-placed and docket.hold.id: {hold}"
        eventually(lambda: docket.count(placed) == 1, "the record of it")
        assert "case 7" in store(docket, "holds")
        # What is in files at the start is judged then.
        sealed()
        docket.stop()

        docket.settings = SETTINGS + "  retention:\n    - streams: 'otlp.*'\n      keep: 30d\n"
        docket.start()
        kept = [place for place in range(90) if place > 60 or place % 3 == 1]
        eventually(lambda: sequences(docket, OTHER) == kept, "the others are deleted")
        eventually(lambda: docket.count("event.action: retention-deleted") == 1, "the record of it")
        assert "nothing was changed" in verify(docket), "the record has them all"
        docket.stop()

        assert "otlp.logs" in store(docket, "rebuild")
        docket.start()
        assert sequences(docket, OTHER) == kept, "what was deleted stays deleted"
        # A running server would judge at once what was held: here the command shall be the one that deletes.
        docket.stop()
        store(docket, "release", hold, "--reason", "case 7 is closed")
        assert "older than" in store(docket, "retain")
        docket.start()
        eventually(lambda: docket.count("event.action: legal-hold-released") == 1, "the record of it")
        assert sequences(docket, OTHER) == list(range(61, 90))
        assert store(docket, "holds") == ""


def test_a_store_is_made_anew_from_the_journal(tmp_path):
    with Docket(tmp_path, settings=SETTINGS) as docket:
        assert send(docket, range(500))
        docket.wait_for(500, CODE)
        before = sorted(docket.search(CODE))
        assert "stop it" in store(docket, "rebuild", code=2), "not beside a server"
        docket.stop()
        assert "500" in store(docket, "rebuild")
        docket.start()
        assert sorted(docket.search(CODE)) == before


def test_a_rule_that_means_nothing_stops_the_start_with_what_was_meant(tmp_path):
    file = tmp_path / "docket.yaml"
    for line, said in {
        "streams: anthropic.adit\n      keep: 30d": "did you mean `anthropic.audit`?",
        "streams: anthropic.audit": "a rule needs `keep`",
        "keep: 30d": "a rule needs `streams`",
        "streams: anthropic.audit\n      keep: 5s": "store.retention.*.keep",
        "streams: logs-okta.system-*\n      keep: 30d": "some of",
    }.items():
        file.write_text(f"store:\n  retention:\n    - {line}\n")
        ended = run("check", "--config", file)
        assert ended.returncode != 0 and said in (ended.stdout + ended.stderr).decode(), (line, ended.stdout, ended.stderr)
