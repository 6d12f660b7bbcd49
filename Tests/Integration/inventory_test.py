"""What people decide about the inventory, and content that is asked for: pages, the command line, queries and the record."""

import json
import re
from urllib.parse import quote

import pytest
import requests

import claude
from docket import BEARER, PATIENCE, at, eventually, run
from sessions_test import query
from signin_test import RECORDED, acts, add, signed_in

# The rule for MCP servers that nobody has approved, as rules write it.
RULE = """
FROM logs-claude_code.events.otel-*
| WHERE event.action == "tool_result" AND claude_code.events.mcp_server_name IS NOT NULL
| EVAL mcp_server = TO_LOWER(claude_code.events.mcp_server_name)
| LOOKUP JOIN list_mcp_approved ON mcp_server
| WHERE approved IS NULL OR approved == false
| STATS n = COUNT(*) BY mcp_server | SORT mcp_server
"""


def events(docket, *servers):
    """A result of a tool of each server."""
    records = []
    for number, server in enumerate(servers):
        attributes = dict(next(claude.events(1, 71))[1])
        attributes |= {"event.name": "tool_result", "event.sequence": 100 + number, "mcp_server_name": server}
        attributes |= {"tool_parameters": json.dumps({"bash_command": "git push --force origin main"})}
        records.append(claude.record(100 + number, attributes))
    answer = requests.post(f"{docket.http}/v1/logs", json=claude.request(records), headers=BEARER, timeout=PATIENCE)
    assert answer.status_code == 200
    docket.wait_for(len(records), "event.sequence >= 100")


def inventory(docket, *words):
    ended = run("inventory", *words, "--data", docket.data)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def place(item, kind="mcp"):
    return f"/inventory/decision?kind={kind}&item={quote(item, safe='')}"


def found(docket):
    return [row["mcp_server"] for row in query(docket, RULE)]


@pytest.fixture(scope="module")
def people():
    return ["viewer", "auditor", "analyst", "admin"]


def test_a_decision_is_what_the_rule_reads_and_outlives_the_server(make, people):
    docket = make(settings=RECORDED).start()
    for role in people:
        add(docket, f"{role}@example.com", role)
    events(docket, "GitHub", "Linear", "sentry")
    assert found(docket) == ["github", "linear", "sentry"]
    analyst = signed_in(docket, "analyst@example.com")
    answer = analyst.form(
        place("GitHub"), **{"form-token": analyst.token(), "state": "approved", "owner": "it@example.com",
                            "note": "read only", "reason": "ticket 7", "next": "/inventory"})
    assert answer.status_code == 303 and answer.headers["location"] == "/inventory"
    assert found(docket) == ["linear", "sentry"]
    for role in ["viewer", "auditor"]:
        other = signed_in(docket, f"{role}@example.com")
        refused = other.form(place("sentry"), **{"form-token": other.token(), "state": "approved"})
        assert refused.status_code == 403, role
    code, out, _ = inventory(docket, "deny", "mcp", "LINEAR", "--reason", "leaks")
    assert code == 0 and "linear is denied in list_mcp_approved" in out
    one, two = sorted(acts(docket, "inventory-decided", 2), key=lambda act: at(act, "docket.access.item"))
    assert (at(one, "user.name"), at(one, "docket.access.item")) == ("analyst@example.com", "github")
    assert "state: unknown to approved" in at(one, "docket.access.changes")
    assert "owner: nobody to it@example.com" in at(one, "docket.access.changes")
    assert (at(one, "docket.access.reason"), at(one, "docket.access.note")) == ("ticket 7", "read only")
    assert "(command line)" in at(two, "user.name") and at(two, "docket.access.reason") == "leaks"

    def proof():
        ended = run("prove", at(one, "event.id"), "--data", docket.data)
        return ended.returncode == 0 and ended.stdout

    # A checkpoint is half a second behind.
    assert b"c2sp.org/tlog-proof" in eventually(proof, "a proof of the decision")
    page = eventually(lambda: "ticket 7" in analyst.at(place("github")).text and analyst.at(place("github")).text, "history")
    assert 'data-about="approved"' in page and "state: unknown to approved" in page
    docket.stop()
    docket.start()
    assert found(docket) == ["linear", "sentry"]
    listed = [json.loads(line) for line in inventory(docket, "list", "--format", "ndjson")[1].splitlines()]
    assert [(one["item"], one["state"]) for one in listed] == [("github", "approved"), ("linear", "denied")]
    assert inventory(docket, "forget", "mcp", "github")[0] == 0
    eventually(lambda: found(docket) == ["github", "linear", "sentry"], "nobody approves it any more")
    # The same decisions again are no news.
    assert len(acts(docket, "inventory-decided", 3)) == 3
    assert (docket.data / "inventory.json").stat().st_mode & 0o777 == 0o600


