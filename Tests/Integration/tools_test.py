"""curl, nghttp and h2load: tools with minds of their own about HTTP, in the clear and over TLS."""

import gzip
import json
import re
import struct
import subprocess
from dataclasses import dataclass

import pytest
import zstandard
from google.rpc.status_pb2 import Status

from bad_input_test import JSON, METHOD, PROTOBUF, protobuf, text
from docket import PATIENCE, TOKEN, left_as_found
from exporters_test import Secured

LIMIT = 2 << 20  # above 1 MiB, from where on curl asks before it sends a body
KNOWN = ["--header", f"Authorization: Bearer {TOKEN}"]
AS_JSON = ["--header", f"Content-Type: {JSON}"]

# What curl is told, and the version that comes of it. An upgrade in the clear is not what RFC 9113 has any more.
VERSIONS = {
    "plain": {
        "HTTP/1.1": (["--http1.1"], "1.1"), "an upgrade that is not taken": (["--http2"], "1.1"),
        "HTTP/2 known before": (["--http2-prior-knowledge"], "2"),
    },
    "TLS": {
        "HTTP/1.1 alone offered": (["--http1.1"], "1.1"), "nothing offered": (["--no-alpn"], "1.1"),
        "HTTP/2 offered": (["--http2"], "2"),
    },
}


@pytest.fixture(scope="module", params=VERSIONS)
def server(request, tmp_path_factory):
    secured = Secured(tmp_path_factory.mktemp("tools"), request.param, f"  body_limit: {LIMIT}\n")
    with secured.docket as docket, left_as_found(docket):
        yield secured


@pytest.fixture(params=["first", "second", "third"])
def version(request, server):
    """Options of curl, and the version of HTTP that they lead to."""
    place = ["first", "second", "third"].index(request.param)
    return list(VERSIONS[server.security].values())[place]


@dataclass
class Curled:
    status: int
    version: str
    headers: dict
    body: bytes
    sent: int  # bytes of the body that left
    connections: int

    @property
    def code(self):
        """Of the `Status` that an answer of OTLP has."""
        if self.headers["content-type"] == [PROTOBUF]:
            return Status.FromString(self.body).code
        return json.loads(self.body)["code"]


def curled(server, options, *words, path="/v1/logs", body=None):
    """One transfer. A body is read from standard input; a 100 (Continue) that does not come is waited for in vain."""
    words = ["--silent", "--max-time", str(PATIENCE), "--expect100-timeout", str(2 * PATIENCE), *options, *words]
    if server.authority:
        words += ["--cacert", server.file("ca.pem")]
    if body is not None and "--upload-file" not in words:
        words += ["--data-binary", "@-"]
    ended = subprocess.run(
        ["curl", *words, "--write-out", "%{stderr}%{json}\n%{header_json}", server.address + path],
        input=body or b"", capture_output=True, timeout=2 * PATIENCE)
    facts, _, headers = ended.stderr.decode().partition("\n")
    facts = json.loads(facts)
    assert ended.returncode == 0, facts["errormsg"]
    return Curled(
        facts["http_code"], facts["http_version"], json.loads(headers), ended.stdout, facts["size_upload"],
        facts["num_connects"])


def journaled(server):
    return server.docket.metrics()["docket_journal_records_total"]


def padded(size):
    """JSON of a size, with one record in it."""
    body = text(1, 80)
    return body[:-1] + b" " * (size - len(body)) + body[-1:]


PACKINGS = {"identity": lambda body: body, "gzip": gzip.compress, "zstd": zstandard.compress}
CHUNKED = ["--request", "POST", "--upload-file", "-", "--header", "Transfer-Encoding: chunked"]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("form", ["with its length", "in chunks"])
@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_curl_sends_a_body_in_each_form(server, version, packing, form, kind):
    body = PACKINGS[packing]((text if kind == JSON else protobuf)(5, 81))
    before = journaled(server)
    answer = curled(
        server, version[0], *KNOWN, *(CHUNKED if form == "in chunks" else []), "--header", f"Content-Type: {kind}",
        "--header", f"Content-Encoding: {packing}", body=body)
    assert (answer.status, answer.version) == (200, version[1])
    assert answer.sent >= len(body), "the sizes of chunks count, too"
    assert answer.headers["content-type"] == [kind] and answer.body == (b"{}" if kind == JSON else b"")
    assert journaled(server) == before + 5


