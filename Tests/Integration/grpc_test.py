"""gRPC as its own library speaks it, and as it never would."""

import contextlib
import gzip
import signal
import struct
import threading

import grpc
import pytest
import requests
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

import claude
import http1
import http2
from bad_input_test import KNOWN, METHOD, message, not_text, status_of
from docket import BEARER, PATIENCE, TOKEN, Docket, eventually, left_as_found

SETTINGS = "otlp:\n  body_limit: 1MiB\nlimits:\n  in_flight_size: 1MiB\n"
LIMIT = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with room for one body of the largest size at a time."""
    with Docket(tmp_path_factory.mktemp("calls"), settings=SETTINGS) as docket, left_as_found(docket):
        yield docket


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server.grpc) as channel:
        yield channel


def export(channel):
    return channel.unary_unary(METHOD, lambda body: body, ExportLogsServiceResponse.FromString)


def call_fields(*more, path=METHOD, kind="application/grpc", credential=f"Bearer {TOKEN}"):
    known = [("authorization", credential)] if credential else []
    return http2.request("POST", path, ("content-type", kind), ("te", "trailers"), *known, *more)


def framed(body, flags=0, length=None):
    return bytes([flags]) + struct.pack(">I", len(body) if length is None else length) + body


GOOD = message(1, 90).SerializeToString()

# name: (fields of the head, body, status of the call, reason in the metrics). Codes are those of
# https://github.com/grpc/grpc/blob/master/doc/statuscodes.md.
OK, INVALID, EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAUTHENTICATED = 0, 3, 8, 12, 13, 16
CALLS = {
    "a good call": (call_fields(), framed(GOOD), OK, None),
    "a message of nothing": (call_fields(), framed(b""), OK, None),
    "with +proto": (call_fields(kind="application/grpc+proto"), framed(GOOD), OK, None),
    "with parameters": (call_fields(kind="application/grpc;charset=utf-8"), framed(GOOD), OK, None),
    "gzip": (call_fields(("grpc-encoding", "gzip")), framed(gzip.compress(GOOD), 1), OK, None),
    "gzip said, not used": (call_fields(("grpc-encoding", "gzip")), framed(GOOD), OK, None),
    "gzip of two members":
        (call_fields(("grpc-encoding", "gzip")), framed(gzip.compress(GOOD[:9]) + gzip.compress(GOOD[9:]), 1), OK, None),
    "identity": (call_fields(("grpc-encoding", "identity")), framed(GOOD), OK, None),
    "an unknown encoding that is not used": (call_fields(("grpc-encoding", "snappy")), framed(GOOD), OK, None),
    "a deadline": (call_fields(("grpc-timeout", "10S")), framed(GOOD), OK, None),
    "binary metadata": (call_fields(("trace-bin", "AAECAw")), framed(GOOD), OK, None),
    "no credential": (call_fields(credential=None), framed(GOOD), UNAUTHENTICATED, "unauthenticated"),
    "a wrong credential": (call_fields(credential="Bearer wrong"), framed(GOOD), UNAUTHENTICATED, "unauthenticated"),
    "a wrong method": (call_fields(path=METHOD + "s"), framed(GOOD), UNIMPLEMENTED, "unknown-path"),
    "a wrong service": (call_fields(path="/a.B/Export"), framed(GOOD), UNIMPLEMENTED, "unknown-path"),
    "a path of OTLP over HTTP": (call_fields(path="/v1/logs"), framed(GOOD), UNIMPLEMENTED, "unknown-path"),
    "a method in lower case": (call_fields(path=METHOD.lower()), framed(GOOD), UNIMPLEMENTED, "unknown-path"),
    "no body": (call_fields(), b"", UNIMPLEMENTED, "malformed"),
    "two messages": (call_fields(), framed(GOOD) * 2, UNIMPLEMENTED, "malformed"),
    "a message and a half": (call_fields(), framed(GOOD) + framed(GOOD)[:9], UNIMPLEMENTED, "malformed"),
    "half a message": (call_fields(), framed(GOOD)[:-1], INTERNAL, "malformed"),
    "half a prefix": (call_fields(), framed(GOOD)[:4], INTERNAL, "malformed"),
    "a message that says 4 GiB": (call_fields(), framed(GOOD, length=(1 << 32) - 1), INTERNAL, "malformed"),
    "compressed without an encoding": (call_fields(), framed(gzip.compress(GOOD), 1), INTERNAL, "malformed"),
    "compressed with identity": (call_fields(("grpc-encoding", "identity")), framed(GOOD, 1), INTERNAL, "malformed"),
    "an unknown encoding": (call_fields(("grpc-encoding", "snappy")), framed(GOOD, 1), UNIMPLEMENTED, "malformed"),
    "unknown flags": (call_fields(), framed(GOOD, 2), INTERNAL, "malformed"),
    "malformed protobuf": (call_fields(), framed(GOOD[:-3]), INVALID, "malformed"),
    "malformed gzip": (call_fields(("grpc-encoding", "gzip")), framed(b"no gzip", 1), INVALID, "bad-compression"),
    "too large": (call_fields(), framed(bytes(LIMIT)), EXHAUSTED, "too-large"),
    "too large, as the head says":
        (call_fields(("content-length", str(LIMIT + 1))), None, EXHAUSTED, "too-large"),
    "too large, unpacked": (call_fields(("grpc-encoding", "gzip")), framed(gzip.compress(bytes(32 << 20)), 1), EXHAUSTED, "too-large"),
    "metadata of 40,000 bytes": (call_fields(*[("x", "y" * 10_000)] * 4), framed(GOOD), EXHAUSTED, None),
    "metadata of 101 fields": (call_fields(*[("x", "y")] * 101), framed(GOOD), EXHAUSTED, None),
}


def spoken(talk, stream, head, body):
    """A call by hand, its body in frames that are in order."""
    block = http2.fields(head)
    pieces = [block[start : start + 16_000] for start in range(0, len(block), 16_000)]
    talk.send(http2.frame(http2.HEADERS, http2.END_HEADERS * (len(pieces) == 1), stream, pieces[0]))
    for place, piece in enumerate(pieces[1:], 2):
        talk.send(http2.frame(http2.CONTINUATION, http2.END_HEADERS * (place == len(pieces)), stream, piece))
    if body is not None:
        talk.upload(stream, body)
    return talk.answer(stream)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("port", ["grpc", "http"])
def test_each_call_has_its_status(server, name, port):
    head, body, code, reason = CALLS[name]
    before = server.refused(reason) if reason else None
    with http2.Conversation(server.ports[port]) as talk:
        status, fields, answer = spoken(talk, 1, head, body)
        assert status == 200 and fields["content-type"] == b"application/grpc"
        assert int(fields["grpc-status"]) == code, fields
        if code == OK:
            assert answer == framed(b"") and len(talk.heads[1]) == 2, "a head, a message, trailers"
        else:
            assert 1 not in talk.bodies and len(talk.heads[1]) == 1, "trailers alone"
            assert fields["grpc-message"] and TOKEN.encode() not in fields["grpc-message"]
            assert "grpc-status-details-bin" not in fields, "nobody is told to send the same again"
        assert spoken(talk, 3, *CALLS["a good call"][:2])[1]["grpc-status"] == b"0", "the connection goes on"
    if reason:
        assert server.refused(reason) == before + 1


def test_1000_calls_over_one_channel(server, channel):
    call = export(channel)
    accepted = server.metrics()["docket_http_accepted_total"]
    for _ in range(1_000):
        assert call(GOOD, metadata=KNOWN, timeout=PATIENCE) == ExportLogsServiceResponse()
    assert server.metrics()["docket_http_accepted_total"] - accepted <= 3, "one for the calls, two for the metrics"


def test_more_calls_at_a_time_than_streams_over_one_channel(server, channel):
    sent = [message(1, seed).SerializeToString() for seed in range(2_000, 2_300)]
    calls = [export(channel).future(body, metadata=KNOWN, timeout=PATIENCE) for body in sent]
    assert [call.result() for call in calls] == [ExportLogsServiceResponse()] * len(sent)


def test_a_call_that_is_cancelled_in_the_middle_keeps_nothing(server, channel):
    journaled = server.metrics()["docket_journal_records_total"]
    with http2.Conversation(server.ports["grpc"]) as talk:
        talk.send(http2.headers(1, call_fields(), http2.END_HEADERS), http2.data(1, framed(GOOD)[:50], 0))
        eventually(lambda: server.metrics()["docket_http_in_flight_bytes"] == 50, "half of it is there")
        talk.send(http2.frame(http2.RST_STREAM, 0, 1, struct.pack(">I", http2.CANCEL)))
        eventually(lambda: server.metrics()["docket_http_in_flight_bytes"] == 0, "and given up")
        assert spoken(talk, 3, *CALLS["a message of nothing"][:2])[1]["grpc-status"] == b"0"
    assert server.metrics()["docket_journal_records_total"] == journaled
    # The library's own way: a request whose end does not come.
    ended = threading.Event()
    endless = (b"" for _ in iter(lambda: ended.wait(PATIENCE), True))
    call = channel.stream_unary(METHOD, lambda body: body).future(endless, metadata=KNOWN)
    call.cancel()
    ended.set()
    assert call.cancelled()
    assert export(channel)(b"", metadata=KNOWN, timeout=PATIENCE) == ExportLogsServiceResponse()


def test_a_deadline_that_is_over_before_the_answer_harms_nobody(server, channel):
    call = export(channel)
    assert call(b"", metadata=KNOWN, timeout=PATIENCE) == ExportLogsServiceResponse(), "connected"
    server.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(grpc.RpcError) as caught:
            call(GOOD, metadata=KNOWN, timeout=0.2)
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert call(b"", metadata=KNOWN, timeout=PATIENCE) == ExportLogsServiceResponse()


@contextlib.contextmanager
def saturated(server):
    """Somebody has begun to send the largest body and does not end it: there is no room for another."""
    with http2.Conversation(server.ports["http"]) as talk:
        talk.send(http2.headers(1, http2.POST, http2.END_HEADERS))
        talk.upload(1, b" " * (LIMIT - 9_000), flags=0)
        eventually(lambda: server.metrics()["docket_http_in_flight_bytes"] == LIMIT - 9_000, "no room")
        yield
        talk.send(http2.data(1, b"{}"))
        assert talk.answer(1)[0] == 200
    eventually(lambda: server.metrics()["docket_http_in_flight_bytes"] == 0, "room")


def test_a_server_without_room_says_when_to_come_again(server, channel):
    body = message(100, 91).SerializeToString()
    assert len(body) > 9_000
    busy = server.refused("busy")
    with saturated(server):
        with pytest.raises(grpc.RpcError) as caught:
            export(channel)(body, metadata=KNOWN, timeout=PATIENCE)
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
        status, retry = Status.FromString(details), RetryInfo()
        assert status.code == 8 and status.message == caught.value.details()
        assert status.details[0].Unpack(retry) and retry.retry_delay.seconds >= 1
        for kind in ["application/json", "application/x-protobuf"]:
            answer = requests.post(
                f"{server.http}/v1/logs", data=body, headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE)
            assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
            assert status_of(answer, kind == "application/json")[0] == 8
    assert server.refused("busy") == busy + 3
    assert export(channel)(body, metadata=KNOWN, timeout=PATIENCE) == ExportLogsServiceResponse()
