"""HTTP/1.1 by hand: what is sent is bytes, what comes back is read strictly."""

import contextlib
import socket
from dataclasses import dataclass

from docket import PATIENCE


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict  # names in lower case; a repeated one is a list
    body: bytes

    @property
    def closes(self):
        return self.headers.get("connection") == "close"


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def send(connection, data):
    """A server that refuses may be gone before the last byte."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(data)


def receive(connection):
    """All bytes until the server ends the connection."""
    received = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            received += piece
    return bytes(received)


def exchange(port, data, ends=False):
    """Sends everything and reads until the server closes.

    With `ends`, the client says that it sends no more, as a hang-up or `nc -N` does.
    """
    with connect(port) as connection:
        send(connection, data)
        if ends:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        return receive(connection)


def answers(received, methods=()):
    """What a strict client makes of the bytes: every answer, to the last byte.

    `methods` are those of the requests in their order; all after the last are GET.
    """
    found = []
    methods = iter(methods)
    while received:
        head, end, received = received.partition(b"\r\n\r\n")
        assert end, f"a head that does not end: {head[:200]!r}"
        status, headers = read_head(head)
        if status == 100:
            found.append(Answer(status, headers, b""))
            continue
        method = next(methods, "GET")
        body = b""
        if method != "HEAD" and status not in (204, 304):
            if headers.get("transfer-encoding") == "chunked":
                body, received = read_chunks(received)
            else:
                length = int(headers["content-length"])
                body, received = received[:length], received[length:]
                assert len(body) == length, "a body that is cut off"
        found.append(Answer(status, headers, body))
    return found


def read_head(head):
    first, *lines = head.split(b"\r\n")
    version, status, _ = first.split(b" ", 2)
    assert version == b"HTTP/1.1" and len(status) == 3, first
    headers = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        assert colon and name and name == name.strip(), line
        name, value = name.decode("ascii").lower(), value.strip().decode("ascii")
        headers[name] = value if name not in headers else [headers[name], value]
    assert not {"content-length", "transfer-encoding"} <= headers.keys()
    return int(status), headers


def read_chunks(received):
    body = b""
    while True:
        size, end, received = received.partition(b"\r\n")
        assert end, "a chunk that is cut off"
        size = int(size, 16)
        body += received[:size]
        assert received[size : size + 2] == b"\r\n", "a chunk that is cut off"
        received = received[size + 2 :]
        if size == 0:
            return body, received
