"""Nothing secret is ever written: planted in every field, over every way in, and looked for in every byte."""

import csv
import html
import http.server
import json
import re
import subprocess
import threading
from pathlib import Path

import grpc
import pytest
import requests
import zstandard
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2_grpc as logs_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

from docket import BEARER, BINARY, PATIENCE, TOKEN, at, environment, eventually, run

CONTENT = Path(__file__).parents[2] / "Content"

# No part of these is in any other text here, or in the product.
PLANTED = {
    "github_token": "ghp_Zq8Wn3Xv7Lp2Rk9Tm4Yb6Hc1Jd5Fs0GaQwEr",
    "us_ssn": "536-91-4377",
    "card": "4539 5787 6362 1486",
    "email": "zaphod.beeblebrox@example.com",
    "id_nik": "3171014501820007",
    "url_password": "postgres://app:kr1kk1t-wars@db.example.com/x",
    "assigned_secret": "MAGRATHEA_PASSWORD=sl4rt1b4rtf4st",
    "private_key": "-----BEGIN PRIVATE KEY-----\nVogonPoetryVogonPoetry\n-----END PRIVATE KEY-----",
    "iban": "DE02 1203 0000 0000 2020 51",
}
# What must not be left of each.
TOLD = [
    "Zq8Wn3Xv7Lp2Rk9Tm4Yb6Hc1Jd5Fs0GaQwEr", "536-91-4377", "4539 5787 6362 1486", "zaphod.beeblebrox", "3171014501820007",
    "kr1kk1t-wars", "sl4rt1b4rtf4st", "VogonPoetry", "1203 0000 0000 2020",
]
TEXT = "; ".join(PLANTED.values())
EVENTS = [
    "tool_result", "tool_decision", "api_request", "api_error", "api_retries_exhausted", "api_refusal", "auth",
    "permission_mode_changed", "mcp_server_connection", "hook_registered", "hook_execution_start", "hook_execution_complete",
    "plugin_loaded", "plugin_installed", "user_prompt", "skill_activated", "assistant_response", "api_request_body",
    "api_response_body", "at_mention", "hook_plugin_metrics", "compaction", "subagent_completed", "internal_error",
    "feedback_survey", "retention_sweep", "managed_settings_resolved", "system_prompt", "nobody_has_heard_of_it",
]


def rows(name, delimiter="\t"):
    lines = [line for line in (CONTENT / name).read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=delimiter))


def content(*streams):
    """Every field of some streams whose text is content, as senders call it."""
    kept = set((CONTENT / "redaction-fields.tsv").read_text().split())
    names = []
    for row in rows("fields.tsv"):
        stream = next((stream for stream in streams if row["name"].startswith(stream + ".")), None)
        name = row["name"][len(stream) + 1:] if stream else ""
        if name and row["type"] in ("keyword", "text", "wildcard", "match_only_text") and not {name, row["name"]} & kept:
            names.append(name)
    return names


FIELDS = sorted({
    *content("claude_code.events", "claude_cowork.events"), "prompt", "response", "tool_input", "tool_parameters", "command",
    "full_command", "error", "error_message", "body", "request_body", "response_body", "file_path", "system_prompt",
    "tool_result", "tool_output", "reason", "title", "hook_definitions", "settings", "url", "unknown_attribute",
})


def value(text):
    return {"stringValue": text}


def attributes(event, way="json"):
    texts = [{"key": field, "value": value(f"see {TEXT} there")} for field in FIELDS]
    nested = {"arrayValue": {"values": [value(TEXT), {"kvlistValue": {"values": [{"key": "a", "value": value(TEXT)}]}}]}}
    inner = json.dumps({"command": f"echo '{TEXT}'", "card": 4539578763621486})
    return [
        {"key": "event.name", "value": value(event)}, {"key": "way", "value": value(way)}, {"key": "user.email", "value": value("who@example.com")},
        {"key": "nested", "value": nested}, {"key": "tool_parameters", "value": value(inner)}, *texts,
    ]


