"""The console as a browser without scripts sees it."""

import html
import json
import re

import pytest
import requests

import claude
from docket import BEARER, PATIENCE, TOKEN, Docket

TIME = {"from": "2026-10-08T08:15:00Z", "to": "2026-10-08T08:16:00Z"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with Docket(tmp_path_factory.mktemp("console")) as docket:
        records = [claude.record(*one) for one in claude.events(40, 70)]
        nasty = dict(next(claude.events(1, 71))[1], tool_name="<script>alert(1)</script>")
        records.append(claude.record(900, {**nasty, "event.sequence": 900}))
        answer = requests.post(
            f"{docket.http}/v1/logs", json=claude.request(records), headers=BEARER, timeout=PATIENCE
        )
        assert answer.status_code == 200
        docket.wait_for(41)
        yield docket


@pytest.fixture
def browser(filled):
    """Somebody who signed in with the form."""
    session = requests.Session()
    session.headers["Origin"] = filled.console
    page = session.get(f"{filled.console}/search", params=TIME, timeout=PATIENCE)
    assert page.url.startswith(f"{filled.console}/sign-in?next=")
    following = html.unescape(re.search(r'name="next" value="([^"]*)"', page.text)[1])
    answer = session.post(
        f"{filled.console}/sign-in", data={"token": TOKEN, "next": following}, allow_redirects=False, timeout=PATIENCE
    )
    assert answer.status_code == 303 and answer.headers["location"] == following
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and TOKEN not in cookie
    yield session
    session.close()


def get(browser, docket, path, **parameters):
    answer = browser.get(docket.console + path, params=parameters, timeout=PATIENCE)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.headers["content-type"].startswith("text/html"):
        # The only scripts are files of our own.
        text = re.sub(r'<script type="module" src="/assets/[0-9a-f]+/[a-z]+\.js"></script>', "", answer.text)
        for trace in ["<script", "javascript:", " onclick=", " style=", "<style"]:
            assert trace not in text.lower(), trace
    return answer


def test_the_search_page_shows_events_and_each_leads_to_its_page(filled, browser):
    page = get(browser, filled, "/search", q='event.action: "tool_decision"', **TIME)
    assert page.status_code == 200
    assert "<svg" in page.text, "the histogram"
    ids = re.findall(r'<tr data-key="([^"]+)"', page.text)
    assert len(set(ids)) == 11
    event = get(browser, filled, f"/events/{html.unescape(ids[0])}")
    assert event.status_code == 200 and "tool_decision" in event.text and "claude_code" in event.text


def test_what_telemetry_says_is_never_markup(filled, browser):
    page = get(browser, filled, "/search", q="event.sequence: 900", **TIME)
    ids = re.findall(r'<tr data-key="([^"]+)"', page.text)
    assert len(ids) == 1
    event = get(browser, filled, f"/events/{html.unescape(ids[0])}")
    assert "&lt;script" in event.text


def test_a_query_that_cannot_be_read_stays_in_its_box(filled, browser):
    page = get(browser, filled, "/search", q='event.action: "', **TIME)
    assert page.status_code == 400
    assert "event.action: &quot;</textarea>" in page.text


def test_the_export_is_what_search_prints(filled, browser):
    answer = get(browser, filled, "/export", q="", **TIME)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    # What the browser did is found, too, and at another time.
    assert answer.content.splitlines() == filled.search("", "--from", TIME["from"], "--to", TIME["to"])


@pytest.mark.parametrize("path", ["/search", "/events/evt_any", "/export"])
def test_nobody_sees_a_page_without_signing_in(filled, path):
    answer = requests.get(filled.console + path, timeout=PATIENCE, allow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    assert "content-security-policy" in answer.headers


def test_a_form_from_elsewhere_signs_nobody_in(filled):
    for origin in [None, "https://evil.example.com", "null"]:
        headers = {"Origin": origin} if origin else {}
        answer = requests.post(
            f"{filled.console}/sign-in", data={"token": TOKEN}, headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_signing_out_ends_the_session(filled, browser):
    token = re.search(r'name="form-token" value="(\w+)"', get(browser, filled, "/search", **TIME).text)[1]
    for data, status in [({}, 403), ({"form-token": "0" * 64}, 403), ({"form-token": token}, 303)]:
        answer = browser.post(f"{filled.console}/sign-out", data=data, timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code == status
    assert "/sign-in" in browser.get(f"{filled.console}/search", timeout=PATIENCE).url


def test_a_wrong_token_is_401_and_many_are_429(make):
    docket = make().start()
    answers = [
        requests.post(
            f"{docket.console}/sign-in", data={"token": f"wrong {turn}"}, headers={"Origin": docket.console},
            timeout=PATIENCE,
        )
        for turn in range(12)
    ]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_the_api_has_words_for_what_is_wrong(filled):
    url = f"{filled.console}/api/v1/search"
    for body, status in [(b"{", 400), (b'{"quiry":""}', 400), (b'{"query":"a: ("}', 400), (b"\xff", 400)]:
        answer = requests.post(url, data=body, headers=BEARER, timeout=PATIENCE)
        assert answer.status_code == status and answer.json()["error"]["message"], body
    assert requests.post(url, data=b"{}", timeout=PATIENCE).status_code == 401
    assert requests.get(url, headers=BEARER, timeout=PATIENCE).status_code in (401, 405)
    answer = requests.post(url, data=json.dumps({"query": "event.sequence: 900"}), headers=BEARER, timeout=PATIENCE)
    assert len(answer.json()["hits"]) == 1
