"""The binary against HTTP/2 as no library writes it. The rows are in http2_rows.py."""

import itertools

import pytest

import http2
from http2 import END_HEADERS, ENHANCE_YOUR_CALM, Conversation, frame
from http2_rows import GET, OPEN, POST, ROWS, Answer, Connection, Stream, window


@pytest.fixture(scope="module", params=["http", "grpc"])
def port(request, unharmed):
    """Both listeners speak HTTP/2."""
    return unharmed.ports[request.param]


@pytest.fixture(scope="module")
def bystander(port):
    """A client that does nothing wrong, over one connection, the whole time."""
    with Conversation(port) as talk:
        streams = itertools.count(1, 2)
        yield lambda: asked(talk, next(streams))


def asked(talk, stream):
    talk.send(http2.headers(stream, GET))
    status, _, body = talk.answer(stream)
    return status == 200 and body == b"alive\n"


assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_wrong_frame_has_its_error_and_the_others_are_served(port, bystander, row):
    with Conversation(port) as talk:
        talk.send(row.frames)
        match row.outcome:
            case Connection(codes):
                talk.read()
                assert talk.goaway in codes
            case Stream(code, stream):
                talk.read(lambda: talk.is_done(stream))
                assert talk.resets.get(stream) == code and talk.goaway is None
            case Answer(status, stream):
                assert talk.answer(stream)[0] == status
                assert talk.goaway is None
        if not isinstance(row.outcome, Connection):
            assert asked(talk, 101), "the connection goes on"
    assert bystander()


@pytest.mark.parametrize(
    "hello",
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2.headers(1, GET), http2.PREFACE + b"GET / HTTP/1.1\r\nHost: docket\r\n\r\n",
     http2.PREFACE + frame(http2.SETTINGS, http2.ACK, 0), http2.PREFACE + frame(http2.PING, 0, 0, bytes(8))],
    ids=["a request", "HTTP/1.1", "an acknowledgement", "a ping"],
)
def test_the_preface_ends_with_settings(port, bystander, hello):
    with Conversation(port, hello) as talk:
        talk.read()
        assert talk.goaway in (http2.PROTOCOL_ERROR, http2.FRAME_SIZE_ERROR)
    assert bystander()


FLOODS = {
    "PING": frame(http2.PING, 0, 0, bytes(8)),
    "SETTINGS": http2.settings(),
    "SETTINGS that change the table": http2.settings((1, 0)) + http2.settings((1, 4096)),
    "PRIORITY": frame(http2.PRIORITY, 0, 1, bytes(4) + b"\x10"),
    "DATA of nothing": frame(http2.DATA, 0, 1, b""),
    "DATA of padding": frame(http2.DATA, http2.PADDED, 1, b"\xc8" + bytes(200)),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_frames_that_only_cost_work_is_cut_off(port, bystander, name):
    # Data may overflow the stream's window before they are too many. That ends the stream, and what comes on an
    # ended stream is passed over.
    with Conversation(port) as talk:
        talk.send(OPEN, FLOODS[name] * 20_000)
        talk.read(lambda: 1 in talk.resets)
        if 1 in talk.resets:
            assert name.startswith("DATA") and talk.resets[1] == http2.FLOW_CONTROL_ERROR
        else:
            assert talk.goaway in (None, ENHANCE_YOUR_CALM)
    assert bystander()


def test_rapid_resets_are_cut_off(port, bystander):
    with Conversation(port) as talk:
        for stream in range(1, 20_000, 2):
            talk.send(http2.headers(stream, POST, END_HEADERS), frame(http2.RST_STREAM, 0, stream, bytes(4)))
        talk.read()
        # nghttp2 says it with a code of its own choice.
        assert talk.goaway in (http2.INTERNAL_ERROR, ENHANCE_YOUR_CALM)
    assert bystander()


def test_resets_that_the_server_is_made_to_send_are_cut_off(port, bystander):
    """Each stream is in order until its window overflows."""
    with Conversation(port) as talk:
        for stream in range(1, 20_000, 2):
            talk.send(http2.headers(stream, POST, END_HEADERS), window(stream, (1 << 31) - 1))
        talk.read()
        assert talk.goaway == ENHANCE_YOUR_CALM
    assert bystander()


def test_a_head_without_end_is_cut_off(port, bystander):
    more = frame(http2.CONTINUATION, 0, 1, http2.fields([("x", "y")]))
    with Conversation(port) as talk:
        talk.send(frame(http2.HEADERS, 0, 1, http2.fields(GET)), more * 20_000)
        talk.read()
    assert bystander()


def test_a_head_of_nothing_without_end_is_cut_off(port, bystander):
    with Conversation(port) as talk:
        talk.send(frame(http2.HEADERS, 0, 1, http2.fields(GET)), frame(http2.CONTINUATION, 0, 1) * 20_000)
        talk.read()
    assert bystander()


def test_a_small_head_that_unpacks_to_a_huge_one_is_cut_off(port, bystander):
    # One large field goes into the table; then one byte means it, again and again.
    large = b"\x40" + http2.string("x") + http2.string("y" * 3_000)
    with Conversation(port) as talk:
        talk.send(frame(http2.HEADERS, http2.END_HEADERS, 1, http2.fields(GET) + large + b"\xbe" * 13_000))
        talk.read()
        assert 1 not in talk.heads
    assert bystander()


@pytest.mark.parametrize("over", [0, 1])
def test_as_many_streams_as_allowed_are_served_and_one_more_is_an_error(port, bystander, over):
    with Conversation(port) as talk:
        talk.read(lambda: talk.settings is not None)
        streams = [2 * place + 1 for place in range(talk.settings[3] + over)]
        for stream in streams:
            talk.send(http2.headers(stream, POST, END_HEADERS))
        if over:
            # The RFC has a stream error (section 5.1.2), which may be taken for one of the connection.
            assert talk.read().goaway == http2.PROTOCOL_ERROR
        else:
            for stream in streams:
                talk.send(http2.data(stream, b"{}"))
            assert {talk.answer(stream)[0] for stream in streams} == {200}
    assert bystander()


def test_a_client_that_says_goodbye_gets_its_answer_and_the_end(port, bystander):
    with Conversation(port) as talk:
        talk.send(OPEN, frame(http2.GOAWAY, 0, 0, bytes(8)), http2.data(1, b"{}"))
        assert talk.answer(1)[0] == 200
        talk.read()
        assert talk.is_over
    assert bystander()


def test_a_stream_that_the_client_gives_up_is_forgotten(port, bystander, shared):
    with Conversation(port) as talk:
        talk.send(OPEN, http2.data(1, b"{", 0), frame(http2.RST_STREAM, 0, 1, b"\0\0\0\x08"), http2.headers(3, GET))
        assert talk.answer(3)[0] == 200
        assert 1 not in talk.ended
    assert shared.metrics()["docket_http_in_flight_bytes"] == 0
    assert bystander()
