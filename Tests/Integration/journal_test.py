"""The journal as a file: read by another program, damaged, on a disk that is full, broken or not ours."""

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from bad_input_test import JSON, text
from docket import BEARER, PATIENCE, Docket, at, eventually, run
from journal_reader import read

HERE = Path(__file__).parent


def activity(number, size=0):
    return json.dumps({
        "id": f"activity_{number:08d}", "created_at": "2026-10-08T08:15:18Z", "type": "claude_chat_created",
        "organization_id": "org_1", "actor": {"type": "user_actor", "user_id": "user_1"}, "note": os.urandom(size).hex(),
    })


def post(docket, body, kind=JSON):
    return requests.post(
        f"{docket.http}/v1/logs", data=body, headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE)


def take(folder, data, lines, *options):
    """Imports activities; returns how the command ended."""
    file = folder / "activities.ndjson"
    file.write_text("\n".join(lines) + "\n")
    return run("import", "--as", "activities", file, "--data", data, *options)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Three segments and what is in them, by tenant; for copying."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "small.yaml").write_text("journal:\n  segment_size: 1MiB\n")
    logs = {"acme": [], "umbra": []}
    for start in range(0, 140, 20):
        tenant = "umbra" if start == 40 else "acme"
        lines = [activity(number, 20_000) for number in range(start, start + 20)]
        ended = take(folder, folder / "data", lines, "--tenant", tenant, "--config", folder / "small.yaml")
        assert ended.returncode == 0, ended.stderr
        logs[tenant] += lines
    return folder / "data", logs


@pytest.fixture
def data(imported, tmp_path):
    return Path(shutil.copytree(imported[0], tmp_path / "data"))


# Another reader


def test_a_reader_by_the_documentation_finds_every_byte_that_was_imported(data, imported):
    found = read(data / "journal")
    assert found.damage == found.missing == found.changed == []
    assert found.seals == 2, "the journal has two finished segments and one that is not"
    for tenant, lines in imported[1].items():
        records = [record for record in found.records if record.tenant == tenant]
        assert [record.data.decode() for record in records] == lines
        assert [record.sequence for record in records] == list(range(len(lines)))
        assert {(record.kind, record.encoding, record.source) for record in records} == {(4, 2, "import")}
        searched = run("search", "", "--data", data, "--limit", "1000", "--format", "ndjson", "--tenant", tenant)
        assert len(searched.stdout.splitlines()) == len(lines), searched.stderr
    assert found.next == {"acme": 120, "umbra": 20}


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_reader_by_the_documentation_agrees_about_telemetry(fresh, end):
    bodies = [(form, text(20, seed)) for seed, form in enumerate(["first", "second", "third"], 81)]
    for _, body in bodies:
        assert post(fresh, body).status_code == 200
    documents = fresh.wait_for(60)
    getattr(fresh, end)()
    found = read(fresh.data / "journal")
    assert found.damage == found.missing == found.changed == []
    assert len(found.records) == len(documents) == 60
    sent = [record for _, body in bodies for record in json.loads(body)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]]
    assert [json.loads(record.data) for record in found.records] == sent
    sequences = {document["docket"]["sequence"] for document in documents}
    assert sequences == {record.sequence for record in found.records} == set(range(60))
    for record in found.records:
        assert record.source == "otlp-http" and record.peer == "127.0.0.1" and record.credential
        assert {one["key"]: one["value"] for one in json.loads(record.resource)["attributes"]}["service.name"] == {
            "stringValue": "claude-code"}


# Damage


def flip(file, place):
    with file.open("r+b") as opened:
        opened.seek(place)
        byte = opened.read(1)[0]
        opened.seek(place)
        opened.write(bytes([byte ^ 1]))


def test_damage_is_in_the_log_the_metrics_and_the_record(data, tmp_path):
    flip(data / "journal" / "00000000000000000001.seg", 5_000)
    found = read(data / "journal")
    assert found.missing == [("acme", 0, 20)] and set(found.changed) == {1} and len(found.damage) == 1
    said = "tenant acme: records 0 to 19 are missing"
    with Docket(tmp_path / "docket", data=data) as docket:
        for _ in range(2):
            docket.stop()
            # Whoever reads from the start meets it again; it stays one event.
            shutil.rmtree(data / "store")
            docket.start()
            metrics = eventually(
                lambda: (seen := docket.metrics())["docket_journal_missing_records_total"] == 20 and seen, "it is met")
            assert metrics['docket_journal_findings_total{kind="missing"}'] == 1
            assert metrics['docket_journal_findings_total{kind="damage"}'] == 1
            assert said in docket.log.read_text()
        docket.stop()
    # The gap is of one tenant; that some bytes are damaged may concern everybody.
    for tenant, kinds in [("acme", {"journal-missing", "journal-damage"}), ("umbra", {"journal-damage"})]:
        ended = run("search", "event.module: docket", "--data", data, "--format", "ndjson", "--tenant", tenant)
        alerts = [json.loads(line) for line in ended.stdout.splitlines()]
        assert len(alerts) == len(kinds), ended.stderr
        assert {at(alert, "event.action") for alert in alerts} == kinds
        assert {at(alert, "event.kind") for alert in alerts} == {"alert"}
        assert (said in {alert["message"] for alert in alerts}) == (tenant == "acme")


