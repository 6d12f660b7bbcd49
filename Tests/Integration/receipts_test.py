"""Exports and their receipts, from the console to a shell and to the log."""

import hashlib
import json
import re

import pytest
import requests

from docket import BEARER, PATIENCE, Docket, eventually, run
from integrity_page_test import QUIET, browser, get, told, upload
from ledger_test import send, signed
from signin_test import RECORDED


@pytest.fixture(scope="module")
def docket(tmp_path_factory):
    with Docket(tmp_path_factory.mktemp("receipts"), settings=RECORDED + QUIET) as docket:
        send(docket, 9)
        docket.wait_for(9)
        signed(docket, 9)
        yield docket


@pytest.fixture(scope="module")
def session(docket):
    return browser(docket)


def export(session, docket, path, body=None):
    """The file, of a page or with a body of a call, and its receipt once it can be searched and a checkpoint covers it."""
    if body:
        answer = requests.post(docket.console + path, json=body, headers=BEARER, timeout=PATIENCE)
    else:
        answer = session.get(docket.console + path, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    name = answer.headers["docket-export"]
    assert f"-{name}." in answer.headers["content-disposition"]
    assert answer.headers["link"] == f'</exports/{name}>; rel="describedby"'

    def receipt():
        found = session.get(f"{docket.console}/exports/{name}.json", timeout=PATIENCE)
        return found.content if found.status_code == 200 else None

    told_of = eventually(receipt, "the receipt")
    proof = f"{docket.console}/api/v1/events/{name}/proof"
    eventually(lambda: session.get(proof, timeout=PATIENCE).status_code == 200, "a proof of the receipt")
    return answer, told_of


@pytest.mark.parametrize(("path", "body", "heads"), [
    ("/export?format=csv&q=docket.sequence+%3C+9&from=&to=", None, 1),
    ("/export?format=ndjson&q=docket.sequence+%3C+9&from=&to=", None, 0),
    ("/export?l=esql&format=csv&q=FROM+events+%7C+KEEP+event.id+%7C+LIMIT+5&from=&to=", None, 1),
    ("/dashboards/audit-overview/panels/top-users.csv?from=&to=", None, 1),
    ("/api/v1/search", {"query": "docket.sequence < 9", "format": "csv"}, 1),
    # Behind its rows stands a line about all of them.
    ("/api/v1/search", {"query": "docket.sequence < 9", "format": "ndjson"}, 1),
    ("/api/v1/query", {"query": "FROM events | KEEP event.id | LIMIT 5", "format": "csv"}, 1),
])
def test_a_file_and_its_receipt_agree_here_and_in_a_shell(docket, session, tmp_path, path, body, heads):
    answer, receipt = export(session, docket, path, body)
    said = json.loads(receipt)
    assert said["sha256"] == hashlib.sha256(answer.content).hexdigest() and said["bytes"] == len(answer.content)
    lines = answer.content.splitlines()
    assert said["rows"] == len(lines) - heads
    assert said["checkpoint"]["size"] > 0 and said["cut"] is False
    assert json.loads(session.get(f"{docket.console}/exports/{said['id']}.json", timeout=PATIENCE).content) == said
    file, beside = tmp_path / "file", tmp_path / "receipt"
    file.write_bytes(answer.content)
    beside.write_bytes(receipt)
    verified = run("export", "verify", file, beside)
    assert verified.returncode == 0 and said["id"] in verified.stdout.decode(), verified.stderr
    file.write_bytes(answer.content + b"x")
    changed = run("export", "verify", file, beside)
    assert changed.returncode == 1 and "is not what was exported" in changed.stdout.decode()
    assert run("export", "verify", file, file).returncode == 2
    assert run("export", "verify", tmp_path / "none", beside).returncode == 2

    page = get(session, docket, f"/exports/{said['id']}")
    assert said["sha256"] in page.text and "✓ Whole" in page.text
    assert f"/exports/{said['id']}" in get(session, docket, "/exports").text


def test_the_integrity_page_proves_a_file_by_its_receipt(docket, session):
    answer, receipt = export(session, docket, "/export?format=csv&q=docket.sequence+%3C+9&from=&to=")
    said = json.loads(receipt)
    verdict = told(upload(session, docket, ("file.csv", answer.content), ("receipt.json", receipt)), "export-result")
    assert verdict[0] == "proven" and f"record {said['record']}" in verdict[1]

    def state(file, receipt):
        return told(upload(session, docket, ("receipt.json", receipt), ("file.csv", file)), "export-result")[0]

    assert state(answer.content, receipt) == "proven"
    assert state(answer.content + b"\r\n", receipt) == "changed"
    # Another receipt for another file, which no record tells of.
    forged = answer.content.replace(b"tool_result", b"tool_resolt") + b"x"
    lie = said | {"sha256": hashlib.sha256(forged).hexdigest(), "bytes": len(forged)}
    assert state(forged, json.dumps(lie, separators=(",", ":"))) == "changed"
    assert state(answer.content, json.dumps(said | {"record": 3}, separators=(",", ":"))) == "changed"
    assert state(answer.content, json.dumps(said | {"record": 10**9}, separators=(",", ":"))) == "cannot-tell"
    assert state(answer.content, receipt[: len(receipt) // 2]) == "cannot-tell"
    alone = told(upload(session, docket, ("receipt.json", receipt)), "export-result")
    assert alone[0] == "cannot-tell" and "choose both" in alone[1]


def test_a_long_query_outlasts_a_restart(tmp_path):
    with Docket(tmp_path, settings=QUIET) as docket:
        session = browser(docket)
        query = "event.action: tool_result or message: " + "x" * 7_000
        answer = session.post(
            f"{docket.console}/s", data={"form-token": session.token, "q": query, "address": "/search?from=&to="},
            allow_redirects=False, timeout=PATIENCE,
        )
        place = answer.headers["location"]
        assert answer.status_code == 303 and re.fullmatch(r"/s/[0-9a-f]{32}\?from=&to=", place)
    with Docket(tmp_path, settings=QUIET) as docket:
        page = get(browser(docket), docket, place)
        assert page.status_code == 200 and "x" * 7_000 in page.text
