"""The integrity page as an auditor without scripts meets it, and the proof of an event."""

import html
import re
import subprocess
from pathlib import Path

import pytest
import requests

from docket import BEARER, BINARY, PATIENCE, TOKEN, Docket, eventually, run
from ledger_test import VERIFIER, key, send, signed

QUIET = "ledger:\n  heartbeat: 24h\nintegrity:\n  interval: 0s\n"
# Often enough for a test to wait for it.
WATCHFUL = QUIET.replace("0s", "1s")


@pytest.fixture
def docket(tmp_path):
    with Docket(tmp_path, settings=QUIET) as docket:
        yield docket


def browser(docket):
    """Somebody who signed in with the form."""
    session = requests.Session()
    session.headers["Origin"] = docket.console
    answer = session.post(
        f"{docket.console}/sign-in", data={"token": TOKEN, "next": "/"}, allow_redirects=False, timeout=PATIENCE
    )
    assert answer.status_code == 303, answer.text
    page = session.get(f"{docket.console}/integrity", timeout=PATIENCE)
    session.token = re.search(r'name="form-token" value="([^"]+)"', page.text)[1]
    return session


def get(session, docket, path):
    answer = session.get(docket.console + path, timeout=PATIENCE)
    if answer.headers["content-type"].startswith("text/html"):
        for trace in ["javascript:", " onclick=", " style=", "<style", "<script>"]:
            assert trace not in answer.text.lower(), trace
    return answer


def told(page, test_id):
    """State and text of the element with an id for tests."""
    found = re.search(rf'<(\w+)([^>]*) data-testid="{test_id}"[^>]*>(.*?)</\1>', page.text, re.S)
    assert found, f"{test_id} in {page.text[:3000]}"
    state = re.search(r'data-state="([^"]*)"', found[2])
    return state and state[1], html.unescape(re.sub(r"<[^>]*>", "", found[3])).strip()


def check(session, docket, **fields):
    """Begins a check and waits for its end by loading its page again. The page, and the state of the check."""
    answer = session.post(
        f"{docket.console}/integrity/checks", data={**fields, "form-token": session.token}, allow_redirects=False,
        timeout=PATIENCE,
    )
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]

    def ended():
        page = get(session, docket, path)
        state = re.search(r'id="check" data-state="(\w+)"', page.text)[1]
        return (page, state) if state != "running" else None

    return eventually(ended, "the end of the check")


def first_event(docket):
    """An event of the first request that was sent, and the place of its record."""
    body = {"query": "event.action: user_prompt", "size": 50}

    def found():
        answer = requests.post(f"{docket.console}/api/v1/search", json=body, headers=BEARER, timeout=PATIENCE).json()
        hits = [hit["document"] for hit in answer["hits"] if hit["document"]["docket"]["sequence"] == 0]
        return hits and hits[0]

    return eventually(found, "the event can be found")["event"]["id"]


def test_a_good_record_verifies_and_the_page_remembers_it(docket):
    send(docket, 30)
    signed(docket, 30)
    session = browser(docket)
    state, sentence = told(get(session, docket, "/integrity"), "integrity-sentence")
    assert state == "open" and "30 records" in sentence and "none was checked" in sentence, sentence
    page, state = check(session, docket, what="all")
    assert state == "passed" and "All 30 records verify" in told(page, "check-result")[1]
    page = get(session, docket, "/integrity")
    state, sentence = told(page, "integrity-sentence")
    assert state == "good" and re.search(r"All 30 records from \S+ to \S+ verify. Last check less than a minute ago", sentence)
    assert len(re.findall(r'<g [^>]*data-state="verified"', page.text)) >= 1, "the calendar"
    assert 'data-value="30"' in page.text, "the checkpoint"
    docket.stop()
    docket.start()
    state, sentence = told(get(browser(docket), docket, "/integrity"), "integrity-sentence")
    assert state == "good" and "All 30 records" in sentence


def test_part_of_the_record_is_checked_and_the_page_says_which(docket):
    send(docket, 30)
    signed(docket, 30)
    session = browser(docket)
    page, state = check(session, docket, what="records", first="10", last="19")
    assert state == "passed" and "All 10 records verify" in told(page, "check-result")[1]
    state, sentence = told(get(session, docket, "/integrity"), "integrity-sentence")
    assert state == "open" and sentence.startswith("○ 10 of 30 records"), sentence
    page, state = check(session, docket, what="time", **{"from": "now-1h", "to": "now"})
    assert state == "passed" and "All 30 records verify" in told(page, "check-result")[1]
    for fields, words in [
        ({"what": "records", "first": "30"}, "the last is 29"),
        ({"what": "records", "first": "9", "last": "3"}, "must not be before"),
        ({"what": "time", "from": "1999-01-01", "to": "1999-01-02"}, "No record was accepted"),
        ({"what": "time", "from": "never"}, "cannot be understood"),
        ({"what": "everything"}, "`what` must be"),
    ]:
        answer = session.post(
            f"{docket.console}/integrity/checks", data={**fields, "form-token": session.token}, timeout=PATIENCE
        )
        assert answer.status_code == 400 and words in html.unescape(answer.text), (fields, answer.text)


