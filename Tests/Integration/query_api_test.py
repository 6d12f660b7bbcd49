"""Searches and queries over HTTP and in a shell, as programs and people ask them."""

import csv
import io
import json
import signal
import socket
import subprocess

import pytest
import requests

import claude
from docket import BEARER, PATIENCE, TOKEN, Docket, at, eventually, run
from tokens_test import bearer, create

TIME = {"from": "2026-10-08T08:15:00Z", "to": "2026-10-08T08:16:00Z"}
COUNT = 40


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with Docket(tmp_path_factory.mktemp("query")) as docket:
        send(docket, BEARER, [claude.record(*one) for one in claude.events(COUNT, 80)])
        docket.wait_for(COUNT)
        yield docket


def send(docket, headers, records):
    answer = requests.post(
        f"{docket.http}/v1/logs", json=claude.request(records), headers=headers, timeout=PATIENCE
    )
    assert answer.status_code == 200, answer.text


def call(docket, path, body, headers=BEARER, **more):
    if isinstance(body, dict):
        more["json"] = body
    else:
        more["data"] = body
    return requests.post(f"{docket.console}/api/v1/{path}", headers=headers, timeout=PATIENCE, **more)


def good(docket, path, body, **more):
    answer = call(docket, path, body, **more)
    assert answer.status_code == 200, answer.text
    return answer


STATS = "FROM events | STATS n = COUNT(*) BY event.action | SORT n DESC, event.action"


def test_a_table_is_the_same_in_every_format_over_http_and_in_a_shell(filled):
    answer = good(filled, "query", {"query": STATS, **TIME}).json()
    assert [column["name"] for column in answer["columns"]] == ["n", "event.action"]
    assert sum(row[0] for row in answer["values"]) == COUNT and len(answer["values"]) == 4
    rows = [{"n": n, "event.action": action} for n, action in answer["values"]]
    lines = good(filled, "query", {"query": STATS, **TIME, "format": "ndjson"}).text.splitlines()
    assert [json.loads(line) for line in lines[:-1]] == rows
    assert json.loads(lines[-1])["docket"]["columns"] == answer["columns"]
    table = good(filled, "query", {"query": STATS, **TIME, "format": "csv"})
    read = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [{**row, "n": int(row["n"])} for row in read] == rows

    def shell(form, *options):
        time = ["--from", TIME["from"], "--to", TIME["to"]]
        ended = run("query", STATS, *time, "--format", form, "--url", filled.console, *options)
        assert ended.returncode == 0 and ended.stderr == b"", ended.stderr
        return ended.stdout.decode()

    assert json.loads(shell("json"))["values"] == answer["values"]
    assert [json.loads(line) for line in shell("ndjson").splitlines()] == rows
    assert shell("csv") == table.text
    shown = shell("table").splitlines()
    assert shown[0].split() == ["n", "event.action"] and len(shown) == 5
    assert len({line.index(row["event.action"]) for line, row in zip(shown[1:], rows)}) == 1, "columns stand below"


def test_a_shell_reads_a_data_directory_and_a_token_from_a_file(make, tmp_path):
    docket = make().start()
    send(docket, BEARER, [claude.record(*one) for one in claude.events(8, 81)])
    docket.wait_for(8)
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    query = 'FROM events | STATS n = COUNT(*)'
    ended = run("query", query, "--url", docket.console, "--token-file", file, "--format", "csv")
    assert ended.stdout == b"n\r\n8\r\n", ended.stderr
    file.write_text("docket_wrong")
    refused = run("query", query, "--url", docket.console, "--token-file", file)
    assert refused.returncode == 2 and b"docket_wrong" not in refused.stderr
    docket.stop()
    for form in ["json", "ndjson", "csv", "table"]:
        local = run("query", query, "--data", docket.data, "--format", form)
        assert local.returncode == 0 and b"8" in local.stdout, local.stderr
    local = ["query", query + " BY ??by | LIMIT ?", "--data", docket.data, "--param", "by=event.action"]
    assert b"combination of named and anonymous" in run(*local).stderr
    local[1] = query + " BY ??by | KEEP n | LIMIT ?most"
    assert run(*local, "--param", "most=1", "--format", "csv").stdout.splitlines()[0] == b"n"
    filtered = run("query", query, "--data", docket.data, "--format", "csv", "--filter", "event.action: tool_result")
    assert filtered.stdout == b"n\r\n2\r\n"
    for filter, n in [("event.action: tool_result", 1), ("not event.action: tool_result", 0)]:
        within = run("query", IN_QUERY, "--data", docket.data, "--format", "csv", "--filter", filter)
        assert within.stdout == b"n\r\n%d\r\n" % n, within.stderr
    nothing = run("query", 'FROM events | WHERE event.action == "none"', "--data", docket.data)
    assert nothing.returncode == 1