@pytest.mark.parametrize("harm, said", [
    (lambda first, second: first.unlink(), None),  # the oldest may be gone
    (lambda first, second: second.unlink(), "00000000000000000002.seg: the segment is missing; restore it"),
    (lambda first, second: (second.unlink(), second.touch()), None),  # it is lost, somebody says
    (lambda first, second: second.write_bytes(first.read_bytes()), "this is segment 1 under another name"),
], ids=["oldest", "missing", "lost", "twice"])
def test_segments_that_are_not_as_they_were(data, tmp_path, harm, said):
    harm(*sorted((data / "journal").glob("*.seg"))[:2])
    ended = take(tmp_path, data, [activity(9_999)])
    if said:
        assert ended.returncode == 2 and said in ended.stderr.decode()
    else:
        assert ended.returncode == 0, ended.stderr


# Directories


def test_a_second_process_on_the_same_directory_is_refused(fresh):
    for words in (["search", "", "--data", fresh.data], ["serve", "--data", fresh.data]):
        ended = run(*words)
        assert ended.returncode == 2 and b"--url" in ended.stderr
    assert fresh.is_alive()


@contextlib.contextmanager
def mounted(folder, *words):
    """A file system of its own, where the machine lets us."""
    folder.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(["mount", *words, folder], capture_output=True, timeout=PATIENCE)
    if ended.returncode:
        pytest.skip(f"cannot mount here: {ended.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, timeout=PATIENCE)


def test_a_directory_that_cannot_be_written_stops_the_start_by_name(tmp_path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64m", "tmpfs") as disk:
        assert take(tmp_path, disk / "data", [activity(1)]).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True, timeout=PATIENCE)
        ended = run("serve", "--data", disk / "data")
        assert ended.returncode == 2 and b"Read-only file system" in ended.stderr and b"data" in ended.stderr


@pytest.mark.parametrize("free, message", [(8, "nearly full"), (1, "full")])
def test_a_full_disk_says_when_to_come_again_and_goes_on_when_there_is_room(tmp_path, free, message):
    """By the share that must stay free, and by the kernel's own word."""
    with mounted(tmp_path / "data" / "journal", "-t", "tmpfs", "-o", "size=40m", "tmpfs") as disk:
        settings = f"journal:\n  free_percent: {free}\n  content_free_percent: {free}\n  segment_size: 4MiB\n"
        with Docket(tmp_path / "docket", settings=settings, data=tmp_path / "data") as docket:
            kept, seed = [], 1_000
            ballast = disk / "ballast"
            # Before the first commit, so that the journal has no room of its own yet.
            ballast.write_bytes(bytes(os.statvfs(disk).f_bavail * 4096 - (1 << 20)))

            def refused():
                nonlocal seed
                seed += 1
                answer = post(docket, text(5, seed))
                if answer.status_code == 200:
                    kept.append(seed)
                else:
                    assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
                    assert "full" in answer.text or "space" in answer.text
                return answer.status_code == 503

            eventually(refused, "the disk is full")
            assert docket.is_alive() and message in docket.log.read_text()
            ballast.unlink()
            eventually(lambda: not refused(), "there is room again")
            docket.kill()
            docket.start()
            assert docket.metrics()["docket_journal_stopped"] == 0
            docket.wait_for(5 * len(kept))
            docket.stop()
        found = read(disk)
        assert found.damage == found.missing == []
        assert len(found.records) == 5 * len(kept)


def test_writes_that_are_short_and_interrupted_lose_nothing(tmp_path):
    library = tmp_path / "short_writes.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, HERE / "short_writes.c"], check=True, timeout=PATIENCE)
    with Docket(tmp_path / "docket", prefix=["env", f"LD_PRELOAD={library}"]) as docket:
        for seed in range(91, 96):
            assert post(docket, text(50, seed)).status_code == 200
        docket.kill()
        found = read(docket.data / "journal")
    assert found.damage == found.missing == [] and len(found.records) == 250


def test_a_file_that_may_not_grow_ends_no_process(tmp_path):
    """`ulimit -f`: the segment is ended where the limit is met, and the next one takes over."""
    with Docket(tmp_path / "docket", prefix=["prlimit", f"--fsize={300_000}"]) as docket:
        kept = refusals = 0
        while kept < 60:
            body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [
                {"body": {"stringValue": os.urandom(4_000).hex()}} for _ in range(5)]}]}]})
            answer = post(docket, body)
            assert answer.status_code in (200, 503), answer.text
            kept += answer.status_code == 200
            refusals += answer.status_code == 503
            assert refusals < 60
        assert docket.metrics()["docket_journal_given_up_segments_total"] >= 1
        assert docket.metrics()["docket_journal_stopped"] == 0
        docket.kill()
        found = read(docket.data / "journal")
    assert refusals >= 1 and found.damage == found.missing == [] and len(found.records) == 5 * kept
