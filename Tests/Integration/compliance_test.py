"""The Activity Feed over real HTTP: a simulated organization, polled by a real server."""

import re
import signal
import subprocess

import pytest

from docket import BINARY, PATIENCE, environment, eventually, run

COUNT = 2_500
# Not `late`: the simulator shows late activities up to eight minutes later. IntakeTests has them, by a clock of its own.
BAD_DAYS = (
    "rate-storm,error,final-error,unavailable,overloaded,slow,cut,bad-json,expired-cursor,equal-times,opaque-cursors"
)


class Organization:
    """`docket simulate api`."""

    def __init__(self, folder, *words):
        self.truth_file = folder / "truth.txt"
        self.process = subprocess.Popen(
            [BINARY, "simulate", "api", "--port", "0", "--activities", str(COUNT), "--truth", self.truth_file, *words],
            stdout=subprocess.PIPE, env=environment(),
        )
        said = b"".join(self.process.stdout.readline() for _ in range(3)).decode()
        self.url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        self.key = re.search(r"key: +(\S+)", said)[1]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code

    def truth(self):
        """The id of each activity, once it has ended."""
        assert self.end() == 0
        return self.truth_file.read_text().split()

    def settings(self, more=""):
        return (
            "feeds:\n  - key: {env: FEED_KEY}\n"
            f"    url: {self.url}\n    interval: 5s\n    batch_size: 100\n{more}"
        )


@pytest.fixture
def organization(tmp_path):
    if run("help").stdout.find(b"docket simulate") < 0:
        pytest.skip("NOT TESTED: the Activity Feed: this docket has no command `simulate`")
    made = []

    def one(*words):
        made.append(Organization(tmp_path, *words))
        return made[-1]

    yield one
    for organization in made:
        organization.end()


def ids(documents):
    return sorted(document["event"]["id"] for document in documents)


@pytest.mark.parametrize("faults", [[], ["--faults", BAD_DAYS, "--fault-chance", "0.08"]], ids=["good days", "bad days"])
def test_each_activity_is_there_exactly_once(make, organization, faults):
    feed = organization(*faults)
    docket = make(settings=feed.settings()).start(FEED_KEY=feed.key)
    # On bad days the poller waits, as the API wishes.
    documents = docket.wait_for(COUNT, "event.dataset: anthropic.audit", seconds=120)
    assert len(documents) == COUNT
    docket.stop()
    assert ids(docket.documents(remote=False)) == sorted(feed.truth())
    assert feed.key not in docket.log.read_text()


def test_each_activity_is_there_exactly_once_also_after_crashes(make, organization):
    feed = organization()
    docket = make(settings=feed.settings("    requests_per_minute: 120\n")).start(FEED_KEY=feed.key)
    for share in (8, 3, 2):
        eventually(lambda: docket.count() >= COUNT // share, "a part of the activities")
        docket.kill()
        docket.start(FEED_KEY=feed.key)
    documents = docket.wait_for(COUNT)
    assert len(documents) == COUNT
    docket.stop()
    assert ids(docket.documents(remote=False)) == sorted(feed.truth())


def test_the_calls_of_the_poller_are_activities_too_and_are_there_once(make, organization):
    feed = organization("--faults", "self-noise")
    docket = make(settings=feed.settings()).start(FEED_KEY=feed.key)
    docket.wait_for(COUNT + 1)
    docket.stop()
    found, truth = ids(docket.documents(remote=False)), set(feed.truth())
    assert truth <= set(found) and len(found) == len(set(found))


def test_a_wrong_key_is_said_and_telemetry_goes_on(make, organization):
    feed = organization()
    docket = make(settings=feed.settings()).start(FEED_KEY="sk-ant-api01-wrong")
    eventually(lambda: "authentication_error" in docket.log.read_text(), "the log says why")
    assert "sk-ant-api01-wrong" not in docket.log.read_text()
    assert docket.count() == 0 and docket.is_alive()