@pytest.mark.parametrize("form", ["with its length", "in chunks"])
def test_a_body_as_large_as_may_be_is_taken_and_one_byte_more_is_413(server, version, form):
    words = [*KNOWN, *AS_JSON, *(CHUNKED if form == "in chunks" else [])]
    before, refused = journaled(server), server.docket.refused("too-large")
    assert curled(server, version[0], *words, body=padded(LIMIT)).status == 200
    answer = curled(server, version[0], *words, body=padded(LIMIT + 1))
    assert (answer.status, answer.code) == (413, 8)
    assert journaled(server) == before + 1 and server.docket.refused("too-large") == refused + 1


def test_curl_asks_before_a_large_body(server, version):
    """Over HTTP/1.1 it does so by itself, and over HTTP/2 when it is told to."""
    asks = [*AS_JSON, "--header", "Expect: 100-continue"] if version[1] == "2" else AS_JSON
    taken = curled(server, version[0], *asks, *KNOWN, body=padded(LIMIT))
    assert (taken.status, taken.sent) == (200, LIMIT)
    for words, size, status, code in [([], LIMIT, 401, 16), ([], 2 * LIMIT, 401, 16), (KNOWN, LIMIT + 1, 413, 8)]:
        answer = curled(server, version[0], *asks, *words, body=padded(size))
        assert (answer.status, answer.code) == (status, code)
        if version[1] == "1.1":
            assert answer.sent == 0, "not a byte of the body was asked for"


def test_head_and_options(server, version):
    page = curled(server, version[0], path="/healthz")
    head = curled(server, version[0], "--head", path="/healthz")
    assert (page.status, head.status, page.body) == (200, 200, b"alive\n")
    assert {**page.headers, "date": None} == {**head.headers, "date": None}, "as GET has them"
    assert head.headers["content-length"] == ["6"]
    for words in [["--head"], ["--request", "OPTIONS"], ["--request", "GET"]]:
        answer = curled(server, version[0], *words)
        assert (answer.status, answer.headers["allow"], answer.version) == (405, ["POST"], version[1])
        if words != ["--head"]:
            assert answer.code == 12


def test_500_requests_over_one_connection(server, version):
    if "--http2-prior-knowledge" in version[0]:
        pytest.skip("curl 7.88 cannot use such a connection twice (https://github.com/curl/curl/pull/10643)")
    words = ["--cacert", server.file("ca.pem")] if server.authority else []
    before = server.docket.metrics()["docket_http_accepted_total"]
    ended = subprocess.run(
        ["curl", "--silent", "--max-time", str(PATIENCE), *version[0], *KNOWN, *AS_JSON, *words, "--data-binary", "{}",
         "--write-out", "%{stderr}%{http_code} %{num_connects}\n", f"{server.address}/v1/logs#[1-500]"],
        capture_output=True, timeout=2 * PATIENCE)
    answers = ended.stderr.decode().splitlines()
    assert answers == ["200 1"] + ["200 0"] * 499
    assert ended.stdout == b"{}" * 500
    assert server.docket.metrics()["docket_http_accepted_total"] == before + 2, "one of curl's, one for the metrics"


# nghttp


def framed(body):
    """A message of gRPC."""
    return struct.pack(">BI", 0, len(body)) + body


AS_CALL = {"content-type": "application/grpc", "te": "trailers"}
AUTHORIZED = {"authorization": f"Bearer {TOKEN}"}


def ran(tool, *words):
    """What a tool of nghttp2 prints; it trusts every certificate."""
    ended = subprocess.run([tool, *map(str, words)], capture_output=True, timeout=2 * PATIENCE)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode(errors="replace")


def nghttp(server, *words, path="/v1/logs", headers, body=None, folder):
    """By stream: the fields of its answer in their order, each `name: value`."""
    words = [*words, *(f"--header={name}: {value}" for name, value in headers.items())]
    if body is not None:
        (folder / "body").write_bytes(body)
        words.append(f"--data={folder}/body")
    said = ran("nghttp", "--verbose", "--null-out", "--no-verify-peer", *words, server.address + path)
    answers = {}
    for stream, field in re.findall(r"recv \(stream_id=(\d+)\) (.+)", said):
        answers.setdefault(int(stream), []).append(field)
    # A refused body that does not end is given up without an error (RFC 9113, section 8.1).
    assert re.findall(r"recv (?:RST_STREAM|GOAWAY).*\n.*error_code=(?!NO_ERROR)\w+", said) == []
    return answers, said


