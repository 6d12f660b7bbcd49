"""What OTLP says of a request and its answer, signal by signal, in both encodings."""

import base64
import gzip
import json

import pytest
import requests
import zstandard
from google.protobuf.json_format import Parse
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

import claude
from bad_input_test import status_of
from docket import BEARER, PATIENCE, TOKEN, at, eventually

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
TRACE, SPAN, PARENT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"


@pytest.fixture(scope="module")
def server(unharmed):
    return unharmed


def post(server, signal, body, kind=JSON, path="/v1", **headers):
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    return requests.post(
        f"{server.http}{path}/{signal}", data=body, headers={**BEARER, "Content-Type": kind, **headers}, timeout=PATIENCE)


def accepted(server, signal, body, kind=JSON, **options):
    answer = post(server, signal, body, kind, **options)
    assert answer.status_code == 200, answer.content
    assert answer.headers["content-type"] == kind.split(";")[0].strip().lower().replace("application/protobuf", PROTOBUF)
    return answer


def span(mark, **more):
    return {
        "traceId": TRACE, "spanId": SPAN, "parentSpanId": PARENT, "name": "claude_code.tool", "kind": 3,
        "startTimeUnixNano": str(claude.START), "endTimeUnixNano": str(claude.START + 1_000_000),
        "attributes": claude.attributes({"mark": mark}), "status": {"code": 2, "message": "no"}, **more,
    }


def metric(mark, points=3):
    return {
        "name": "claude_code.token.usage", "unit": "tokens",
        "sum": {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": [
            {"timeUnixNano": str(claude.START + place), "startTimeUnixNano": str(claude.START), "asInt": str(place),
             "attributes": claude.attributes({"mark": mark, "place": place})} for place in range(points)]},
    }


def log(mark, **more):
    return {**claude.record(0, claude.event(0, "user_prompt", {"mark": mark})), **more}


def request(signal, *records, scope=None):
    groups, scopes, list_name = {
        "logs": ("resourceLogs", "scopeLogs", "logRecords"), "traces": ("resourceSpans", "scopeSpans", "spans"),
        "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
    }[signal]
    return {groups: [{
        "resource": {"attributes": claude.attributes(claude.RESOURCE)},
        scopes: [{"scope": {"name": claude.SCOPE, **(scope or {})}, list_name: list(records)}],
    }]}


def one(signal, mark):
    return request(signal, {"logs": log, "traces": span, "metrics": metric}[signal](mark))


MESSAGES = {
    "logs": (logs.ExportLogsServiceRequest, logs.ExportLogsServiceResponse, "rejected_log_records"),
    "traces": (traces.ExportTraceServiceRequest, traces.ExportTraceServiceResponse, "rejected_spans"),
    "metrics": (metrics.ExportMetricsServiceRequest, metrics.ExportMetricsServiceResponse, "rejected_data_points"),
}


def as_protobuf(signal, body):
    """The same as protobuf. Its JSON takes ids for base64, which OTLP's are not."""
    def coded(value):
        if isinstance(value, list):
            return [coded(each) for each in value]
        if isinstance(value, dict):
            return {
                key: base64.b64encode(bytes.fromhex(each)).decode()
                if key in ("traceId", "spanId", "parentSpanId") else coded(each) for key, each in value.items()}
        return value

    return Parse(json.dumps(coded(body)), MESSAGES[signal][0]()).SerializeToString()


def encoded(signal, body, kind):
    return as_protobuf(signal, body) if kind == PROTOBUF else json.dumps(body).encode()


def found(server, mark, count=1):
    return server.wait_for(count, " or ".join(f'{prefix}.mark: "{mark}"' for prefix in claude.PREFIXES.values()))


