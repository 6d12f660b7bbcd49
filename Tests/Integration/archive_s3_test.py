"""The archive in a bucket: objects that cannot be deleted, stores that fail, and what others put in their place."""

import hashlib
import json
import os

import pytest
import requests
from botocore.exceptions import ClientError

from archive_test import said
from docket import BEARER, Docket, eventually, run
from ledger_test import key, send, signed
from strict_store import ACCESS, REGION, SECRET, StrictStore

SETTINGS = """
archive:
  to: s3://archive-of-docket/records
  keys: s3://keys-of-docket
  roll: 1s
  retain: 2d
  s3:
    endpoint: {url}
    region: {region}
    path_style: true
    access_key: {{ env: DOCKET_TEST_ACCESS }}
    secret_key: {{ env: DOCKET_TEST_SECRET }}
"""


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setenv("DOCKET_TEST_ACCESS", ACCESS)
    monkeypatch.setenv("DOCKET_TEST_SECRET", SECRET)
    store = StrictStore()
    store.make_bucket("archive-of-docket")
    store.make_bucket("keys-of-docket", lock=False)
    store.client().put_bucket_versioning(Bucket="keys-of-docket", VersioningConfiguration={"Status": "Enabled"})
    yield store
    store.stop()


@pytest.fixture
def docket(tmp_path, store):
    with Docket(tmp_path / "docket", settings=SETTINGS.format(url=store.url, region=REGION)) as docket:
        yield docket
        assert SECRET not in docket.log.read_text()


def names(store, suffix):
    listed = store.client().list_object_versions(Bucket="archive-of-docket")
    return [entry["Key"] for entry in listed.get("Versions", []) if entry["Key"].endswith(suffix)]


def manifest(store, name):
    return json.loads(store.client().get_object(Bucket="archive-of-docket", Key=name)["Body"].read())


def archived(store, count):
    def records():
        return sum(manifest(store, name)["count"] for name in names(store, ".manifest.json"))

    return eventually(lambda: records() >= count, f"{count} records in the bucket")


def words(docket):
    return ["--config", docket.folder / "docket.yaml", "--key", key(docket)]


def test_objects_are_locked_and_every_request_is_signed_well(docket, store):
    send(docket, 20)
    archived(store, 20)
    assert not store.refused
    client = store.client()
    for name in names(store, ""):
        head = client.head_object(Bucket="archive-of-docket", Key=name)
        assert head["ObjectLockMode"] == "COMPLIANCE" and head["ObjectLockRetainUntilDate"]
        with pytest.raises(ClientError, match="AccessDenied"):
            client.delete_object(Bucket="archive-of-docket", Key=name, VersionId=head["VersionId"])
    assert "20 records, 20 opened and compared: nothing was changed" in said(0, "verify", *words(docket))
    text = said(0, "list", *words(docket))
    assert "kept until" in text


def test_what_others_put_under_a_name_and_marks_that_hide_it_change_nothing(docket, store):
    send(docket, 5)
    archived(store, 5)
    client = store.client()
    for name in names(store, ""):
        client.put_object(Bucket="archive-of-docket", Key=name, Body=b"forged", ContentMD5="")
        client.delete_object(Bucket="archive-of-docket", Key=name)
    assert "5 records" in said(0, "verify", *words(docket))


def test_a_store_that_fails_in_every_way_gets_everything_once(docket, store):
    for fault in ((503, "SlowDown"), (409, "ConditionalRequestConflict"), (500, "InternalError"), "drop", (400, "BadDigest"), (400, "RequestTimeout")):
        store.fail(fault, times=2)
    store.fail("drop", times=2, when=lambda method, path, query: method == "HEAD" or "versions" in query)
    send(docket, 30)
    archived(store, 30)
    assert all(left == 0 for _, _, left in store.faults[:6])
    assert len(names(store, ".manifest.json")) == len(set(names(store, ".manifest.json")))
    assert "30 records" in said(0, "verify", *words(docket))


def test_an_answer_that_got_lost_is_not_an_object_twice(docket, store):
    """The object is there, and its writer was told that the connection broke: it compares, and goes on."""
    store.lose(4, when=lambda method, path: method == "PUT" and "archive-of-docket" in path)
    send(docket, 10)
    eventually(lambda: store.lost == 4, "answers that got lost")
    archived(store, 10)
    listed = store.client().list_object_versions(Bucket="archive-of-docket").get("Versions", [])
    assert len(listed) == len({entry["Key"] for entry in listed})
    assert "10 records" in said(0, "verify", *words(docket))


def test_something_else_under_a_name_is_an_alarm_and_is_not_written_over(docket, store):
    store.occupy(lambda method, path: method == "PUT" and path.endswith(".ndjson.zst"))
    send(docket, 3)
    eventually(lambda: docket.metrics()["docket_archive_stopped"] == 1, "an alarm")
    assert "is in the archive with another content" in docket.log.read_text()
    (name,) = names(store, ".ndjson.zst")
    assert store.client().get_object(Bucket="archive-of-docket", Key=name)["Body"].read() == b"something else"
    assert names(store, ".manifest.json") == []
    assert "not archived: it has no manifest" in said(0, "list", *words(docket))