def flip(file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 4
    file.write_bytes(content)


@pytest.mark.parametrize("part", ["journal", "leaves"])
def test_one_flipped_bit_turns_the_page_red_and_names_the_record(docket, part):
    send(docket, 20)
    signed(docket, 20)
    docket.stop()
    if part == "journal":
        file = Path(docket.data) / "journal/00000000000000000001.seg"
        flip(file, file.stat().st_size // 2)
    else:
        flip(Path(docket.data) / "ledger/default.leaves.0000", 126 * 7 + 100)
    docket.start()
    session = browser(docket)
    page, state = check(session, docket, what="records", first="0", last="19")
    assert state == "failed", told(page, "check-result")
    named = [int(number) for number in re.findall(r'href="/integrity/records/(\d+)"', page.text)]
    assert named and (part == "journal" or 7 in named)
    table = told(page, "findings")[1]
    assert {"journal": "the record is missing", "leaves": "its leaf is not what was hashed"}[part] in table
    record = get(session, docket, f"/integrity/records/{7 if part == 'leaves' else named[0]}")
    assert told(record, "record-state")[0] == {"journal": "missing", "leaves": "leaf-changed"}[part]
    hashes = re.findall(r'<dd class="hash">([\w+/=]{44})</dd>', record.text)
    assert len(set(hashes)) == {"journal": 1, "leaves": 2}[part], "expected, and found where there is one"
    assert re.search(r"/integrity/records/\d+[^.]*✓ unchanged", record.text), "a neighbor"
    page = get(session, docket, "/integrity")
    state, sentence = told(page, "integrity-sentence")
    assert state == "bad" and "not what was recorded" in sentence and str(named[0]) in sentence, sentence
    assert re.search(r'<g [^>]*data-state="problem"', page.text), "the calendar"


def test_what_the_server_finds_by_itself_is_told_on_every_page_and_in_the_record(tmp_path):
    with Docket(tmp_path, settings=WATCHFUL) as docket:
        send(docket, 20)
        signed(docket, 20)
        session = browser(docket)
        page = get(session, docket, "/integrity")
        assert "by itself, each time after 1 second" in told(page, "standing")[1]

        def says(state):
            return told(get(session, docket, "/integrity"), "integrity-sentence")[0] == state

        eventually(lambda: says("good"), "all records are compared")
        assert "● Healthy" in told(get(session, docket, "/search"), "health")[1]
        docket.stop()
        flip(Path(docket.data) / "ledger/default.leaves.0000", 126 * 7 + 100)
        docket.start()
        session = browser(docket)
        eventually(lambda: says("bad"), "the change is found")
        assert "problem" in told(get(session, docket, "/search"), "health")[1]
        assert "The record is not what was signed" in get(session, docket, "/integrity").text
        docket.wait_for(1, 'event.action: "record-check-failed"')


def test_the_proof_of_an_event_is_shown_downloaded_and_checked_elsewhere(docket, tmp_path):
    send(docket, 9)
    signed(docket, 9)
    event = first_event(docket)
    session = browser(docket)
    page = get(session, docket, f"/events/{event}/proof")
    assert told(page, "proof-state")[0] == "proven"
    facts = told(page, "proof-facts")[1]
    assert "leaf 0" in facts and "no chain" in facts and "Signature" in facts
    answer = session.get(f"{docket.console}/api/v1/events/{event}/proof", timeout=PATIENCE)
    assert answer.status_code == 200 and "record-0.tlog-proof" in answer.headers["content-disposition"]
    file = tmp_path / "record.tlog-proof"
    file.write_bytes(answer.content)
    ended = subprocess.run([VERIFIER, "record", "--key", key(docket), file], capture_output=True, timeout=20)
    assert ended.returncode == 0 and b"proven: record 0" in ended.stdout and b"person0@example.com" in ended.stdout
    assert b"secret-0-words" not in ended.stdout
    shown = set(re.findall(r'<li class="hash">([^<]+)</li>', page.text))
    assert shown and all(f"\n{one}\n" in answer.text for one in shown), "the path on the page is the one in the file"
    assert requests.get(f"{docket.console}/api/v1/events/{event}/proof", timeout=PATIENCE).status_code == 401
    assert session.get(f"{docket.console}/api/v1/events/nothing/proof", timeout=PATIENCE).status_code == 404
    assert session.get(f"{docket.console}/events/nothing/proof", timeout=PATIENCE).status_code == 404
    text = get(session, docket, "/integrity/verifier.txt")
    assert key(docket) in text.text and "docket-verify record" in text.text


def upload(session, docket, *files):
    return session.post(
        f"{docket.console}/integrity/exports", data={"form-token": session.token},
        files=[("files", file) for file in files], timeout=PATIENCE,
    )


def test_exports_are_checked_and_broken_ones_are_told_from_strange_ones(docket, tmp_path):
    send(docket, 9)
    signed(docket, 9)
    session = browser(docket)
    proof = session.get(f"{docket.console}/api/v1/events/{first_event(docket)}/proof", timeout=PATIENCE).text
    verdict = told(upload(session, docket, ("record.tlog-proof", proof)), "export-result")
    assert verdict[0] == "proven" and "record 0" in verdict[1]
    assert told(upload(session, docket, ("p", proof.replace("\nindex 0\n", "\nindex 1\n"))), "export-result")[0] == "changed"
    for text in ["", "hello", proof[: len(proof) // 2], proof.replace("docket-", "locket-")]:
        assert told(upload(session, docket, ("strange", text)), "export-result")[0] == "cannot-tell", text[:40]
    hostile = upload(session, docket, ("<script>alert(1)</script>", "x"))
    assert "<script>alert" not in hostile.text and "&lt;script&gt;alert" in hostile.text

    ended = run("prove", "--from", "2", "--to", "6", "--out", tmp_path / "range", "--data", docket.data)
    assert ended.returncode == 0, ended.stderr
    range_proof, lines = [(tmp_path / "range" / name).read_text() for name in ["proof", "records.ndjson"]]
    both = [("proof", range_proof), ("records.ndjson", lines)]
    verdict = told(upload(session, docket, *both), "export-result")
    assert verdict[0] == "proven" and "records 2 to 6" in verdict[1]
    changed = lines.replace("person4@example.com", "person5@example.com", 1)
    page = upload(session, docket, both[0], ("records.ndjson", changed))
    assert told(page, "export-result")[0] == "changed" and "record 4" in told(page, "export-details")[1]
    shorter = "".join(lines.splitlines(keepends=True)[:-1])
    assert told(upload(session, docket, both[0], ("records.ndjson", shorter)), "export-result")[0] == "cannot-tell"
    assert told(upload(session, docket, both[0]), "export-result")[0] == "cannot-tell"

    note = run("prove", "--checkpoint", "9", "--data", docket.data).stdout.decode()
    verdict = told(upload(session, docket, ("checkpoint", note)), "export-result")
    assert verdict[0] == "proven" and "continues it" in verdict[1], verdict


def test_forms_are_taken_from_our_own_pages_alone_and_have_a_bound(docket):
    send(docket, 3)
    signed(docket, 3)
    session = browser(docket)
    for path in ["/integrity/checks", "/integrity/exports", "/integrity/checks/1/stop"]:
        answer = session.post(docket.console + path, headers={"Origin": "https://evil.example.com"}, timeout=PATIENCE)
        assert answer.status_code == 403, path
        # From our own page, and still without the token that only it knows.
        answer = session.post(docket.console + path, files={"files": b"x"} if "exports" in path else None, timeout=PATIENCE)
        assert answer.status_code == 403, path
        assert requests.post(docket.console + path, allow_redirects=False, timeout=PATIENCE).status_code == 303, path
    assert upload(session, docket, ("large", b"x" * (9 << 20))).status_code == 413
    answer = session.post(f"{docket.console}/integrity/exports", data=b"x", timeout=PATIENCE)
    assert answer.status_code == 400 and "multipart/form-data" in answer.text
    answer = session.post(f"{docket.console}/sign-in", data=b"x" * (1 << 20), timeout=PATIENCE)
    assert answer.status_code == 413, "other forms are small"
    assert session.get(f"{docket.console}/integrity/checks/1", timeout=PATIENCE).status_code == 404


def test_the_hours_of_a_source_are_counted_and_the_frame_shows_the_checkpoint(docket):
    send(docket, 12)
    signed(docket, 12)
    session = browser(docket)
    page = eventually(
        lambda: (page := get(session, docket, "/integrity")) and 'data-testid="gaps"' in page.text and page, "the hours")
    assert "No gap" in told(page, "gaps")[1] and "otlp-http" in page.text
    assert re.search(r'Last checkpoint: <a [^>]*data-value="12"', page.text)
    assert "no-deletions" in page.text
    empty = get(session, docket, "/integrity?day=1999-01-01")
    assert "Completeness on 1999-01-01" in empty.text


def test_before_the_first_record_the_page_says_that_there_is_none(docket):
    page = get(browser(docket), docket, "/integrity")
    assert told(page, "integrity-sentence")[1].endswith("Nothing is recorded yet.")