SIGNALS = ["logs", "traces", "metrics"]
KINDS = [JSON, PROTOBUF]


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("packing", ["none", "identity", "gzip", "gzip in members", "zstd", "zstd in frames"])
def test_each_signal_in_each_encoding_and_packing(server, signal, kind, packing):
    mark = f"{signal[:3]}-{kind[-4:]}-{packing}"
    body = encoded(signal, one(signal, mark), kind)
    halves = body[: len(body) // 2], body[len(body) // 2 :]
    packed = {
        "none": body, "identity": body, "gzip": gzip.compress(body), "gzip in members": b"".join(map(gzip.compress, halves)),
        "zstd": zstandard.compress(body), "zstd in frames": b"".join(map(zstandard.compress, halves)),
    }[packing]
    answer = accepted(
        server, signal, packed, kind, **{} if packing == "none" else {"Content-Encoding": packing.split()[0]})
    assert answer.content == (b"{}" if kind == JSON else b"")
    assert len(found(server, mark, 3 if signal == "metrics" else 1)) == (3 if signal == "metrics" else 1)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_request_is_success(server, signal, kind):
    for body in [b"{}", b'{"resourceLogs":[],"resourceSpans":[],"resourceMetrics":[]}'] if kind == JSON else [b"", b"\x0a\x00"]:
        assert accepted(server, signal, body, kind).content == (b"{}" if kind == JSON else b"")


@pytest.mark.parametrize("kind", [
    "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON", "application/json ;a=b;c=d",
    "application/x-protobuf; proto=x", "application/protobuf", "APPLICATION/X-PROTOBUF",
])
def test_content_types_with_parameters(server, kind):
    assert accepted(server, "logs", b"{}" if "json" in kind.lower() else b"", kind)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/default/v1", "/v1"])
def test_a_path_with_the_tenant_of_the_credential(server, signal, kind, path):
    body = encoded(signal, request(signal), kind)
    accepted(server, signal, body, kind, path=path)


@pytest.mark.parametrize(("path", "status", "code"), [("/other/v1", 403, 7), ("/a/default/v1", 404, 12), ("/default/v2", 404, 12)])
@pytest.mark.parametrize("kind", KINDS)
def test_another_path_is_refused(server, path, status, code, kind):
    answer = post(server, "logs", b"", kind, path=path)
    assert answer.status_code == status and status_of(answer, kind == JSON)[0] == code


# One record of two is bad in each of these ways; a metric counts as many as it has points.


def spoiled(body):
    """The marked text of protobuf, with a byte that is no text."""
    assert b"spoil" in body
    return body.replace(b"spoil", b"sp\xffil")


@pytest.mark.parametrize(("signal", "rejected"), [("logs", 1), ("traces", 1), ("metrics", 5)])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_out_is_counted_in_the_words_of_the_signal(server, signal, rejected, kind):
    mark = f"{signal[:3]}-partial-{kind[-4:]}"
    good = one(signal, mark)
    before = server.metrics()["docket_otlp_refused_records_total"]
    if kind == PROTOBUF:
        bad = {"logs": log, "traces": span, "metrics": lambda mark: metric(mark, 5)}[signal]("spoil")
        body = spoiled(as_protobuf(signal, request(signal, bad))) + as_protobuf(signal, good)
        answer = accepted(server, signal, body, kind)
        partial = MESSAGES[signal][1].FromString(answer.content).partial_success
        assert getattr(partial, MESSAGES[signal][2]) == rejected
        said = partial.error_message
    else:
        bad = {"logs": log("x", attributes=7), "traces": span("x", attributes=7),
               "metrics": {**metric("x", 5), "attributes": 7}}[signal]
        both = request(signal, bad)
        for name, groups in good.items():
            both[name] += groups
        partial = accepted(server, signal, both, kind).json()["partialSuccess"]
        name = {"logs": "rejectedLogRecords", "traces": "rejectedSpans", "metrics": "rejectedDataPoints"}[signal]
        assert partial[name] == str(rejected), "64 bits are text in JSON"
        said = partial["errorMessage"]
    assert said and "spoil" not in said
    assert server.metrics()["docket_otlp_refused_records_total"] == before + 1
    assert found(server, mark, 3 if signal == "metrics" else 1)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"\xff", {}, 400, 3),
        (b"{}", {"Content-Encoding": "gzip"}, 400, 3),
        (b"{}", {"Content-Encoding": "br"}, 415, 3),
        (bytes((1 << 20) + 1), {}, 413, 8),
        (gzip.compress(bytes(32 << 20)), {"Content-Encoding": "gzip"}, 413, 8),
        (zstandard.compress(bytes(32 << 20)), {"Content-Encoding": "zstd"}, 413, 8),
        (b"", {"Authorization": "Bearer wrong"}, 401, 16),
    ],
    ids=["malformed", "bad gzip", "unknown encoding", "too large", "gzip bomb", "zstd bomb", "unknown credential"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_is_a_status_in_the_client_s_encoding(server, signal, body, headers, status, code, kind):
    answer = post(server, signal, body, kind, **headers)
    assert answer.status_code == status
    found, said = status_of(answer, kind == JSON)
    assert found == code and said and TOKEN not in said
    if kind == PROTOBUF:
        assert Status.FromString(answer.content).SerializeToString() == answer.content, "nothing else is in it"


# JSON as the mapping has it, and as it does not.


SPELLINGS = {
    "kind by number": ({"kind": 3}, "kind", "Client"),
    "kind by name": ({"kind": "SPAN_KIND_CLIENT"}, "kind", "Client"),
    "kind by number in quotes": ({"kind": "3"}, "kind", "Client"),
    "status by number": ({"status": {"code": 2}}, "status.code", "Error"),
    "status by name": ({"status": {"code": "STATUS_CODE_ERROR"}}, "status.code", "Error"),
    "ids in lower case": ({}, "trace_id", TRACE),
    "ids in upper case": ({"traceId": TRACE.upper()}, "trace_id", TRACE),
    "ids as the protobuf file spells them": ({"trace_id": TRACE, "traceId": None}, "trace_id", TRACE),
    "times in quotes": ({"startTimeUnixNano": str(claude.START)}, "@timestamp", "2026-10-08T08:15:18"),
    "times without quotes": ({"startTimeUnixNano": claude.START}, "@timestamp", "2026-10-08T08:15:18"),
    "unknown members": ({"unknown": {"a": [1, {"b": None}]}, "traceId": TRACE}, "trace_id", TRACE),
    "null members": ({"events": None, "links": None, "traceState": None}, "trace_id", TRACE),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_json(server, spelling):
    members, name, expected = SPELLINGS[spelling]
    record = {key: value for key, value in span(f"spelling {spelling}", **members).items() if key != "traceId" or value}
    assert accepted(server, "traces", request("traces", record)).json() == {}
    [document] = found(server, f"spelling {spelling}")
    seen = at(document, name) or at(document, name.replace("_id", ".id"))
    assert seen == expected or str(seen).startswith(expected), document


@pytest.mark.parametrize("number", [7, -7, 0, (1 << 63) - 1, -(1 << 63), (1 << 53) + 1])
@pytest.mark.parametrize("quotes", ["in quotes", "bare"])
def test_whole_numbers_keep_all_their_digits(server, number, quotes):
    mark = f"number {number} {quotes}"
    record = span(mark)
    record["attributes"].append({"key": "number", "value": {"intValue": str(number) if quotes == "in quotes" else number}})
    assert accepted(server, "traces", request("traces", record)).json() == {}
    [line] = eventually(lambda: server.search(f'attributes.mark: "{mark}"'), mark)
    assert f'"number":{number}' in line.decode() or f'"attributes.number":{number}' in line.decode(), line


def test_unknown_fields_of_protobuf_are_passed_over(server):
    unknown = b"\xfa\x3f\x03abc" + b"\xf8\x3f\x05" + b"\xfd\x3f" + bytes(4) + b"\xf9\x3f" + bytes(8)  # field 1023
    message = Parse(json.dumps(one("logs", "log-unknown")), logs.ExportLogsServiceRequest())
    record = message.resource_logs[0].scope_logs[0].log_records[0].SerializeToString() + unknown
    body = unknown + nested(1, unknown + nested(2, unknown + nested(2, record)))
    assert accepted(server, "logs", body, PROTOBUF).content == b""
    assert server.wait_for(1, 'mark: "log-unknown" or *.mark: "log-unknown" or attributes.mark: "log-unknown"')


def nested(number, body):
    size, out = len(body), b""
    while size > 127:
        out, size = out + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + out + bytes([size]) + body


def test_half_a_character_of_json_is_kept_and_given_back_as_text(server):
    body = json.dumps(request("traces", span("half", name="cut \ud83d"))).encode()
    assert b"\\ud83d" in body
    assert accepted(server, "traces", body).json() == {}
    [document] = found(server, "half")
    assert "cut \ufffd" in json.dumps(document, ensure_ascii=False)
