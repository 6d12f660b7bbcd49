"""What is wrong with a request is told to its sender and counted, and harms nobody else."""

import gzip
import json
import socket
import struct
import zlib

import grpc
import pytest
import requests
from google.rpc.status_pb2 import Status
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)

import claude
import http2
from docket import BEARER, PATIENCE, TOKEN

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
LIMIT = 1 << 20  # what the shared server is told


def text(count=1, seed=30):
    return json.dumps(claude.request(claude.record(*one) for one in claude.events(count, seed))).encode()


def protobuf(count=1, seed=31):
    return message(count, seed).SerializeToString()


def message(count=1, seed=31):
    return Parse(text(count, seed), ExportLogsServiceRequest())


def bomb(size):
    """Zeros, a thousand times smaller than they are."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


def not_text(body):
    """The same message with a byte in a string that is no UTF-8, its length unchanged."""
    assert b"user_prompt" in body or b"tool_decision" in body
    return body.replace(b"tool_decision", b"tool_dec\xffsion")


ZIPPED = gzip.compress(text())
VALID_ZIPPED_ZSTD = bytes.fromhex("28b52ffd") + b"garbage"

# name: (body, headers, status, reason)
CASES = {
    "JSON that ends early": (text()[:-7], {}, 400, "malformed"),
    "JSON with something behind it": (text() + b"}", {}, 400, "malformed"),
    "no JSON": (b"\x00\x01\x02\x03", {}, 400, "malformed"),
    "empty JSON": (b"", {}, 400, "malformed"),
    "JSON of another kind": (b"[1,2]", {}, 400, "malformed"),
    "a list that is none": (b'{"resourceLogs":{"scopeLogs":[]}}', {}, 400, "malformed"),
    "records that are no list": (
        b'{"resourceLogs":[{"scopeLogs":[{"logRecords":"all of them"}]}]}', {}, 400, "malformed"),
    "JSON nested too deeply": (b'{"resourceLogs":' + b"[" * 5_000 + b"]" * 5_000 + b"}", {}, 400, "malformed"),
    "JSON that is no UTF-8": (text().replace(b"ada@", b"ad\xff@"), {}, 400, "malformed"),
    "overlong UTF-8": (text().replace(b"ada@", b"ad\xc0\xaf@"), {}, 400, "malformed"),
    "UTF-16": (text().decode().encode("utf-16"), {}, 400, "malformed"),
    "every record bad": (
        json.dumps(claude.request(["one", "two"])).encode(), {}, 400, "malformed"),
    "protobuf that ends early": (protobuf()[:-3], {"Content-Type": PROTOBUF}, 400, "malformed"),
    "no protobuf": (b"\xff" * 40, {"Content-Type": PROTOBUF}, 400, "malformed"),
    "JSON said to be protobuf": (text(), {"Content-Type": PROTOBUF}, 400, "malformed"),
    "protobuf said to be JSON": (protobuf(), {}, 400, "malformed"),
    "protobuf with a string that is no text": (
        not_text(protobuf()), {"Content-Type": PROTOBUF}, 400, "malformed"),
    "gzip that is none": (text(), {"Content-Encoding": "gzip"}, 400, "bad-compression"),
    "gzip that ends early": (ZIPPED[:-12], {"Content-Encoding": "gzip"}, 400, "bad-compression"),
    "gzip with a wrong sum": (
        ZIPPED[:-8] + bytes(4) + ZIPPED[-4:], {"Content-Encoding": "gzip"}, 400, "bad-compression"),
    "gzip of nothing": (b"", {"Content-Encoding": "gzip"}, 400, "bad-compression"),
    "zstd that is none": (VALID_ZIPPED_ZSTD, {"Content-Encoding": "zstd"}, 400, "bad-compression"),
    "a zip bomb": (bomb(256 << 20), {"Content-Encoding": "gzip"}, 413, "too-large"),
    "a zip bomb of protobuf": (
        bomb(64 << 20), {"Content-Encoding": "gzip", "Content-Type": PROTOBUF}, 413, "too-large"),
    "a little over the limit, unpacked": (
        gzip.compress(b'{"resourceLogs":[]' + b" " * LIMIT + b"}"), {"Content-Encoding": "gzip"}, 413, "too-large"),
    "an unknown encoding": (text(), {"Content-Encoding": "br"}, 415, "unknown-content-encoding"),
    "an unknown type": (text(), {"Content-Type": "text/plain"}, 415, "unknown-content-type"),
    "a type that only begins like one": (text(), {"Content-Type": "application/jsonl"}, 415, "unknown-content-type"),
    "no type": (text(), {"Content-Type": None}, 415, "unknown-content-type"),
}


def status_of(answer, is_json):
    """The `Status` of an answer, in the encoding of the request."""
    if is_json:
        assert answer.headers["content-type"] == JSON
        body = answer.json()
        return body["code"], body["message"]
    assert answer.headers["content-type"] == PROTOBUF
    status = Status.FromString(answer.content)
    return status.code, status.message


def is_fine(docket):
    """It lives, and takes what is good."""
    answer = requests.post(
        f"{docket.http}/v1/logs", data=text(), headers={**BEARER, "Content-Type": JSON}, timeout=PATIENCE
    )
    return answer.status_code == 200 and docket.is_alive()


@pytest.mark.parametrize("name", CASES)
def test_a_bad_request_is_refused_and_counted(shared, name):
    body, headers, status, reason = CASES[name]
    headers = {**BEARER, "Content-Type": JSON, **headers}
    before, journaled = shared.refused(reason), shared.metrics()["docket_journal_records_total"]
    answer = requests.post(f"{shared.http}/v1/logs", data=body, headers=headers, timeout=PATIENCE)
    assert answer.status_code == status, answer.content[:300]
    code, said = status_of(answer, headers["Content-Type"] and headers["Content-Type"].startswith(JSON))
    assert code == {400: 3, 413: 8, 415: 3}[status]
    assert said and "ada@" not in said and "Bearer" not in said
    assert shared.refused(reason) == before + 1
    assert shared.metrics()["docket_journal_records_total"] == journaled
    assert is_fine(shared)


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
@pytest.mark.parametrize("form", ["with its length", "in chunks"])
def test_a_body_over_the_limit_is_413(shared, kind, form):
    size = LIMIT + 1
    body = bytes(size) if form == "with its length" else (bytes(size // 8 + 1) for _ in range(8))
    before = shared.refused("too-large")
    answer = requests.post(
        f"{shared.http}/v1/logs", data=body, headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE
    )
    assert answer.status_code == 413
    code, said = status_of(answer, kind == JSON)
    assert code == 8 and str(LIMIT) in said
    assert shared.refused("too-large") == before + 1
    assert is_fine(shared)


def test_a_body_over_the_limit_without_a_credential_is_401(shared):
    answer = requests.post(
        f"{shared.http}/v1/logs", data=bytes(LIMIT + 1), headers={"Content-Type": JSON}, timeout=PATIENCE
    )
    assert answer.status_code == 401 and status_of(answer, True)[0] == 16


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/v1/logs", 405, "wrong-method"),
        ("PUT", "/v1/logs", 405, "wrong-method"),
        ("DELETE", "/v1/traces", 405, "wrong-method"),
        ("POST", "/v1/log", 404, "unknown-path"),
        ("POST", "/nothing", 404, "unknown-path"),
        ("POST", "/v1/logs/", 404, "unknown-path"),
        ("POST", "/v1development/profiles", 404, "unknown-path"),
    ],
)
@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_a_wrong_method_or_path(shared, method, path, status, reason, kind):
    before = shared.refused(reason)
    answer = requests.request(
        method, shared.http + path, data=text(), headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE
    )
    assert answer.status_code == status
    code, said = status_of(answer, kind == JSON)
    assert code == 12 and said
    assert (answer.headers.get("allow") == "POST") == (status == 405)
    assert shared.refused(reason) == before + 1
    assert is_fine(shared)


@pytest.mark.parametrize(
    "shown",
    [
        None, "", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN,
        f"Token {TOKEN}", "Basic", "Basic !!!!", "Basic d3Jvbmc6d3Jvbmc=", "Bearer \xff",
    ],
)
@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_without_the_right_credential_nothing_is_kept(shared, shown, kind):
    before, journaled = shared.refused("unauthenticated"), shared.metrics()["docket_journal_records_total"]
    headers = {"Content-Type": kind}
    if shown is not None:
        headers["Authorization"] = shown.encode("latin-1")
    body = text(3, 32) if kind == JSON else protobuf(3, 32)
    answer = requests.post(f"{shared.http}/v1/logs", data=body, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    code, said = status_of(answer, kind == JSON)
    assert code == 16 and said and TOKEN not in said
    assert shared.refused("unauthenticated") == before + 1
    assert shared.metrics()["docket_journal_records_total"] == journaled


def test_basic_with_the_token_as_password(shared):
    answer = requests.post(
        f"{shared.http}/v1/logs", data=text(2, 33), auth=("claude", TOKEN), headers={"Content-Type": JSON},
        timeout=PATIENCE,
    )
    assert answer.status_code == 200


def test_a_body_that_stops_in_the_middle(shared):
    """The client goes away; whoever comes next is served."""
    head = f"POST /v1/logs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {JSON}\r\n"
    journaled = shared.metrics()["docket_journal_records_total"]
    for rest in [b"Content-Length: 500\r\n\r\n" + text()[:100], b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc", b""]:
        with socket.create_connection(("127.0.0.1", shared.ports["http"]), timeout=PATIENCE) as connection:
            connection.sendall(head.encode() + rest)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
    assert shared.metrics()["docket_journal_records_total"] == journaled
    assert is_fine(shared)


def test_no_http_at_all(shared):
    for garbage in [b"\x16\x03\x01" + bytes(200), b"GET\r\n\r\n", b"\xff" * 4_000, b"POST /v1/logs HTTP/9.9\r\n\r\n"]:
        for port in shared.ports.values():
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                try:
                    while connection.recv(65_536):
                        pass
                except ConnectionResetError:
                    pass
    assert is_fine(shared)


def test_many_empty_groups_cost_no_memory_to_speak_of(fresh):
    """16 MiB of two bytes each: a limit says no before they are all in memory."""
    def memory():
        with open(f"/proc/{fresh.process.pid}/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))

    before = memory()
    size = 15 << 20
    groups = b"\x12\x00" * (size // 2)
    body = b"\x0a" + http2.varint(len(groups)) + groups
    empty = b'{"resourceLogs":[{"scopeLogs":[' + b"{}," * (size // 3) + b"{}]}]}"
    for kind, bad in [(PROTOBUF, body), (JSON, empty)]:
        answer = requests.post(
            f"{fresh.http}/v1/logs", data=bad, headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE
        )
        assert answer.status_code == 400
        assert "scopes" in status_of(answer, kind == JSON)[1]
    assert memory() - before < 160 << 20
    assert is_fine(fresh)


def test_one_bad_record_of_protobuf_leaves_the_others(shared):
    body = not_text(protobuf(6, 34))  # places 0 and 4 are decisions
    answer = requests.post(
        f"{shared.http}/v1/logs", data=body, headers={**BEARER, "Content-Type": PROTOBUF}, timeout=PATIENCE
    )
    assert answer.status_code == 200
    partial = ExportLogsServiceResponse.FromString(answer.content).partial_success
    assert partial.rejected_log_records == 2 and "UTF-8" in partial.error_message
    session = next(claude.events(1, 34))[1]["session.id"]
    assert claude.places(shared.wait_for(4, f'claude_code.events.session.id: "{session}"')) == [1, 2, 3, 5]


def test_half_of_a_character_in_protobuf_is_kept_and_answers_stay_text(shared):
    body = protobuf(2, 37).replace(b"ada@", b"a\xed\xa0\xbd")
    answer = requests.post(
        f"{shared.http}/v1/logs", data=body, headers={**BEARER, "Content-Type": PROTOBUF}, timeout=PATIENCE
    )
    assert answer.status_code == 200 and answer.content == b""
    session = next(claude.events(1, 37))[1]["session.id"]
    documents = shared.wait_for(2, f'claude_code.events.session.id: "{session}"')
    assert {document["user"]["email"] for document in documents} == {"a\ufffdexample.com"}


# gRPC, by hand


METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
KNOWN = [("authorization", f"Bearer {TOKEN}")]


def call(docket, body, metadata=KNOWN, method=METHOD, **options):
    with grpc.insecure_channel(docket.grpc, options=[("grpc.max_send_message_length", -1)]) as channel:
        answer = channel.unary_unary(method, lambda x: x, ExportLogsServiceResponse.FromString)
        return answer(body, metadata=metadata, timeout=PATIENCE, **options)


CALLS = {
    "cut off": (protobuf()[:-3], {}, grpc.StatusCode.INVALID_ARGUMENT, "malformed"),
    "no protobuf": (b"\xff" * 40, {}, grpc.StatusCode.INVALID_ARGUMENT, "malformed"),
    "no text": (not_text(protobuf()), {}, grpc.StatusCode.INVALID_ARGUMENT, "malformed"),
    "no credential": (protobuf(), {"metadata": []}, grpc.StatusCode.UNAUTHENTICATED, "unauthenticated"),
    "a wrong credential": (
        protobuf(), {"metadata": [("authorization", "Bearer wrong")]}, grpc.StatusCode.UNAUTHENTICATED,
        "unauthenticated"),
    "no such method": (
        protobuf(), {"method": METHOD.replace("Export", "Import")}, grpc.StatusCode.UNIMPLEMENTED, "unknown-path"),
    "no such service": (
        protobuf(), {"method": "/grpc.health.v1.Health/Check"}, grpc.StatusCode.UNIMPLEMENTED, "unknown-path"),
    "a zip bomb": (
        bytes(64 << 20), {"compression": grpc.Compression.Gzip}, grpc.StatusCode.RESOURCE_EXHAUSTED, "too-large"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_bad_call_is_refused_and_counted(shared, name):
    body, options, code, reason = CALLS[name]
    before, journaled = shared.refused(reason), shared.metrics()["docket_journal_records_total"]
    with pytest.raises(grpc.RpcError) as caught:
        call(shared, body, **options)
    assert caught.value.code() == code, caught.value.details()
    assert caught.value.details() and TOKEN not in caught.value.details()
    assert shared.refused(reason) == before + 1
    assert shared.metrics()["docket_journal_records_total"] == journaled
    assert call(shared, protobuf()) == ExportLogsServiceResponse()
    assert shared.is_alive()


def test_a_call_over_the_limit_is_exhausted_and_must_not_come_again(shared):
    before = shared.refused("too-large")
    with pytest.raises(grpc.RpcError) as caught:
        call(shared, bytes(LIMIT + 1))
    assert shared.refused("too-large") == before + 1
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    names = [name for name, _ in caught.value.trailing_metadata()]
    assert "grpc-status-details-bin" not in names, "a RetryInfo would make the client send it for ever"
    assert is_fine(shared)


def test_a_call_with_one_bad_record_keeps_the_others(shared):
    partial = call(shared, not_text(protobuf(6, 35))).partial_success
    assert partial.rejected_log_records == 2 and partial.error_message
    session = next(claude.events(1, 35))[1]["session.id"]
    assert claude.places(shared.wait_for(4, f'claude_code.events.session.id: "{session}"')) == [1, 2, 3, 5]


def test_packed_calls(shared):
    assert call(shared, protobuf(9, 36), compression=grpc.Compression.Gzip) == ExportLogsServiceResponse()
    session = next(claude.events(1, 36))[1]["session.id"]
    assert len(shared.wait_for(9, f'claude_code.events.session.id: "{session}"')) == 9


def test_a_packed_call_that_is_no_gzip(shared):
    """Over HTTP/2 by hand: the SDK cannot be made to send it."""
    body = b"\x01" + struct.pack(">I", 9) + b"not gzip!"
    head = http2.request(
        "POST", METHOD, ("content-type", "application/grpc"), ("te", "trailers"), ("grpc-encoding", "gzip"), *KNOWN)
    before = shared.refused("bad-compression")
    with http2.Conversation(shared.ports["grpc"]) as talk:
        talk.send(http2.headers(1, head, http2.END_HEADERS), http2.data(1, body))
        assert talk.answer(1)[1]["grpc-status"] == b"3"
    assert shared.refused("bad-compression") == before + 1
    assert is_fine(shared)
