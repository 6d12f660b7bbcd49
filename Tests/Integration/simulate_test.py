"""An organization that lives, told to a real server: what arrives is what its manifest says, hour by hour."""

import json
import re
import subprocess
from collections import Counter
from datetime import datetime, timezone

import pytest

from docket import BINARY, PATIENCE, Docket, at, environment, eventually, run

# The late activity is up to a day old when it is listed, so it is found only by who looks that far back.
FEED = """feeds:
  - key: {{env: FEED_KEY}}
    url: {url}
    interval: 5s
    initial_interval: 96h
    settle: 1s
    overlap: 48h
    overlap_interval: 5s
"""


class Story:
    """`docket simulate organization`, with a feed that is served until the story is ended."""

    def __init__(self, folder, docket, *words):
        self.file = folder / "truth.json"
        self.process = subprocess.Popen(
            [
                BINARY, "simulate", "organization", "--people", "12", "--days", "3", "--seed", "7", "--otlp", docket.http,
                "--lateness", "3", "--manifest", self.file, *words,
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
        )

    def lines(self, count):
        return b"".join(self.process.stdout.readline() for _ in range(count)).decode()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        said = self.process.communicate(timeout=PATIENCE)[1].decode()
        assert self.process.returncode == 0, said

    def truth(self):
        return json.loads(self.file.read_text())


def hour(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:00:00Z")


def counts(documents):
    found = Counter((at(document, "event.dataset"), hour(document["@timestamp"])) for document in documents)
    streams = {}
    for (stream, when), number in found.items():
        streams.setdefault(stream, {})[when] = number
    return streams


def key(document):
    """What the manifest calls an event."""
    stream = at(document, "event.dataset")
    if stream == "anthropic.audit":
        return at(document, "event.id")
    return at(document, f"{stream}.session.id"), at(document, f"{stream}.event.sequence")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A server that a whole story was told to."""
    folder = tmp_path_factory.mktemp("story")
    with Docket(folder / "server") as docket:
        # The feed has to be there before the server that asks it.
        docket.stop()
        story = Story(folder, docket, "--serve", "0")
        try:
            said = story.lines(2)
            url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
            feed_key = re.search(r"key: +(\S+)", said)[1]
            docket.settings = FEED.format(url=url)
            docket.start(FEED_KEY=feed_key)
            assert "told:" in story.lines(2), story.process.stderr.read1()
            truth = story.truth()
            total = sum(stream["total"] for stream in truth["streams"].values())
            documents = docket.wait_for(total, seconds=180)
            yield docket, truth, documents
        finally:
            story.end()


def test_what_arrives_is_what_the_manifest_says_hour_by_hour(told):
    _, truth, documents = told
    wanted = {name: stream["hours"] for name, stream in truth["streams"].items()}
    assert set(wanted) == {
        "anthropic.audit", "claude_code.events", "claude_code.metrics", "claude_code.traces", "claude_cowork.events",
    }
    found = counts(documents)
    found.pop("docket.record", None)
    assert found == wanted
    for stream in truth["streams"].values():
        assert sum(stream["days"].values()) == sum(stream["hours"].values()) == stream["total"]


def test_the_events_of_each_attack_are_found(told):
    _, truth, documents = told
    by_key = {key(document): document for document in documents}
    assert {attack["attack"] for attack in truth["attacks"]} == names("attacks")
    for attack in truth["attacks"]:
        assert attack["events"], attack
        for event in attack["events"]:
            document = by_key[event["id"] if "id" in event else (event["session"], event["sequence"])]
            assert at(document, "event.dataset") == event["stream"]
            assert at(document, "event.action") == event["name"]
            assert hour(document["@timestamp"]) == hour(event["time"])


def test_each_gap_is_one(told):
    _, truth, documents = told
    found = {key(document) for document in documents}
    gaps = {gap["gap"]: gap for gap in truth["gaps"]}
    assert set(gaps) == names("gaps")
    hole = gaps["sequence-hole"]["events"]
    session, numbers = hole[0]["session"], [event["sequence"] for event in hole]
    assert not {(session, number) for number in numbers} & found
    assert (session, min(numbers) - 1) in found and (session, max(numbers) + 1) in found
    assert len([document for document in documents if key(document) == gaps["late-row"]["events"][0]["id"]]) == 1
    repeated = gaps["repeated-export"]["repeated"]["claude_code.events"]["total"]
    assert repeated == len(gaps["repeated-export"]["events"]) > 0
    assert gaps["silent-exporter"]["lost"]["claude_code.events"]["total"] > 0


def names(option):
    text = run("help", "simulate").stdout.decode()
    return set(re.search(rf"--{option} LIST .*?:\n((?: {{22,}}\S.*\n)+)", text)[1].split())


def test_planted_secrets_are_nowhere(told):
    docket, truth, documents = told
    assert truth["secrets"]
    text = json.dumps(documents)
    files = [file for file in docket.data.rglob("*") if file.is_file()]
    assert files
    for secret in truth["secrets"]:
        assert secret not in text
        for file in files:
            assert secret.encode() not in file.read_bytes(), file
    assert docket.count("docket.redaction.count > 0") >= len(truth["secrets"])


def test_a_receiver_that_refuses_is_told(make):
    docket = make().start()
    ended = run("simulate", "organization", "--people", "3", "--days", "1", "--otlp", docket.http, "--token", "no")
    assert ended.returncode == 1
    assert b"the receiver answers 401" in ended.stderr


def test_a_story_goes_on_until_it_is_ended(make, tmp_path):
    docket = make().start()
    story = Story(tmp_path, docket, "--speed", "3600", "--attacks", "none", "--gaps", "none")
    try:
        assert "told:" in story.lines(2)
        filled = sum(stream["total"] for stream in story.truth()["streams"].values())
        eventually(lambda: docket.count() > filled + 100, "more than the past")
    finally:
        story.end()
    truth = story.truth()
    total = sum(stream["total"] for stream in truth["streams"].values())
    assert counts(
        document for document in docket.wait_for(total) if at(document, "event.dataset") != "docket.record"
    ) == {name: stream["hours"] for name, stream in truth["streams"].items()}
    assert docket.count("@timestamp > now+1m") == 0
