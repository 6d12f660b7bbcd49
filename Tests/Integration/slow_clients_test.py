"""Clients that hang up, drip, stall, or promise what they do not send: each has its time, and costs nobody else any."""

import contextlib
import json
import select
import socket
import struct

import pytest

import claude
import http1
import http1_rows as rows
import http2
from docket import PATIENCE, Docket, eventually, left_as_found

SETTINGS = """
otlp:
  body_limit: 1MiB
limits:
  head_time: 1s
  body_time: 1s
  stall_time: 1s
"""


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    """A server whose times are short. What it is sent in one piece is never late."""
    with Docket(tmp_path_factory.mktemp("hasty"), settings=SETTINGS) as docket, left_as_found(docket):
        yield docket


def request(seed):
    body = json.dumps(claude.request(claude.record(*one) for one in claude.events(1, seed))).encode()
    return rows.length(b" %d" % len(body), body)


def drip(port, *pieces):
    """Sends the first piece at once and of the others a byte at a time, over and over, until the server has enough."""
    first, *more = pieces
    with http1.connect(port) as connection:
        http1.send(connection, first)
        while not select.select([connection], [], [], 0.02)[0]:
            for piece in more:
                http1.send(connection, piece)
        return http1.receive(connection)


@pytest.mark.parametrize("way", ["says that it ends", "breaks off"])
def test_a_hang_up_at_any_byte_keeps_nothing(hasty, way):
    sent = rows.length(b" 55", b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}\n')
    before = hasty.metrics()
    for cut in range(len(sent)):
        if way == "says that it ends":
            assert http1.exchange(hasty.ports["http"], sent[:cut], ends=True) == b"", f"behind byte {cut}"
            continue
        with http1.connect(hasty.ports["http"]) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            http1.send(connection, sent[:cut])
    eventually(lambda: hasty.metrics()["docket_http_connections"] == 1, "all are gone")
    after = hasty.metrics()
    name = "docket_journal_records_total"
    assert after[name] == before[name]
    [answer] = http1.answers(http1.exchange(hasty.ports["http"], sent, ends=True))
    assert answer.status == 200, "the whole request was a good one"
    assert hasty.metrics()[name] == before[name] + 1


def test_a_client_that_has_said_all_is_answered_to_the_last_request(hasty):
    answers = http1.answers(http1.exchange(hasty.ports["http"], request(80) + request(81) + request(82), ends=True))
    assert [answer.status for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (b"GET /", b"x"), (rows.GET_HOST, b"X: y\r\n"), (rows.GET_HOST + b"X: ", b"y"), (b"PRI", b""),
        (rows.END, rows.END), (rows.GET_HOST, b""),
    ],
    ids=["a target", "fields", "a value", "the preface of HTTP/2", "line ends", "silence"],
)
def test_a_head_that_drips_has_its_time(hasty, first, more):
    received = drip(hasty.ports["http"], first, more)
    if first == b"PRI":
        assert received == b"", "neither protocol has begun"
    else:
        assert [answer.status for answer in http1.answers(received)] == [408]


@pytest.mark.parametrize(
    ("head", "more"),
    [(b"Content-Length: 500000", b" "), (b"Transfer-Encoding: chunked", b"1\r\n \r\n"), (b"Content-Length: 5", b"")],
    ids=["with its length", "in chunks", "silence"],
)
def test_a_body_that_drips_has_its_time(hasty, head, more):
    before, journaled = hasty.refused("too-slow"), hasty.metrics()["docket_journal_records_total"]
    [answer] = http1.answers(drip(hasty.ports["http"], rows.POST + head + rows.END + rows.END, more))
    assert answer.status == 408 and answer.closes
    assert json.loads(answer.body)["code"] == 4, "DEADLINE_EXCEEDED, in OTLP's words"
    assert hasty.refused("too-slow") == before + 1
    assert hasty.metrics()["docket_journal_records_total"] == journaled


def test_a_head_of_http2_that_drips_has_its_time(hasty):
    with http2.Conversation(hasty.ports["grpc"]) as talk:
        # Nothing may come between the frames of a head, so the settings are acknowledged before it.
        talk.read(lambda: talk.settings is not None)
        talk.send(http2.frame(http2.HEADERS, 0, 1, http2.fields(http2.GET)))
        assert talk.read().goaway == http2.ENHANCE_YOUR_CALM


def test_a_body_of_http2_that_drips_has_its_time_and_the_others_have_theirs(hasty):
    with http2.Conversation(hasty.ports["http"]) as talk:
        talk.send(http2.headers(1, http2.POST, http2.END_HEADERS), http2.data(1, b"{", 0))
        assert talk.answer(1)[0] == 408
        talk.send(http2.headers(3, http2.GET))
        assert talk.answer(3)[0] == 200


def test_answers_that_nobody_reads_are_given_up(hasty):
    sockets = hasty.sockets()
    with http1.connect(hasty.ports["http"]) as connection:
        # More than the kernel keeps for both sides; the server stops reading when its answers find no room.
        connection.settimeout(0)
        ask = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 1_000
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            for _ in range(1_000):
                connection.send(ask)
        eventually(lambda: hasty.sockets() == sockets, "the server has given it up")


def test_a_window_that_stays_shut_is_given_up(hasty):
    with http2.Conversation(hasty.ports["http"], http2.PREFACE + http2.settings((4, 0))) as talk:
        talk.send(http2.headers(1, http2.request("GET", "/metrics")))
        talk.read(lambda: talk.is_done(1))
        assert talk.resets[1] == http2.CANCEL


def test_one_connection_more_than_allowed_is_told_to_come_again(make):
    docket = make(settings="limits:\n  connections: 8\n").start()

    def asked():
        connection = http1.connect(docket.ports["http"])
        http1.send(connection, rows.GET_HOST + rows.END)
        return connection, connection.recv(1 << 16)

    eventually(lambda: docket.metrics()["docket_http_connections"] == 1, "those of the start are gone")
    some = []
    with contextlib.ExitStack() as stack:
        while True:
            connection, received = asked()
            stack.enter_context(connection)
            [answer] = http1.answers(received)
            if answer.status != 200:
                break
            some.append(connection)
        assert answer.status == 503 and answer.closes and int(answer.headers["retry-after"]) >= 1
        assert len(some) == 8
    # `is_ready` opens one itself.
    eventually(docket.is_ready, "there is room again", PATIENCE)