def test_nghttp_sends_many_bodies_at_a_time(server, tmp_path):
    """More than a window of a connection holds, so that each has to let the others pass."""
    before, body = journaled(server), padded(300_000)
    answers, said = nghttp(
        server, "--multiply=50", headers={**AUTHORIZED, "content-type": JSON}, body=body, folder=tmp_path)
    assert len(answers) == 50 and all(fields[0] == ":status: 200" for fields in answers.values())
    assert journaled(server) == before + 50
    first_end = re.search(r"send DATA frame <length=\d+, flags=0x01, stream_id=(\d+)>", said)
    begun = set(re.findall(r"send DATA frame <length=\d+, flags=0x00, stream_id=(\d+)>", said[: first_end.start()]))
    assert len(begun) > 1, "frames of several bodies were on the way at once"


def test_nghttp_asks_before_its_bodies(server, tmp_path):
    headers = {**AUTHORIZED, "content-type": JSON}
    answers, _ = nghttp(
        server, "--expect-continue", "--multiply=3", headers=headers, body=padded(LIMIT), folder=tmp_path)
    assert [fields[:2] for fields in answers.values()] == [[":status: 100", ":status: 200"]] * 3
    for headers, size, status in [(headers, LIMIT + 1, 413), ({"content-type": JSON}, LIMIT, 401)]:
        answers, said = nghttp(server, "--expect-continue", headers=headers, body=padded(size), folder=tmp_path)
        assert [fields[0] for fields in answers.values()] == [f":status: {status}"], "and no 100"


# name: (fields of the head, body, grpc-status)
CALLS = {
    "a good call": (AUTHORIZED, framed(protobuf(5, 82)), 0),
    "no credential": ({}, framed(protobuf(5, 82)), 16),
    "as large as may be": (AUTHORIZED, framed(b"\x12" + b"\xfb\xff\x7f" + bytes(LIMIT - 9)), 3),
    "a byte more": (AUTHORIZED, framed(bytes(LIMIT - 4)), 8),
}


@pytest.mark.parametrize("name", CALLS)
def test_nghttp_shows_the_status_of_a_call(server, tmp_path, name):
    headers, body, code = CALLS[name]
    [fields] = nghttp(server, path=METHOD, headers={**AS_CALL, **headers}, body=body, folder=tmp_path)[0].values()
    assert [field for field in fields if field.startswith((":status", "grpc-status:"))] == [
        ":status: 200", f"grpc-status: {code}"]


# h2load


def loaded(server, folder, *words, requests, path, headers, body):
    """Every request succeeds, as h2load counts and as the server does."""
    (folder / "body").write_bytes(body)
    before = server.docket.metrics()
    said = ran(
        "h2load", f"--requests={requests}", f"--data={folder}/body", *words,
        *(f"--header={name}: {value}" for name, value in headers.items()), server.address + path)
    assert (f"requests: {requests} total, {requests} started, {requests} done, {requests} succeeded, 0 failed,"
            " 0 errored, 0 timeout") in said, said
    assert f"status codes: {requests} 2xx, 0 3xx, 0 4xx, 0 5xx" in said
    after = server.docket.metrics()
    for name in after:
        if name.startswith(("docket_otlp_refused", "docket_auth_refused", "docket_journal_refused")):
            assert after[name] == before[name], name
    return {name: after[name] - before.get(name, 0) for name in after}


@pytest.mark.parametrize("connections", [1, 8])
def test_h2load_calls_with_500_records_each(server, tmp_path, connections):
    """A call that is refused is a 200 for h2load: the server's own numbers say that there is none."""
    calls = 48
    added = loaded(
        server, tmp_path, f"--clients={connections}", "--max-concurrent-streams=8", "--threads=1", requests=calls,
        path=METHOD, headers={**AS_CALL, **AUTHORIZED}, body=framed(protobuf(500, 83)))
    assert added['docket_otlp_received_total{signal="logs"}'] == 500 * calls
    assert added["docket_journal_records_total"] == 500 * calls
    assert added["docket_http_accepted_total"] == connections + 1, "and one for the metrics"


@pytest.mark.parametrize("words", [[], ["--h1"]])
def test_h2load_posts_by_each_version(server, tmp_path, words):
    added = loaded(
        server, tmp_path, "--clients=8", "--max-concurrent-streams=4", *words, requests=2_000, path="/v1/logs",
        headers={**AUTHORIZED, "content-type": PROTOBUF}, body=protobuf(3, 84))
    assert added["docket_journal_records_total"] == 6_000