def test_parameters_are_given_beside_a_query_over_http_and_in_a_shell(filled, tmp_path):
    query = "FROM events | WHERE event.action == ?action | STATS n = COUNT(*) BY ??group"
    params = [{"action": "tool_result"}, {"group": "event.action"}]
    answer = good(filled, "query", {"query": query, "params": params, **TIME}).json()
    assert len(answer["values"]) == 1 and answer["values"][0][1] == "tool_result"
    time = ["--from", TIME["from"], "--to", TIME["to"]]
    given = ["--param", "action=tool_result", "--param", "group=event.action"]
    ended = run("query", query, *time, *given, "--format", "json", "--url", filled.console)
    assert json.loads(ended.stdout)["values"] == answer["values"], ended.stderr
    # A value is JSON where it can be: a number, a list, a text in quotes.
    typed = ["--param", "a=7", "--param", "b=[1, 2]", "--param", 'c="7"', "--param", 'd=it\'s | "x"']
    ended = run("query", "ROW a = ?a, b = ?b, c = ?c, d = ?d", *typed, "--format", "ndjson", "--url", filled.console)
    assert json.loads(ended.stdout.splitlines()[0]) == {"a": 7, "b": [1, 2], "c": "7", "d": 'it\'s | "x"'}, ended.stderr
    missing = run("query", "ROW a = ?action", "--param", "acton=1", "--url", filled.console)
    assert missing.returncode == 2 and b"did you mean [acton]?" in missing.stderr and b"^" in missing.stderr
    wrong = run("query", "ROW a = 1", "--param", "no value", "--url", filled.console)
    assert wrong.returncode == 2 and b"--param `no value` must be NAME=VALUE" in wrong.stderr


def test_a_wrong_query_is_shown_with_its_place(filled):
    for query, kind, line, column in [
        ("FROM events\n| WHERE (a ==", "parsing_exception", 2, None),
        ("FROM events | KEEP user.emial", "verification_exception", 1, 20),
        ("FROM nothing", "verification_exception", 1, None),
    ]:
        answer = call(filled, "query", {"query": query})
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["type"] == kind and error["line"] == line, error
        assert column in (None, error["column"])
    ended = run("query", "FROM events | KEEP user.emial", "--url", filled.console)
    assert ended.returncode == 2
    shown = ended.stderr.decode().splitlines()
    assert shown[1] == "  FROM events | KEEP user.emial"
    assert shown[2].index("^") == shown[1].index("user.emial")
    kql = run("search", "event.action: (a", "--url", filled.console)
    assert kql.returncode == 2 and b"^" in kql.stderr


def test_hits_are_exported_whole_and_with_the_fields_that_are_asked_for(filled):
    lines = good(filled, "search", {**TIME, "size": 1000, "format": "ndjson"}).text.splitlines()
    assert json.loads(lines[-1])["docket"]["total"] == COUNT == len(lines) - 1
    bare = good(filled, "search", {**TIME, "size": 1000}, headers={**BEARER, "Accept": "application/x-ndjson"})
    assert bare.text.splitlines() == lines[:-1] and bare.headers["docket-total"] == str(COUNT)
    table = good(filled, "search", {**TIME, "size": 1000, "format": "csv", "fields": ["event.id", "user.*"]})
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert len(rows) == COUNT and {row["user.email"] for row in rows} == {"ada@example.com"}
    hits = good(filled, "search", {**TIME, "size": 1, "fields": ["user.email"]}).json()["hits"]
    assert hits[0]["document"] == {"user": {"email": "ada@example.com"}}
    seen, after = [], None
    while True:
        page = good(filled, "search", {**TIME, "size": 7, **({"after": after} if after else {})}).json()
        seen += [hit["id"] for hit in page["hits"]]
        if "next" not in page:
            break
        after = page["next"]
    assert len(seen) == len(set(seen)) == COUNT


