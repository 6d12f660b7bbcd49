"""Reports of usage and cost over real HTTP: a simulated organization whose figures change, read by a real server."""

import re
import signal
import subprocess
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
import requests

from docket import BINARY, PATIENCE, environment, eventually, run

ROOT = "/v1/organizations/analytics/"


class Reports:
    """`docket simulate api`, and what a client of its own reads there."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [BINARY, "simulate", "api", "--port", "0", "--activities", "0", "--report-limit", "100000", *words],
            stdout=subprocess.PIPE, env=environment(),
        )
        said = b"".join(self.process.stdout.readline() for _ in range(4)).decode()
        self.url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        self.key, self.console_key = re.search(r"keys for reports: +(\S+) (\S+)", said).groups()

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def settings(self, more=""):
        return (
            "analytics:\n  - key: {env: REPORT_KEY}\n"
            f"    url: {self.url}\n    look_back: 2d\n    reports: [usage, cost, user_cost, users]\n{more}"
        )

    def revise(self):
        requests.post(f"{self.url}/simulate/revise", timeout=PATIENCE).raise_for_status()

    def read(self, path, **parameters):
        """All elements of a report, page by page."""
        page = {}
        while True:
            answer = requests.get(
                self.url + ROOT + path, params={**parameters, **page}, headers={"x-api-key": self.key}, timeout=PATIENCE)
            answer.raise_for_status()
            body = answer.json()
            yield from body["data"]
            if not body["next_page"]:
                return
            page = {"page": body["next_page"]}

    def costs(self):
        """Cents by day, product and model, of today and yesterday."""
        today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        buckets = self.read(
            "cost_report", starting_at=(today - timedelta(days=1)).isoformat(),
            ending_at=(today + timedelta(days=1)).isoformat(), bucket_width="1d",
            **{"group_by[]": ["product", "model"]})
        return {
            (bucket["starting_at"][:10], row["product"], row["model"]): Decimal(row["amount"])
            for bucket in buckets for row in bucket["results"]
        }


@pytest.fixture
def reports():
    if run("simulate", "--help").stdout.find(b"reports") < 0:
        pytest.skip("NOT TESTED: reports: this docket simulates none")
    made = []

    def one(*words):
        made.append(Reports(*words))
        return made[-1]

    yield one
    for reports in made:
        reports.end()


def costs(docket):
    """The same as documents have it; a document that is there twice shows."""
    found = {}
    for document in docket.documents("data_stream.dataset: anthropic.cost and docket.report.name: cost"):
        cost = document["anthropic"]["cost"]
        key = document["@timestamp"][:10], cost["product"], cost["model"]
        assert key not in found
        found[key] = Decimal(cost["amount_billionths"]) / 10**7
        assert Decimal(cost["amount"]) == found[key]
    return found


def test_figures_are_those_of_the_report_also_after_crashes_and_revisions(make, reports):
    organization = reports()
    docket = make(settings=organization.settings()).start(REPORT_KEY=organization.key)
    eventually(lambda: costs(docket) == organization.costs(), "the figures of the report")
    first = organization.costs()
    for _ in range(2):
        docket.kill()
        organization.revise()
        docket.start(REPORT_KEY=organization.key)
        eventually(lambda: costs(docket) == organization.costs(), "the figures of the report as it is now")
    assert costs(docket) != first
    people = docket.documents("data_stream.dataset: anthropic.analytics and user.email: *")
    assert len({person["event"]["id"] for person in people}) == len(people) > 0
    docket.stop()
    assert organization.key not in docket.log.read_text()


def test_figures_arrive_on_bad_days_too(make, reports):
    faults = "rate-storm,error,unavailable,overloaded,slow,cut,bad-json,expired-cursor"
    organization = reports("--faults", faults, "--fault-chance", "0.3")
    docket = make(settings=organization.settings("    interval: 60s\n")).start(REPORT_KEY=organization.key)
    calm = reports()
    eventually(lambda: costs(docket) == calm.costs(), "the figures of the report", seconds=150)


def test_a_key_of_the_other_api_is_refused_before_a_start(tmp_path, reports, monkeypatch):
    organization = reports()
    file = tmp_path / "docket.yaml"
    file.write_text(organization.settings())
    monkeypatch.setenv("REPORT_KEY", organization.console_key)
    check = run("check", "--config", file)
    assert check.returncode == 2
    assert b"docket.yaml:2:10" in check.stderr and b"say `api: console`" in check.stderr
    assert organization.console_key.encode() not in check.stderr + check.stdout
    monkeypatch.setenv("REPORT_KEY", organization.key)
    assert run("check", "--config", file).returncode == 0


def test_a_wrong_key_is_said_and_telemetry_goes_on(make, reports):
    organization = reports()
    docket = make(settings=organization.settings()).start(REPORT_KEY="sk-ant-api01-wrong")
    eventually(lambda: "authentication_error" in docket.log.read_text(), "the log says why")
    assert "sk-ant-api01-wrong" not in docket.log.read_text()
    assert docket.count() == 0 and docket.is_alive()