def test_objects_are_held_until_a_person_lets_go(tmp_path, store):
    settings = SETTINGS.format(url=store.url, region=REGION).replace("retain: 2d", "legal_hold: true")
    with Docket(tmp_path / "docket", settings=settings) as docket:
        send(docket, 3)
        archived(store, 3)
        for name in names(store, ""):
            head = store.client().head_object(Bucket="archive-of-docket", Key=name)
            assert head["ObjectLockLegalHoldStatus"] == "ON" and "ObjectLockMode" not in head
            with pytest.raises(ClientError, match="AccessDenied"):
                store.client().delete_object(Bucket="archive-of-docket", Key=name, VersionId=head["VersionId"])
        assert ", held" in said(0, "list", *words(docket))


def test_a_large_object_goes_in_parts(docket, store):
    texts = [os.urandom(450_000).hex() for _ in range(14)]
    send_large(docket, texts)
    archived(store, len(texts))
    assert any("uploadId" in query for _, _, query in store.requests)
    assert not store.refused
    assert f"{len(texts)} records" in said(0, "verify", *words(docket))


def send_large(docket, texts):
    records = [
        {
            "timeUnixNano": "1791447318000000000",
            "body": {"stringValue": "claude_code.user_prompt"},
            "attributes": [{"key": "event.name", "value": {"stringValue": "user_prompt"}}, {"key": "prompt", "value": {"stringValue": text}}],
        }
        for text in texts
    ]
    body = {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "com.anthropic.claude_code.events"}, "logRecords": records}]}]}
    answer = requests.post(f"{docket.http}/v1/logs", json=body, headers=BEARER, timeout=30)
    assert answer.status_code == 200, answer.text


def test_a_data_directory_that_was_made_again_goes_on_with_its_archive(docket, store, tmp_path):
    send(docket, 8)
    archived(store, 8)
    docket.stop()
    for file in (docket.data / "archive").iterdir():
        file.unlink()
    before = names(store, "")
    docket.start()
    send(docket, 4, 8)
    archived(store, 12)
    assert sorted(before) == sorted(name for name in names(store, "") if name in before)
    assert "12 records" in said(0, "verify", *words(docket))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda store: store.client().put_bucket_versioning(Bucket="archive-of-docket", VersioningConfiguration={"Status": "Suspended"}), "no versioning"),
        ("unlocked", "no Object Lock"),
        ("denied", "refuses us: 403 AccessDenied"),
        ("moved", "set `archive.s3.region`"),
        ("skewed", "the clock of this machine is wrong"),
    ],
)
def test_a_store_that_cannot_be_used_holds_nobody_up_and_is_named(tmp_path, store, spoil, message):
    settings = SETTINGS.format(url=store.url, region=REGION)
    if spoil == "unlocked":
        store.make_bucket("plain-of-docket", lock=False)
        store.client().put_bucket_versioning(Bucket="plain-of-docket", VersioningConfiguration={"Status": "Enabled"})
        settings = settings.replace("archive-of-docket", "plain-of-docket")
    elif spoil == "denied":
        store.fail((403, "AccessDenied"), times=1_000, when=lambda *_: True)
    elif spoil == "moved":
        store.fail((301, "PermanentRedirect"), times=1_000, when=lambda *_: True)
    elif spoil == "skewed":
        store.fail((403, "RequestTimeTooSkewed"), times=1_000, when=lambda *_: True)
    else:
        try:
            spoil(store)
        except ClientError:
            pytest.skip("this moto does not suspend versioning of a locked bucket")
    with Docket(tmp_path / "docket", settings=settings) as docket:
        send(docket, 3)
        signed(docket, 3)
        eventually(lambda: message in docket.log.read_text(), "a word about the store")
        assert docket.metrics()["docket_archive_failures_total"] >= 1


def test_a_wrong_clock_is_told_from_a_wrong_key(store, docket, monkeypatch):
    send(docket, 1)
    archived(store, 1)
    monkeypatch.setenv("DOCKET_NOW", "2020-01-01T00:00:00Z")
    ended = run("archive", "list", *words(docket))
    assert ended.returncode == 2 and b"the clock of this machine is wrong" in ended.stderr
    monkeypatch.delenv("DOCKET_NOW")
    monkeypatch.setenv("DOCKET_TEST_SECRET", "another")
    ended = run("archive", "list", *words(docket))
    assert ended.returncode == 2 and b"SignatureDoesNotMatch" in ended.stderr
    assert b"another" not in ended.stderr


def test_forgotten_keys_are_gone_with_all_their_versions(docket, store):
    send(docket, 3)
    archived(store, 3)
    client = store.client()
    file = docket.data / "ledger" / "default.seeds.0"
    eventually(lambda: "Versions" in client.list_object_versions(Bucket="keys-of-docket", Prefix="default.seeds"), "copies")
    old = client.get_object(Bucket="keys-of-docket", Key="default.seeds.0")["Body"].read()
    assert old == file.read_bytes()
    docket.stop()
    # What erasing everything leaves: a file without a key.
    forgotten = b"docket-seeds/v1\n"
    file.write_bytes(forgotten + hashlib.sha256(forgotten).digest())
    docket.start()
    eventually(lambda: client.get_object(Bucket="keys-of-docket", Key="default.seeds.0")["Body"].read() != old, "a new copy")
    eventually(
        lambda: len(client.list_object_versions(Bucket="keys-of-docket", Prefix="default.seeds.0")["Versions"]) == 1,
        "the old version is deleted",
    )
    lines = [json.loads(line) for line in said(0, "restore", "--ndjson", *words(docket)).splitlines()]
    assert len(lines) == 3 and all(line.get("erased") for line in lines)
    assert "nothing was changed" in said(0, "verify", *words(docket))