def test_sequences_are_found_over_http_and_in_a_shell(filled):
    query = """sequence by user.email [any where event.action == "tool_decision"] [any where event.action == "tool_result"]"""
    answer = good(filled, "search", {"query": query, "language": "eql", "size": 3, **TIME}).json()
    assert answer["total"] == 3 and not answer["partial"]
    for sequence in answer["sequences"]:
        actions = [event["document"]["event"]["action"] for event in sequence["events"]]
        assert actions == ["tool_decision", "tool_result"]
        assert sequence["join_keys"] == [at(event["document"], "user.email") for event in sequence["events"][:1]]
    words = ["search", query, "--language", "eql", "--limit", "3", "--from", TIME["from"], "--to", TIME["to"]]
    lines = run(*words, "--format", "ndjson", "--url", filled.console)
    assert [json.loads(line) for line in lines.stdout.splitlines()] == answer["sequences"], lines.stderr
    shown = run(*words, "--columns", "event.action", "--url", filled.console).stdout.decode().split()
    assert shown == ["sequence", "event.action"] + [
        word for n in "123" for word in [n, "tool_decision", n, "tool_result"]
    ]
    wrong = call(filled, "search", {"query": "any where (", "language": "eql"})
    assert wrong.status_code == 400 and wrong.json()["error"]["type"] == "parsing_exception"


def test_fields_and_their_values_are_those_of_the_events(filled):
    fields = {field["name"]: field for field in good(filled, "fields", TIME).json()["fields"]}
    assert fields["user.email"]["has_values"]
    assert any(not field["has_values"] for field in fields.values())
    before = good(filled, "fields", {"from": "2020-01-01", "to": "2020-02-01", "pattern": "user.email"}).json()
    assert "user.email" in {field["name"] for field in before["fields"]} < set(fields)
    for name in ["event.action", "user.email", "gen_ai.tool.name", "@timestamp", "event.sequence"]:
        values = good(filled, "fields", {"field": name, "size": 1000, **TIME}).json()
        table = good(
            filled, "query",
            {"query": f"FROM events | WHERE {name} IS NOT NULL | STATS n = COUNT(*) BY {name}", **TIME},
        ).json()
        assert {(str(one["value"]), one["count"]) for one in values["values"]} == {
            (str(value), n) for n, value in table["values"]
        }, name


def test_a_histogram_by_a_field_counts_every_event_once(filled):
    body = {**TIME, "by": "event.action", "buckets": 30}
    answer = good(filled, "histogram", body).json()
    assert answer["total"] == COUNT
    assert len(answer["series"]) == 4
    for place, bucket in enumerate(answer["buckets"]):
        assert sum(one["counts"][place] for one in answer["series"]) == bucket["count"]
    # Without an end on either side, too.
    assert good(filled, "histogram", {"by": "user.email"}).json()["series"][0]["total"] == COUNT


@pytest.mark.parametrize("path", ["search", "query", "fields", "histogram"])
def test_hostile_bodies_are_refused_and_hurt_nothing(filled, path):
    for body, status in [
        (b"[" * 200_000, 400), (b'{"query":' * 20_000, 400), (b'{"query":"\xff\xfe"}', 400), (b"\x00" * 100, 400),
        (b'{"query":"' + b"(" * 200_000 + b'"}', 400), (b'{"query":"' + b"a" * 600_000 + b'"}', 413),
        (b'{"query":"' + b"a" * 300_000 + b'"}', 413), (b'{"from":"' + b"9" * 10_000 + b'"}', 400),
        (b'{"tenant":"other","query":"ROW a = 1"}', 400), (b'{"limit":1e999}', 400), (b'"text"', 400), (b"{}}", 400),
    ]:
        answer = call(filled, path, body)
        assert answer.status_code == status, (body[:40], answer.text)
        error = answer.json()["error"]
        assert set(error) <= {"type", "message", "line", "column", "hint"} and len(error["message"]) < 4_000
    assert filled.is_alive()
    assert good(filled, "query", {"query": "ROW a = 1"}).json()["values"] == [[1]]


# A query within another one sees what that one does.
IN_QUERY = 'ROW a = "tool_result" | WHERE a IN (FROM events | KEEP event.action) | STATS n = COUNT(*)'


