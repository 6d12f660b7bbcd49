"""Sessions, people, inventory, cost and fleet, of a simulated organization: pages say what the query API says."""

import csv
import html
import io
import json
import re

import pytest
import requests

from docket import BEARER, PATIENCE, TOKEN, Docket, run

ALL = {"from": "", "to": ""}
SESSION = "COALESCE(claude_code.events.session.id, claude_cowork.events.session.id)"
COST = "COALESCE(claude_code.events.cost_usd, claude_cowork.events.cost_usd)"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A server to which four days of an organization were told, always the same, and the truth of them."""
    folder = tmp_path_factory.mktemp("sessions")
    with Docket(folder / "server") as docket:
        manifest = folder / "truth.json"
        ended = run(
            "simulate", "organization", "--people", "12", "--days", "4", "--seed", "7",
            "--until", "2026-10-09T18:00:00Z", "--otlp", docket.http, "--manifest", manifest, timeout=180,
        )
        assert ended.returncode == 0, ended.stderr
        truth = json.loads(manifest.read_text())
        docket.wait_for(sum(stream["total"] for name, stream in truth["streams"].items() if name != "anthropic.audit"))
        yield docket, truth


@pytest.fixture(scope="module")
def browser(told):
    docket, _ = told
    with requests.Session() as session:
        session.headers["Origin"] = docket.console
        answer = session.post(
            f"{docket.console}/sign-in", data={"token": TOKEN, "next": "/"}, allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code == 303
        yield session


def query(docket, text):
    """Rows of ES|QL as dictionaries."""
    answer = requests.post(
        f"{docket.console}/api/v1/query", json={"query": text, "limit": 10_000}, headers=BEARER, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    names = [column["name"] for column in body["columns"]]
    return [dict(zip(names, row)) for row in body["values"]]


def get(browser, docket, path, **parameters):
    answer = browser.get(docket.console + path, params=parameters, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text[-2000:]
    for trace in ["javascript:", " style=", 'href="http']:
        assert trace not in answer.text
    return answer.text


def rows(page, table):
    """The rows of a table by their keys, each with its numbers by the names of columns."""
    found = re.search(rf'<(table|p)[^>]* data-testid="{table}".*?</\1>', page, re.S)
    assert found, f"no table {table}"
    return {
        html.unescape(key): {
            name: float(number) for name, number in re.findall(r'data-key="([^"]*)" data-value="([^"]*)"', row)
        }
        for key, row in re.findall(r'<tr data-key="([^"]*)">(.*?)</tr>', found[0], re.S)
    }


def near(left, right):
    return left == pytest.approx(right, rel=1e-9)


def all_sessions(browser, docket):
    found, page = {}, 1
    while more := rows(get(browser, docket, "/sessions", page=page, **ALL), "sessions"):
        assert not found.keys() & more.keys()
        found.update(more)
        page += 1
    return found


def test_each_session_has_the_numbers_that_a_query_gives(told, browser):
    docket, _ = told
    wanted = query(
        docket,
        f"FROM claude_code.events, claude_cowork.events | EVAL s = {SESSION}, c = {COST}, "
        "d = COALESCE(claude_code.events.decision, claude_cowork.events.decision) | STATS "
        'prompts = COUNT(*) WHERE event.action == "user_prompt", tools = COUNT(*) WHERE event.action == "tool_result", '
        'rejects = COUNT(*) WHERE event.action == "tool_decision" AND d == "reject", cost = SUM(c) BY s',
    )
    found = all_sessions(browser, docket)
    assert len(wanted) > 50 and found.keys() == {row["s"] for row in wanted}
    for row in wanted:
        shown = found[row["s"]]
        assert [shown[name] for name in ("prompts", "tools", "rejects")] == [
            row[name] for name in ("prompts", "tools", "rejects")]
        assert near(shown["cost"], row["cost"]) if row["cost"] is not None else "cost" not in shown


def test_the_hole_of_the_story_is_found_with_its_numbers(told, browser):
    docket, truth = told
    hole = next(gap for gap in truth["gaps"] if gap["gap"] == "sequence-hole")["events"]
    session, numbers = hole[0]["session"], sorted(event["sequence"] for event in hole)
    only = rows(get(browser, docket, "/sessions", only="gaps", **ALL), "sessions")
    assert only[session]["missing"] == len(numbers)
    page = get(browser, docket, f"/sessions/{session}")
    assert rows(page, "holes") == {f"{numbers[0]}–{numbers[-1]}": {"count": len(numbers), "process": 1}}


def test_the_lineage_has_each_call_and_who_allowed_it(told, browser):
    docket, truth = told
    attack = next(one for one in truth["attacks"] if one["attack"] == "permanent-approval")
    event = next(one for one in attack["events"] if one["name"] == "tool_decision")
    session = event["session"]
    page = get(browser, docket, f"/sessions/{session}")
    calls = query(
        docket,
        f'FROM claude_code.events, claude_cowork.events | EVAL s = {SESSION} | WHERE s == "{session}" '
        'AND event.action IN ("tool_decision", "tool_result") | STATS n = COUNT(*) BY gen_ai.tool.call.id',
    )
    assert rows(page, "lineage").keys() == {call["gen_ai.tool.call.id"] for call in calls}
    assert "person, for ever" in page and "npm run deploy" not in page
    shown = reveal(browser, docket, session)
    assert "npm run deploy" in shown and rows(shown, "lineage") == rows(page, "lineage")


def reveal(browser, docket, session):
    """Asks for the content of a session as its page does."""
    place = f"/sessions/{session}"
    token = re.search(r'name="form-token" value="([0-9a-f]+)"', get(browser, docket, place))[1]
    answer = browser.post(
        f"{docket.console}/content", timeout=PATIENCE, allow_redirects=False,
        data={"form-token": token, "session": session, "next": place, "reason": f"to look at {session}"})
    assert answer.status_code == 303 and answer.headers["location"] == place
    return get(browser, docket, place)


def test_a_call_that_nobody_looked_at_is_one_that_no_person_decided(told, browser):
    docket, _ = told
    session = max(all_sessions(browser, docket).items(), key=lambda item: item[1]["tools"])[0]
    decided = query(
        docket,
        f'FROM claude_code.events, claude_cowork.events | EVAL s = {SESSION}, d = COALESCE('
        "claude_code.events.source, claude_cowork.events.source) "
        f'| WHERE s == "{session}" AND event.action == "tool_decision" AND d IN ("config", "hook") '
        "| STATS n = COUNT(*) BY gen_ai.tool.call.id",
    )
    shown = rows(get(browser, docket, f"/sessions/{session}", only="unseen"), "lineage")
    assert shown.keys() == {call["gen_ai.tool.call.id"] for call in decided} and shown


def test_a_session_is_taken_out_with_its_metrics_and_spans(told, browser):
    docket, _ = told
    session = query(
        docket, "FROM claude_code.events | STATS n = COUNT(*) BY s = claude_code.events.session.id | SORT n DESC | LIMIT 1"
    )[0]["s"]
    page = get(browser, docket, f"/sessions/{session}")
    link = html.unescape(re.search(r'href="([^"]+)" data-testid="bundle"', page)[1])
    answer = browser.get(docket.console + link, timeout=PATIENCE)
    documents = [json.loads(line) for line in answer.content.splitlines()]
    assert {document["event"]["dataset"] for document in documents} == {
        "claude_code.events", "claude_code.metrics", "claude_code.traces"}
    assert all(session in json.dumps(document) for document in documents)
    assert "attachment" in answer.headers["content-disposition"]


def test_people_have_the_numbers_that_a_query_gives(told, browser):
    docket, _ = told
    wanted = query(docket, f"FROM events | EVAL s = {SESSION} | STATS n = COUNT(*), s = COUNT_DISTINCT(s) BY user.key")
    shown = rows(get(browser, docket, "/people", **ALL), "people")
    assert {key: (row["events"], row["sessions"]) for key, row in shown.items()} == {
        row["user.key"]: (row["n"], row["s"]) for row in wanted if row["user.key"]}
    person, events = max(((row["user.key"], row["n"]) for row in wanted if row["user.key"]), key=lambda one: one[1])
    page = get(browser, docket, f"/people/{requests.utils.quote(person, safe='')}", **ALL)
    cells = re.findall(r'data-key="[A-Z][a-z]+day \d\d:00"(?: data-value="(\d+)")?', page)
    assert len(cells) == 168 and sum(int(cell or 0) for cell in cells) == events


def test_the_inventory_has_what_a_query_gives(told, browser):
    docket, _ = told
    wanted = query(
        docket, 'FROM claude_code.events, claude_cowork.events | WHERE event.action == "api_request" '
        "| STATS n = COUNT(*), p = COUNT_DISTINCT(user.key) BY gen_ai.request.model")
    shown = rows(get(browser, docket, "/inventory", tab="models", **ALL), "inventory")
    assert {key: (row["uses"], row["people"]) for key, row in shown.items()} == {
        row["gen_ai.request.model"]: (row["n"], row["p"]) for row in wanted}
    for tab in ["mcp", "plugins", "skills", "hooks", "domains"]:
        assert rows(get(browser, docket, "/inventory", tab=tab, **ALL), "inventory"), tab


def test_what_a_list_approves_is_approved(make, tmp_path):
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "list_mcp_approved.csv").write_text("item,approved:boolean,owner\ngithub,true,it@example.com\nlinear,false,\n")
    docket = make(settings=f"store:\n  lists: {lists}\n").start()
    assert run("simulate", "organization", "--people", "3", "--days", "1", "--otlp", docket.http).returncode == 0
    docket.wait_for(50)
    with requests.Session() as session:
        session.headers["Origin"] = docket.console
        session.post(f"{docket.console}/sign-in", data={"token": TOKEN, "next": "/"}, timeout=PATIENCE)
        page = get(session, docket, "/inventory", **ALL)
    states = dict(re.findall(r'<tr data-key="([^"]+)">.*?data-about="(approved|denied|unknown)"', page, re.S))
    assert states["github"] == "approved" and states["linear"] == "denied" and states["sentry"] == "unknown"
    assert "it@example.com" in page


def test_cost_is_what_a_query_gives_by_month_and_person(told, browser):
    docket, _ = told
    wanted = query(
        docket, f"FROM claude_code.events, claude_cowork.events | EVAL c = {COST} | STATS c = SUM(c), n = COUNT(c) "
        "BY month = DATE_FORMAT(\"yyyy-MM\", @timestamp), user.key | WHERE n > 0")
    assert wanted
    for month in {row["month"] for row in wanted}:
        page = get(browser, docket, "/cost", month=month)
        people = {row["user.key"]: row for row in wanted if row["month"] == month}
        shown = rows(page, "people")
        assert shown.keys() == people.keys()
        for key, row in people.items():
            assert near(shown[key]["cost"], row["c"]) and shown[key]["requests"] == row["n"]
        total = sum(row["c"] for row in people.values())
        sums = rows(page, "sums")
        assert near(sums["telemetry"]["spent"], total)
        assert "spent" not in sums["report"], "nobody has told of a bill"
        assert near(sum(row["telemetry"] for row in rows(page, "days").values()), total)
        answer = browser.get(f"{docket.console}/cost/chargeback.csv", params={"month": month}, timeout=PATIENCE)
        lines = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
        assert near(sum(float(line["amount"]) for line in lines), total)
        assert {line["basis"] for line in lines} == {"estimate"}


def test_the_fleet_has_each_person_and_client(told, browser):
    docket, _ = told
    wanted = query(
        docket, "FROM claude_code.events, claude_cowork.events | STATS n = COUNT(*), "
        "v = LAST(service.version, @timestamp) WHERE service.version IS NOT NULL BY user.key, docket.surface")
    page = get(browser, docket, "/fleet", **ALL)
    shown = rows(page, "clients")
    assert shown.keys() == {f"{row['user.key']} {row['docket.surface']}" for row in wanted}
    versions = rows(page, "versions")
    assert sum(row["events"] for row in versions.values()) == sum(row["n"] for row in wanted)
    assert sum(row["missing"] for row in shown.values()) == 2


def test_who_looked_at_a_session_is_in_the_record(told, browser):
    docket, _ = told
    session = next(iter(all_sessions(browser, docket)))
    asked = f"docket.access.query: *{session}*"
    get(browser, docket, f"/sessions/{session}")
    docket.wait_for(1, f"event.action: console-search and {asked}")
    reveal(browser, docket, session)
    looked = f'event.action: console-content and {asked} and docket.access.reason: "to look at {session}"'
    docket.wait_for(1, looked)
    assert "claude_code.events.prompt_text" in json.dumps(docket.documents(looked))