def test_a_file_counts_before_decisions(make, tmp_path):
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "list_mcp_approved.csv").write_text("mcp_server,approved:boolean\ngithub,true\n")
    docket = make(settings=f"store:\n  lists: {lists}\n{RECORDED}").start()
    add(docket, "admin@example.com", "admin")
    events(docket, "github", "linear")
    assert found(docket) == ["linear"]
    admin = signed_in(docket, "admin@example.com")
    page = admin.at(place("github")).text
    assert 'data-testid="fixed"' in page and 'data-testid="decide"' not in page
    refused = admin.form(place("github"), **{"form-token": admin.token(), "state": "denied"})
    assert refused.status_code == 400 and "counts first" in refused.text
    assert admin.form(place("linear"), **{"form-token": admin.token(), "state": "approved"}).status_code == 303
    assert found(docket) == []
    (lists / "list_mcp_approved.csv").write_text("mcp_server,approved:boolean\nlinear,false\n")
    eventually(lambda: found(docket) == ["github", "linear"], "the file as it is now")


@pytest.mark.parametrize(
    "words, message",
    [
        (["approve", "mcp"], "KIND NAME"), (["approve", "mpc", "a"], "did you mean `mcp`"),
        (["aprove", "mcp", "a"], "did you mean `approve`"), (["deny", "mcp", ""], "the item must be"),
        (["deny", "mcp", "a", "--owner", "x" * 255], "the owner must be"),
        (["deny", "mcp", "a", "--tenant", "A B"], "not a tenant name"), (["list", "--format", "xml"], "no format"),
    ],
)
def test_a_wrong_wish_is_told_with_a_remedy(tmp_path, words, message):
    ended = run("inventory", *words, "--data", tmp_path)
    assert ended.returncode == 2 and message in ended.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_content_is_covered_until_somebody_asks(make, people):
    docket = make(settings=RECORDED).start()
    for role in people:
        add(docket, f"{role}@example.com", role)
    events(docket, "github")
    event = at(docket.documents("event.sequence: 100")[0], "event.id")
    address, command = f"/events/{event}?tab=json", "git push --force"
    for role in people:
        page = signed_in(docket, f"{role}@example.com").at(address).text
        assert command not in page and re.search(r"\[\d+ characters, not shown\]", page), role
        assert ('data-testid="reveal"' in page) == (role in ["analyst", "admin"]), role
    analyst, viewer = signed_in(docket, "analyst@example.com"), signed_in(docket, "viewer@example.com")
    fields = {"event": event, "next": address, "reason": "incident 9"}
    assert viewer.form("/content", **{"form-token": viewer.token()}, **fields).status_code == 403
    assert analyst.form("/content", **fields).status_code == 403
    assert analyst.at("/content", params=fields).status_code == 405
    assert command not in analyst.at(address).text
    answer = analyst.form("/content", **{"form-token": analyst.token()}, **fields)
    assert answer.status_code == 303 and answer.headers["location"] == address
    assert command in analyst.at(address).text and command in analyst.at(f"/events/{event}?tab=table").text
    columns = {"q": "event.sequence: 100", "cols": "claude_code.events.tool_parameters", "from": "", "to": ""}
    assert "characters, not shown]" in (listed := analyst.at("/search", params=columns).text) and command not in listed
    assert command not in signed_in(docket, "admin@example.com").at(address).text
    looked = [act for act in acts(docket, "console-content") if at(act, "docket.access.event") == event]
    assert [(at(act, "user.name"), at(act, "docket.access.reason")) for act in looked] == [
        ("analyst@example.com", "incident 9")]
    assert "claude_code.events.tool_parameters" in at(looked[0], "docket.access.fields")