def log_request(way="json"):
    records = [
        {"timeUnixNano": "1790000000000000000", "body": value(f"claude_code.{event} {TEXT}"), "attributes": attributes(event, way)}
        for event in EVENTS
    ]
    scope = {"name": "com.anthropic.claude_code.events", "version": "2.1.300"}
    resource = {"attributes": [{"key": "service.name", "value": value("claude-code")}, {"key": "note", "value": value(TEXT)}]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": scope, "logRecords": records}]}]}


def trace_request(way="json"):
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "claude_code.tool",
        "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000001000000000",
        "attributes": attributes("tool", way), "status": {"code": 2, "message": f"no: {TEXT}"},
        "events": [{"timeUnixNano": "1790000000000000000", "name": "tool.output", "attributes": attributes("output")}],
        "links": [{"traceId": "5b8efff798038103d269b633813fc60d", "spanId": "eee19b7ec3c1b175", "attributes": attributes("link")}],
    }
    scope = {"name": "com.anthropic.claude_code.tracing", "version": "1.0.0"}
    return {"resourceSpans": [{"scopeSpans": [{"scope": scope, "spans": [span]}]}]}


def metric_request(way="json"):
    point = {"timeUnixNano": "1790000000000000000", "asInt": "1", "attributes": attributes("point", way)}
    metric = {"name": "claude_code.token.usage", "sum": {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": [point]}}
    return {"resourceMetrics": [{"scopeMetrics": [{"scope": {"name": "com.anthropic.claude_code"}, "metrics": [metric]}]}]}


def activities():
    """One of each type, with all that is content in any of them."""
    fields = {name: f"see {TEXT} there" for name in content("anthropic.audit") if "." not in name}
    types = [row["activity_type"] for row in rows("activity-categories.csv", ",") if row["activity_type"] != "*"]
    return [
        {
            "id": f"activity_{number:05}", "created_at": "2026-03-02T10:02:00Z", "type": kind,
            "actor": {"type": "user_actor", "email_address": "who@example.com", "user_id": "user_1", "note": TEXT},
            "title": TEXT, "unknown": {"list": [TEXT, {"inner": TEXT}]}, **fields,
        }
        for number, kind in enumerate([*types, "nobody_has_heard_of_it"])
    ]


class Feed(http.server.BaseHTTPRequestHandler):
    """The Activity Feed, in one page."""

    def do_GET(self):
        data = activities()[::-1] if "before_id" not in self.path and "after_id" not in self.path else []
        page = {"data": data, "has_more": False, "first_id": data[0]["id"] if data else None, "last_id": data[-1]["id"] if data else None}
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def opened(data):
    """Everything that can be read in some bytes: as they are, and what Zstandard packed anywhere in them."""
    yield data
    place = data.find(b"\x28\xb5\x2f\xfd")
    while place >= 0:
        try:
            yield zstandard.ZstdDecompressor().decompressobj().decompress(data[place:])
        except zstandard.ZstdError:
            pass
        place = data.find(b"\x28\xb5\x2f\xfd", place + 1)


def leaks(where, data, masked=None):
    """What is left of what was planted; adds to `masked` where a mask was seen, which proves that texts are readable there."""
    found = []
    for plain in opened(data):
        if masked is not None and b"[US_SSN]" in plain:
            masked.add(where)
        found += [f"{where}: {told}" for told in TOLD if told.encode() in plain or json.dumps(told)[1:-1].encode() in plain]
    return found


@pytest.fixture(scope="module")
def looked_through(tmp_path_factory):
    from docket import Docket

    folder = tmp_path_factory.mktemp("redact")
    feed = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=feed.serve_forever, daemon=True).start()
    (folder / "archive").mkdir()
    settings = (
        f"store:\n  hot_time: 1s\narchive:\n  to: {folder}/archive\n  keys: {folder}/keys\n  roll: 1s\n"
        f"feeds:\n  - key: {{env: FEED_KEY}}\n    url: http://127.0.0.1:{feed.server_port}\n    interval: 5s\n"
    )
    docket = Docket(folder, settings=settings).start(FEED_KEY="sk-ant-api01-none")
    try:
        for signal, request, kind in (
            ("logs", log_request, logs.ExportLogsServiceRequest), ("traces", trace_request, traces.ExportTraceServiceRequest),
            ("metrics", metric_request, metrics.ExportMetricsServiceRequest),
        ):
            packed = Parse(json.dumps(request("protobuf")), kind()).SerializeToString()
            for sent, content in ((json.dumps(request()).encode(), "application/json"), (packed, "application/x-protobuf")):
                answer = requests.post(
                    f"{docket.http}/v1/{signal}", data=sent, headers={**BEARER, "Content-Type": content}, timeout=PATIENCE)
                assert answer.status_code == 200, answer.content
        channel = grpc.insecure_channel(docket.grpc)
        stub = logs_grpc.LogsServiceStub(channel)
        stub.Export(
            Parse(json.dumps(log_request("grpc")), logs.ExportLogsServiceRequest()), timeout=PATIENCE,
            metadata=[("authorization", BEARER["Authorization"])])
        channel.close()
        docket.wait_for(3 * len(EVENTS) + 2 + len(activities()), seconds=3 * PATIENCE)
        yield docket
    finally:
        docket.kill()
        feed.shutdown()


def pages(docket):
    """What the console shows and gives away: lists, events whose content somebody asks for, exports."""
    with requests.Session() as browser:
        browser.headers["Origin"] = docket.console
        signed = browser.post(f"{docket.console}/sign-in", data={"token": TOKEN, "next": "/"}, timeout=PATIENCE)
        assert signed.status_code == 200
        time = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
        found = set()
        for query in ("event.dataset: anthropic.audit", "event.dataset: claude_code.events", ""):
            page = browser.get(f"{docket.console}/search", params={"q": query, **time}, timeout=PATIENCE)
            yield "list", page.content
            token = re.search(r'name="form-token" value="(\w+)"', page.text)[1]
            found |= set(re.findall(r'<tr data-key="([^"]+)"', page.text))
            export = browser.get(f"{docket.console}/export", params={"q": query, **time}, timeout=PATIENCE)
            assert export.status_code == 200
            yield "export", export.content
        assert len(found) > 20
        # All documents are in the exports; of pages, a part says as much.
        for event in sorted(found)[:25]:
            asked = {"form-token": token, "event": html.unescape(event), "next": "/help"}
            shown = browser.post(f"{docket.console}/content", data=asked, timeout=PATIENCE)
            assert shown.status_code == 200, shown.text
            for tab in ("table", "json"):
                page = browser.get(f"{docket.console}/events/{html.unescape(event)}", params={"tab": tab}, timeout=PATIENCE)
                assert page.status_code == 200
                yield "event", page.content


def test_no_byte_of_it_is_anywhere(looked_through):
    docket = looked_through
    assert docket.metrics()['docket_redaction_findings_total{group="secret"}'] > 0
    masked = set()
    found = leaks("log", docket.log.read_bytes())
    found += leaks("metrics", requests.get(f"{docket.console}/metrics", timeout=PATIENCE).content)
    found += leaks("search", b"\n".join(docket.search()), masked)
    for where, page in pages(docket):
        found += leaks(where, page, masked)
    # The roll is a second, so what was sent is archived soon.
    eventually(lambda: any((docket.folder / "archive").rglob("*.manifest.json")), "an archived object")
    docket.stop()
    for folder in (docket.data, docket.folder / "archive"):
        for file in folder.rglob("*"):
            if file.is_file():
                found += leaks(file.suffix, file.read_bytes(), masked)
    # What is archived is sealed, so it is looked through as those read it who have the keys.
    place = ["--archive", docket.folder / "archive", "--keys", docket.folder / "keys", "--data", docket.data]
    ended = run("archive", "restore", "--into", docket.folder / "restored", *place)
    assert ended.returncode == 0, ended.stderr
    for file in (docket.folder / "restored").rglob("*.seg"):
        found += leaks("restored", file.read_bytes(), masked)
    # Lists cover content, so there is nothing in them to mask.
    assert {"search", "export", "event", ".seg", ".parquet", "restored"} <= masked, masked
    docket.start(FEED_KEY="sk-ant-api01-none")
    assert not found


def test_documents_say_what_was_done(looked_through):
    docket = looked_through
    for event in EVENTS:
        documents = docket.documents(f'docket.redaction.detectors: us_ssn and claude_code.events.event.name: "{event}"')
        assert len(documents) >= 1 or event == "nobody_has_heard_of_it", event
    (document, *_) = docket.documents("docket.redaction.detectors: github_token and event.action: user_prompt")
    assert set(PLANTED) - {"email", "url_password"} <= set(at(document, "docket.redaction.detectors"))
    assert at(document, "docket.redaction.count") > 100
    assert len(at(document, "docket.redaction.policy_version")) == 32
    assert at(document, "user.email") == "who@example.com"
    assert "[US_SSN]" in json.dumps(document) and "[EMAIL]@example.com" in json.dumps(document)


def test_the_record_proves_the_rules(looked_through):
    docket = looked_through
    docket.stop()
    ended = run("verify", "--data", docket.data)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    docket.start(FEED_KEY="sk-ant-api01-none")


def test_imports_pass_redaction_too(make):
    docket = make()
    docket.folder.mkdir(exist_ok=True)
    export = docket.folder / "audit_log.csv"
    note = json.dumps(TEXT).strip('"').replace('"', '""')
    export.write_text(f"created_at,event,event_info\n2026-03-02T10:02:00Z,file_uploaded,\"{{'note': '{note}'}}\"\n")
    activities = docket.folder / "activities.json"
    activities.write_text(json.dumps({"id": "activity_1", "created_at": "2026-03-02T10:02:00Z", "type": "claude_chat_created", "title": TEXT}))
    for form, file in (("audit-log", export), ("activities", activities)):
        ended = run("import", "--as", form, file, "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
    documents = docket.documents(remote=False)
    assert len(documents) == 2 and all("us_ssn" in at(document, "docket.redaction.detectors") for document in documents)
    assert not [leak for file in docket.data.rglob("*") if file.is_file() for leak in leaks(file.name, file.read_bytes())]


def test_content_is_withheld_when_it_is_off(make):
    docket = make(settings="redaction:\n  mode: off\n")
    docket.start()
    answer = requests.post(
        f"{docket.http}/v1/logs", data=json.dumps(log_request()), headers={**BEARER, "Content-Type": "application/json"}, timeout=PATIENCE)
    assert answer.status_code == 200
    documents = docket.wait_for(len(EVENTS))
    assert all(at(document, "docket.redaction.withheld") > 10 for document in documents)
    assert not leaks("search", b"\n".join(docket.search()))
    assert all(at(document, "user.email") == "who@example.com" for document in documents)


@pytest.mark.parametrize("text, message", [
    ("group: person\ndetectors:\n  - {id: x, name: x, class: A, pattern: 'a*a', positive: [a]}\n", "own.yaml:3:"),
    ("group: person\ndetectors:\n  - {id: x, name: x, class: A, pattern: abc, positive: [nothing]}\n", "is not found"),
])
def test_a_broken_file_stops_the_start(make, text, message):
    docket = make()
    docket.folder.mkdir(exist_ok=True)
    (docket.folder / "own.yaml").write_text(text)
    config = docket.folder / "docket.yaml"
    config.write_text(f"redaction:\n  detectors: {docket.folder}/own.yaml\n")
    ended = run("serve", "--config", config, "--data", docket.data)
    assert ended.returncode != 0
    assert message in ended.stderr.decode()


def test_the_command_shows_what_would_be_kept(tmp_path):
    def said(*words, text=b""):
        return subprocess.run([BINARY, "redact", *words], input=text, capture_output=True, timeout=PATIENCE, env=environment())

    assert said("test").returncode == 0
    out = said(text=TEXT.encode()).stdout.decode()
    assert not [told for told in TOLD if told in out]
    explained = said("explain", PLANTED["us_ssn"])
    assert explained.returncode == 0 and b"us_ssn" in explained.stdout
    assert said("explain", "nothing at all").returncode == 1
    policy = tmp_path / "policy.yaml"
    policy.write_text("rules:\n  - {detectors: email, action: keep}\n")
    assert said("--policy", policy, text=b"jane@example.com").stdout == b"jane@example.com"
    policy.write_text("rules:\n  - {detectors: secret, action: keep}\n")
    refused = said("--policy", policy, text=b"x")
    assert refused.returncode == 2 and b"policy.yaml:2:" in refused.stderr