def test_no_call_shows_a_tenant_the_events_of_another(fresh):
    mine = bearer(create(fresh, "--for", "logs,traces,metrics,search", tenant="mine")[1])
    yours = bearer(create(fresh, "--for", "logs,traces,metrics,search", tenant="yours")[1])
    blind = bearer(create(fresh, "--for", "logs", tenant="yours")[1])
    eventually(lambda: call(fresh, "search", {}, headers=yours).status_code == 200, "the tokens are known")
    eventually(lambda: call(fresh, "search", {}, headers=blind).status_code == 403, "this one, too")
    send(fresh, mine, [claude.record(*one) for one in claude.events(8, 82)])
    eventually(lambda: call(fresh, "search", {}, headers=mine).json()["total"] == 8, "events of one tenant")
    id = call(fresh, "search", {"size": 1}, headers=mine).json()["hits"][0]["id"]

    def seen(headers):
        def ask(path, body):
            answer = call(fresh, path, body, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.json()

        one = requests.get(f"{fresh.console}/api/v1/events/{id}", headers=headers, timeout=PATIENCE)
        return [
            ask("search", {})["total"], ask("query", {"query": "FROM events | STATS COUNT(*)"})["values"][0][0],
            ask("query", {"query": "FROM * METADATA _id | STATS COUNT(_id)"})["values"][0][0],
            ask("query", {"query": IN_QUERY})["values"][0][0],
            sum(one["count"] for one in ask("fields", {"field": "event.action"})["values"]),
            sum(field["has_values"] for field in ask("fields", {})["fields"]) > 0,
            ask("histogram", {"by": "user.email"})["total"], len(ask("histogram", {"by": "user.email"})["series"]),
            one.status_code,
        ]

    assert seen(mine) == [8, 8, 8, 1, 8, True, 8, 1, 200]
    assert seen(yours) == [0, 0, 0, 0, 0, False, 0, 0, 404]
    for path, body in [("search", {}), ("query", {"query": "ROW a = 1"}), ("fields", {}), ("histogram", {})]:
        assert call(fresh, path, body, headers=blind).status_code == 403
        assert call(fresh, path, body, headers={}).status_code == 401


# Counts to 10^16 without an event: far more than any time limit.
ENDLESS = "ROW a = [0,1,2,3,4,5,6,7,8,9]" + "".join(
    f" | EVAL b{n} = a | MV_EXPAND b{n}" for n in range(16)
) + " | STATS n = COUNT(*)"


def test_a_query_without_end_ends_in_its_time_and_says_so(filled):
    answer = call(filled, "query", {"query": ENDLESS, "timeout": "300ms"})
    # What was looked at until then, or nothing.
    assert answer.status_code in (200, 504), answer.text
    if answer.status_code == 200:
        assert answer.json()["is_partial"] and answer.json()["warnings"]
    else:
        assert answer.json()["error"]["type"] == "time-limit"


def test_a_query_that_doubles_itself_costs_little(filled):
    for start, step in [
        ("[1, 2]", "MV_APPEND(a, a)"), ('"x"', "CONCAT(a, a)"), ('"x"', "REPEAT(a, 2)"),
    ]:
        query = f"ROW a = {start}" + f" | EVAL a = {step}" * 60 + " | KEEP a"
        answer = good(filled, "query", {"query": query, "timeout": "30s"}).json()
        assert answer["warnings"] and answer["values"] == [[None]] and answer["took"] < 30_000, step


def test_a_client_that_is_killed_ends_its_query_and_others_find_room(make):
    settings = "console:\n  searches: 1\n  waiting: 1\nstore:\n  search_time: 10m\n"
    docket = make(settings=settings).start()
    body = json.dumps({"query": ENDLESS})
    command = ["curl", "-sS", "-d", body, "-H", f"Authorization: Bearer {TOKEN}", f"{docket.console}/api/v1/query"]

    def count(name):
        return docket.metrics()[f"docket_console_{name}_total"]

    searches, calls = count("searches"), count("requests")
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: count("searches") == searches + 1, "the query runs")
    second = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: count("requests") == calls + 2, "the other one waits")
        refused = call(docket, "query", {"query": "ROW a = 1"})
        assert refused.status_code == 429 and refused.headers["Retry-After"], refused.text
        assert refused.json()["error"]["type"] == "busy"
    finally:
        for process in [first, second]:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
    eventually(lambda: call(docket, "query", {"query": "ROW a = 1"}).status_code == 200, "there is room again")
    assert count("clients_gone") == 2


def test_a_slow_reader_gets_its_lines_and_nobody_waits_for_it(filled):
    """It reads nothing at first: more than its share is never made."""
    body = json.dumps({"query": "ROW a = [0,1,2,3,4,5,6,7,8,9] | EVAL b = a | EVAL c = a | EVAL d = a | EVAL t = REPEAT(\"x\", 400) "
                                "| MV_EXPAND a | MV_EXPAND b | MV_EXPAND c | MV_EXPAND d | LIMIT 10000", "format": "ndjson"}).encode()
    head = f"POST /api/v1/query HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", filled.ports["console"]), timeout=PATIENCE) as slow:
        slow.sendall(head.encode() + body)
        assert slow.recv(15).startswith(b"HTTP/1.1 200")
        for _ in range(8):
            assert good(filled, "query", {"query": "ROW a = 1"}).json()["values"] == [[1]]
        got = b""
        while piece := slow.recv(1 << 20):
            got += piece
    assert got.endswith(b"0\r\n\r\n")
    assert got.count(b'"t":"xxx') == 10_000 and b'{"docket":{' in got
