"""The archive in a directory: what is in it, whether it is what it was, and back from it."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import zstandard

from docket import Docket, eventually, run
from journal_reader import read
from ledger_test import VERIFIER, key, send, signed

FAST = "archive:\n  to: {to}\n  keys: {keys}\n  roll: 1s\n"


class Archive:
    def __init__(self, folder):
        self.to, self.keys = folder / "archive", folder / "keys"
        self.to.mkdir(parents=True)
        self.settings = FAST.format(to=self.to, keys=self.keys)

    def manifests(self):
        return sorted(self.to.glob("*/*/*/*/*/*.manifest.json"))

    def records(self):
        """How many are archived."""
        return sum(json.loads(file.read_text())["count"] for file in self.manifests())

    def lines(self):
        for file in self.manifests():
            name = json.loads(file.read_text())["object"]
            with (self.to / name).open("rb") as packed:
                with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as opened:
                    for line in opened.read().splitlines():
                        yield json.loads(line)

    def words(self, trusted=None, keys=True):
        words = ["--archive", self.to]
        if keys:
            words += ["--keys", self.keys]
        if trusted:
            words += ["--key", trusted]
        return words


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


@pytest.fixture
def docket(tmp_path, archive):
    with Docket(tmp_path / "docket", settings=archive.settings) as docket:
        yield docket


def archived(archive, count):
    return eventually(lambda: archive.records() >= count, f"{count} records in the archive")


def said(code, *words):
    ended = run("archive", *words)
    assert ended.returncode == code, (ended.stdout, ended.stderr)
    return ended.stdout.decode()


def test_everything_is_archived_and_nothing_personal_is_in_clear(docket, archive):
    send(docket, 40)
    signed(docket, 40)
    archived(archive, 40)
    lines = list(archive.lines())
    assert [line["sequence"] for line in lines] == list(range(40))
    clear = json.dumps([{name: value for name, value in line.items() if name != "sealed"} for line in lines])
    whole = clear.encode() + b"".join(base64.b64decode(line["sealed"]) for line in lines)
    for word in (b"person7@example.com", b"secret-7-words", b"127.0.0.1"):
        assert word not in whole
    assert {line["source"] for line in lines} == {"otlp-http"}
    assert "40 records, 40 opened and compared: nothing was changed" in said(0, "verify", *archive.words(key(docket)))
    assert "without keys" in said(0, "verify", "--no-keys", *archive.words(key(docket)))
    for file in archive.to.rglob("*.*"):
        if file.is_file():
            assert file.stat().st_mode & 0o777 == 0o444
    metrics = docket.metrics()
    assert metrics["docket_archive_records_total"] == 40
    eventually(lambda: docket.metrics()["docket_archive_lag_records"] == 0, "no lag")
    assert len(said(0, "list", *archive.words()).splitlines()) == len(archive.manifests())


def test_crashes_leave_one_archive_without_gaps(docket, archive):
    for turn in range(6):
        send(docket, 15, 15 * turn)
        if turn % 2:
            archived(archive, 15 * turn)
        docket.kill()
        docket.start()
    signed(docket, 90)
    archived(archive, 90)
    assert [line["sequence"] for line in archive.lines()] == list(range(90))
    assert "90 records" in said(0, "verify", *archive.words(key(docket)))


def test_what_was_changed_or_is_missing_is_named(docket, archive, tmp_path):
    send(docket, 5)
    archived(archive, 5)
    send(docket, 5, 5)
    archived(archive, 10)
    trusted = key(docket)
    docket.stop()
    first = archive.manifests()[0]
    object_file = Path(str(first).replace(".manifest.json", ".ndjson.zst"))
    for file in (first, object_file):
        whole = file.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 25)):
            file.chmod(0o644)
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert f"CHANGED: default/" in said(1, "verify", *archive.words(trusted))
        file.write_bytes(whole)
    assert "nothing was changed" in said(0, "verify", *archive.words(trusted))
    kept = object_file.read_bytes()
    object_file.unlink()
    assert "the object is missing" in said(1, "verify", *archive.words(trusted))
    object_file.write_bytes(kept)
    first.unlink()
    assert "no manifest has the records before it" in said(1, "verify", *archive.words(trusted))
    assert "not archived" in said(1, "list", *archive.words())


def test_a_restored_directory_is_the_record_and_proves_it(docket, archive, tmp_path):
    for turn in range(3):
        send(docket, 20, 20 * turn)
        archived(archive, 20 * (turn + 1))
    trusted = key(docket)
    docket.stop()
    target = tmp_path / "restored"
    text = said(0, "restore", "--into", target, *archive.words(trusted))
    assert "tenant default: 60 records; a checkpoint proves the first " in text
    before, after = read(Path(docket.data) / "journal"), read(target / "journal")
    assert after.damage == after.missing == after.changed == []
    assert [record for record in after.records] == [record for record in before.records]
    ended = run("verify", "--data", target, "--key", trusted)
    assert ended.returncode == 0, (ended.stdout, ended.stderr)
    assert b"60 leaves, 60 records: nothing was changed" in ended.stdout
    ended = run("prove", "--sequence", "17", "--data", target)
    assert ended.returncode == 0, ended.stderr
    ended = run("archive", "restore", "--into", target, *archive.words(trusted))
    assert ended.returncode == 2 and b"new directory" in ended.stderr


def test_a_restored_record_is_served_and_searched(docket, archive, tmp_path):
    send(docket, 12)
    archived(archive, 12)
    trusted = key(docket)
    docket.stop()
    data = tmp_path / "again" / "data"
    said(0, "restore", "--into", data, *archive.words(trusted))
    shutil.copytree(Path(docket.data) / "signer", data / "signer", ignore=shutil.ignore_patterns("socket"))
    with Docket(tmp_path / "again") as again:
        again.wait_for(12)
        send(again, 3, 12)
        signed(again, 15)


def test_without_its_keys_an_archive_is_proven_and_not_read(docket, archive, tmp_path):
    send(docket, 9)
    archived(archive, 9)
    trusted = key(docket)
    docket.stop()
    for file in archive.keys.glob("*.seeds.*"):
        file.unlink()
    assert "the keys of the record are not there" in said(1, "verify", *archive.words(trusted))
    assert "nothing was changed" in said(0, "verify", "--no-keys", *archive.words(trusted))
    lines = [json.loads(line) for line in said(0, "restore", "--ndjson", *archive.words(trusted)).splitlines()]
    assert len(lines) == 9 and all(line["locked"] and "record" not in line for line in lines)
    text = said(0, "restore", "--into", tmp_path / "restored", *archive.words(trusted))
    assert "9 of them without content, 9 for want of a key" in text
    ended = run("verify", "--data", tmp_path / "restored", "--key", trusted)
    # Whoever has no keys has no content, and no record says that it was erased.
    assert ended.returncode == 1 and b"9 leaves, 0 records, 9 erased: 9 findings" in ended.stdout, ended.stdout


def test_a_drill_is_in_the_record(docket, archive):
    send(docket, 9)
    archived(archive, 9)
    assert "nothing was changed" in said(0, "drill", "--data", docket.data, *archive.words(key(docket)))
    (event,) = docket.wait_for(1, "event.action: archive-drill")
    assert event["event"]["outcome"] == "success" and event["event"]["module"] == "docket"
    assert not list((Path(docket.data) / "archive").glob("*.drill"))


def test_the_past_is_mapped_the_same_from_journal_and_archive(docket, archive):
    send(docket, 25)
    archived(archive, 25)
    trusted = key(docket)
    of_journal = run("replay", "--from", "1h", "--to", "now", "--data", docket.data)
    of_archive = run("replay", "--from", "1h", "--to", "now", *archive.words(trusted))
    assert of_journal.returncode == of_archive.returncode == 0, (of_journal.stderr, of_archive.stderr)
    assert of_journal.stdout == of_archive.stdout and len(of_journal.stdout.splitlines()) == 25
    assert sorted(of_journal.stdout.splitlines()) == sorted(docket.search())
    assert run("replay", "--from", "2d", "--to", "1d", "--data", docket.data).stdout == b""


def test_a_directory_that_is_not_there_holds_nobody_up(tmp_path):
    archive = Archive(tmp_path)
    archive.to.rmdir()
    with Docket(tmp_path / "docket", settings=archive.settings) as docket:
        send(docket, 8)
        signed(docket, 8)
        eventually(lambda: docket.metrics()["docket_archive_stopped"] == 1, "a word that nothing is archived")
        assert "is not there; mount it or make it" in docket.log.read_text()
        docket.stop()
        archive.to.mkdir()
        docket.start()
        archived(archive, 8)


def test_an_archive_on_a_full_disk_waits_and_goes_on(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
    try:
        archive = Archive(folder)
        archive.settings = FAST.format(to=archive.to, keys=tmp_path / "keys")
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(1_008 << 10))
        with Docket(tmp_path / "docket", settings=archive.settings) as docket:
            for turn in range(4):
                send(docket, 40, 40 * turn)
            signed(docket, 160)
            eventually(lambda: "the archive waits until there is space" in docket.log.read_text(), "a word about space")
            ballast.unlink()
            archived(archive, 160)
            assert [line["sequence"] for line in archive.lines()] == list(range(160))
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("archive:\n  to: {to}\n", "an archive needs `archive.keys`"),
        ("archive:\n  keys: none\n", "say where it is with `archive.to`"),
        ("archive:\n  to: {to}\n  keys: {to}\n", "must be another place"),
        ("archive:\n  to: {to}\n  keys: none\n  roll: 7m\n", "must divide an hour"),
        ("archive:\n  to: s3://archive.example/docket\n  keys: none\n", "a bucket needs `archive.s3.access_key`"),
        ("archive:\n  to: ftp://archive.example\n  keys: none\n", "must be a directory, or a bucket"),
    ],
)
def test_a_wrong_configuration_says_where_and_what(tmp_path, settings, message):
    file = tmp_path / "docket.yaml"
    file.write_text(settings.format(to=tmp_path))
    ended = run("check", "--config", file)
    assert ended.returncode == 2, ended.stdout
    text = (ended.stdout + ended.stderr).decode()
    assert message in text and f"{file}:" in text


def test_a_verifier_that_knows_the_format_alone_says_the_same(docket, archive):
    send(docket, 7)
    archived(archive, 7)
    trusted = key(docket)

    def check(code, *words):
        ended = subprocess.run([VERIFIER, "archive", *words], capture_output=True, timeout=60)
        assert ended.returncode == code, (ended.stdout, ended.stderr)
        return (ended.stdout + ended.stderr).decode()

    assert f"{len(archive.manifests())} objects with 7 records are what was signed" in check(0, "--key", trusted, archive.to)
    name, _, rest = trusted.split("+", 2)
    other = bytearray(base64.b64decode(rest))
    other[9] ^= 1
    assert "CHANGED" in check(1, "--key", verifier_key(name, bytes(other)), archive.to)
    assert "no manifest" in check(2, "--key", trusted, archive.keys)
    file = next(archive.to.rglob("*.ndjson.zst"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)
    assert "the object is not what its SHA-256 says" in check(1, "--key", trusted, archive.to)


def verifier_key(name, key):
    """A key as C2SP signed-note writes it, with the id that belongs to it."""
    digest = hashlib.sha256(name.encode() + b"\n" + key).digest()
    return f"{name}+{digest[:4].hex()}+{base64.b64encode(key).decode()}"


def test_an_erased_record_is_gone_from_every_copy_and_everything_is_proven_still(docket, archive, tmp_path):
    send(docket, 12)
    archived(archive, 12)
    docket.wait_for(12)
    trusted = key(docket)
    before = (archive.keys / "default.seeds.0").read_bytes()
    for person in (3, 4, 11):
        ended = run("erase", "--query", f'user.email: "person{person}@example.com"', "--reason", "Art. 17", "--yes", "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
    eventually(lambda: (archive.keys / "default.seeds.0").read_bytes() != before, "keys without those of erased records")
    archived(archive, 15)
    docket.stop()
    assert (archive.keys / "default.seeds.0").read_bytes() == (Path(docket.data) / "ledger/default.seeds.0").read_bytes()
    text = said(0, "verify", *archive.words(trusted))
    count = archive.records()
    assert f"{count} records, {count - 3} opened and compared: nothing was changed" in text
    target = tmp_path / "restored"
    assert "3 of them without content, 0 for want of a key" in said(0, "restore", "--into", target, *archive.words(trusted))
    ended = run("verify", "--data", target, "--key", trusted)
    assert ended.returncode == 0 and b"3 erased: nothing was changed" in ended.stdout, ended.stdout
    records = {record.sequence: record for record in read(target / "journal").records}
    assert sorted(records) == list(range(count))
    assert records[3].data == records[4].data == records[11].data == b"" and b"person5" in records[5].data
    lines = [json.loads(line) for line in said(0, "restore", "--ndjson", *archive.words(trusted)).splitlines()]
    assert [line["sequence"] for line in lines if line.get("erased")] == [3, 4, 11]


def test_documents_of_the_past_are_exchanged_for_todays(docket, archive):
    send(docket, 30)
    archived(archive, 30)
    docket.wait_for(30)
    trusted = key(docket)
    docket.stop()
    before = sorted(docket.search(remote=False))
    for words in ([], archive.words(trusted)):
        ended = run("replay", "--from", "1h", "--to", "now", "--into", "store", "--data", docket.data, *words)
        assert ended.returncode == 0, ended.stderr
        assert b"30 documents in the places of 30" in ended.stdout, ended.stdout
        assert sorted(docket.search(remote=False)) == before
    docket.start()
    ended = run("replay", "--from", "1h", "--to", "now", "--into", "store", "--data", docket.data)
    assert ended.returncode == 2 and b"stop it" in ended.stderr, ended.stderr
    docket.wait_for(30)
