"""The Activity Feed without a gap: a server that is killed again and again, and what it says of each hour."""

import collections
import json
import os
import random
import re
import time

import pytest
import requests

from compliance_test import Organization, ids, organization  # noqa: F401 (a fixture)
from docket import eventually, run

# The long form is `make feed-crashes`.
CRASHES = int(os.environ.get("FEED_CRASHES", 4))
SEED = int(os.environ.get("FEED_SEED", 1))
COUNT = 2_500
SETTINGS = (
    "    settle: 1s\n    overlap: 20m\n    overlap_interval: 5s\n    initial_interval: 60h\n"
)
FAULTS = ["--hours", "50", "--faults", "all", "--fault-chance", "0.1", "--lateness", "20", "--per-minute", "60",
          "--rate-limit", "6000"]


def listed(feed):
    """All that the API lists, as anybody would ask for it: the time of each id."""
    found, after, limit = {}, None, 1_000
    while True:
        parameters = {"limit": limit, **({"after_id": after} if after else {})}
        try:
            answer = requests.get(
                f"{feed.url}/v1/compliance/activities", parameters, headers={"x-api-key": feed.key}, timeout=20)
            page = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError):
            page = None
        if page is None:
            limit = max(1, limit // 2)
            continue
        limit = 1_000
        found |= {row["id"]: row["created_at"] for row in page["data"]}
        if not page["has_more"]:
            return found
        after = page["last_id"]


def asks(docket):
    """How often the poller has asked since it was started."""
    metrics = requests.get(f"{docket.console}/metrics", timeout=20).text
    return int(re.search(r'^docket_feed_requests_total{source="anthropic-feed"} (\d+)', metrics, re.M)[1])


def coverage(docket, *words):
    """The rows of the report, by hour."""
    report = run("report", "coverage", "--data", docket.data, "--from", "now-60h", "--format", "json", *words)
    assert report.returncode in (0, 1), report.stderr.decode()
    rows = [json.loads(line) for line in report.stdout.splitlines()]
    return {row["hour"][:13]: row for row in rows if row["source"] == "anthropic-feed"}


def test_killed_again_and_again_it_agrees_with_the_truth_hour_by_hour(make, organization):  # noqa: F811
    # Hours whose activities are all listed when the simulation begins, but those that come late.
    past = time.strftime("%Y-%m-%dT%H", time.gmtime(time.time() - 120))
    feed = organization(*FAULTS)
    dice = random.Random(SEED)
    docket = make(settings=feed.settings(SETTINGS)).start(FEED_KEY=feed.key)
    for _ in range(CRASHES):
        asked = dice.randint(1, 6)  # a crash comes at any moment
        eventually(lambda: asks(docket) >= asked, f"{asked} requests of the poller", pause=0.01)
        docket.kill()
        docket.start(FEED_KEY=feed.key)
    cut = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    truth = {}

    def missing():
        truth.clear()
        truth.update({identity: created for identity, created in listed(feed).items() if created < cut})
        return set(truth) - set(ids(docket.documents()))

    eventually(lambda: not missing(), "all that was created before the last start is there", seconds=300, pause=1)
    docket.stop()
    found = ids(docket.documents(remote=False))
    assert len(found) == len(set(found))
    assert set(truth) <= set(found) <= set(listed(feed))
    hours = collections.Counter(created[:13] for created in truth.values())
    rows = {hour: row for hour, row in coverage(docket).items() if hour < past}
    assert len(rows) >= 58 and sum(hours[hour] for hour in rows) > COUNT * 0.9
    for hour, row in rows.items():
        assert (row["state"], row["expected"], row["received"]) == ("whole", hours[hour], hours[hour]), row
        assert row["duplicate"] == row["missing"] == 0, row


def test_a_check_says_what_is_wrong_with_a_key_and_what_to_do(make, organization, monkeypatch):  # noqa: F811
    feed = organization()
    file = make(settings=feed.settings()).configuration()
    monkeypatch.setenv("FEED_KEY", "sk-ant-api01-wrong")
    check = run("check", "--config", file, "--online")
    assert check.returncode == 1 and b"is wrong, or was deleted" in check.stdout
    monkeypatch.setenv("FEED_KEY", feed.key)
    check = run("check", "--config", file, "--online")
    assert check.returncode == 0 and b"May read the Activity Feed" in check.stdout
    assert feed.key.encode() not in check.stdout + check.stderr


@pytest.mark.parametrize("words", [["coverage", "--from", "never"], [], ["coverage", "--format", "xml"]])
def test_words_that_mean_nothing_are_refused(words):
    assert run("report", *words).returncode == 2
