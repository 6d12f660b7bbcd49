"""The directory over real HTTP: a simulated organization that drifts, looked at by a real server."""

import requests

from compliance_test import organization  # noqa: F401  (a fixture)
from docket import PATIENCE, eventually, run

DRIFT = 'event.dataset: "anthropic.directory" and event.kind: event'
FOUND = 'event.dataset: "anthropic.directory" and event.kind: state'
OBJECTS = 109
KINDS = {"organization", "user", "role", "permission", "setting", "api_key", "group", "member"}


def own(document):
    return document["anthropic"]["directory"]


def test_what_drifts_is_told_once_with_before_and_after_also_after_crashes(make, organization):  # noqa: F811
    feed = organization()
    docket = make(settings=feed.settings("    directory: 1m\n")).start(FEED_KEY=feed.key)
    found = docket.wait_for(OBJECTS, FOUND)
    assert {own(document)["object_type"] for document in found} == KINDS
    for _ in range(3):
        before = docket.count(DRIFT)
        docket.kill()
        for _ in range(3):
            requests.post(f"{feed.url}/simulate/drift", timeout=PATIENCE).raise_for_status()
        # It looks when it starts, so nobody waits for a minute.
        docket.start(FEED_KEY=feed.key)
        eventually(lambda: docket.count(DRIFT) == before + 3, "each change of the directory")
    docket.stop()
    documents = docket.documents(DRIFT, remote=False)
    told = [(d["event"]["action"], own(d)["object_id"], own(d)["not_before"]) for d in documents]
    assert len(told) == len(set(told))
    assert all(own(document)["not_before"] < document["@timestamp"] for document in documents)
    for document in documents:
        if document["event"]["action"] == "user_changed":
            (change,) = own(document)["changes"]
            assert change["name"] == "organization_role" and change["before"] != change["after"]
            assert document["user"]["target"]["roles"] == [change["after"]]
    assert len(docket.documents(FOUND, remote=False)) == OBJECTS
    assert feed.key not in docket.log.read_text()
    ended = run("verify", "--data", docket.data)
    assert ended.returncode == 0, ended.stderr


def test_an_admin_key_is_refused_before_anything_is_asked(tmp_path):
    file = tmp_path / "docket.yaml"
    (tmp_path / "key").write_text("sk-ant-admin01-simulated\n")
    file.write_text(f"feeds:\n  - key: {{ file: {tmp_path}/key }}\n    directory: 1h\n")
    ended = run("check", "--config", file)
    assert ended.returncode == 2 and b"needs a Compliance Access Key" in ended.stdout + ended.stderr
