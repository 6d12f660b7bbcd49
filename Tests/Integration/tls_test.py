"""Certificates that change under a server that runs, and a server that ends while somebody sends."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest
import requests

import claude
from docket import BEARER, PATIENCE, eventually, run

SEND = {**BEARER, "Content-Type": "application/json"}


def body(seed):
    return json.dumps(claude.request(claude.record(*one) for one in claude.events(1, seed))).encode()


class Authority:
    """Signs certificates for 127.0.0.1, with the openssl command."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
        self.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority"
                     " -keyout ca.key -out ca.pem")
        self.issue("server", 1)

    def openssl(self, line):
        subprocess.run(["openssl", *line.split()], cwd=self.folder, check=True, capture_output=True, timeout=PATIENCE)

    def issue(self, name, serial):
        """A certificate NAME.pem and its key NAME.key."""
        self.openssl(f"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name}-{serial}"
                     f" -keyout {name}.key -out {name}.csr")
        self.openssl(f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -set_serial {serial} -days 2"
                     f" -extfile names -out {name}.pem")

    def renew(self, serial):
        """As those do who renew: a new pair beside the old one, then renamed over it."""
        self.issue("next", serial)
        os.replace(self.folder / "next.key", self.folder / "server.key")
        os.replace(self.folder / "next.pem", self.folder / "server.pem")

    def speaks(self, section):
        return f"{section}:\n  tls:\n    certificate: {self.folder}/server.pem\n    key: {self.folder}/server.key\n"

    @property
    def settings(self):
        return self.speaks("otlp")

    @property
    def trust(self):
        return ssl.create_default_context(cafile=self.folder / "ca.pem")

    def connection(self, docket):
        """One that is kept."""
        return http.client.HTTPSConnection("127.0.0.1", docket.ports["http"], timeout=PATIENCE, context=self.trust)

    def serial(self, docket, listener="http"):
        """Of the certificate that a new connection is shown, once it is trusted."""
        with socket.create_connection(("127.0.0.1", docket.ports[listener]), timeout=PATIENCE) as plain:
            with self.trust.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                return int(secure.getpeercert()["serialNumber"], 16)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


def post(connection, seed):
    connection.request("POST", "/v1/logs", body(seed), SEND)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def reloads(docket, result):
    return docket.metrics()[f'docket_tls_reloads_total{{result="{result}"}}']


def test_a_renewed_certificate_is_used_by_itself(make, authority):
    docket = make(settings=authority.settings).start()
    assert f"https://127.0.0.1:{docket.ports['http']}" in docket.welcome
    kept = authority.connection(docket)
    assert post(kept, 1) == 200
    before = kept.sock
    assert authority.serial(docket) == authority.serial(docket, "grpc") == 1

    authority.renew(2)
    eventually(lambda: authority.serial(docket) == 2, "the new certificate")
    assert authority.serial(docket, "grpc") == 2
    assert post(kept, 2) == 200 and kept.sock is before, "the connection of before goes on"
    assert reloads(docket, "success") == 1 and reloads(docket, "failure") == 0
    expiry = docket.metrics()[f'docket_tls_certificate_expiry_seconds{{file="{authority.folder}/server.pem"}}']
    assert time.time() + 86_400 < expiry < time.time() + 3 * 86_400
    docket.wait_for(2)


def test_sighup_reads_certificates_again(make, authority):
    docket = make(settings=authority.settings).start()
    docket.process.send_signal(signal.SIGHUP)
    eventually(lambda: reloads(docket, "success") == 1, "read again, though nothing has changed")
    authority.renew(3)
    docket.process.send_signal(signal.SIGHUP)
    eventually(lambda: authority.serial(docket) == 3, "the new certificate")
    docket.stop()


def test_sighup_does_not_end_a_server_without_certificates(fresh):
    for _ in range(20):
        fresh.process.send_signal(signal.SIGHUP)
    assert requests.post(f"{fresh.http}/v1/logs", body(4), headers=SEND, timeout=PATIENCE).status_code == 200
    assert fresh.is_alive()
    fresh.stop()


def test_a_bad_pair_is_told_and_the_one_before_stays(make, authority):
    docket = make(settings=authority.settings).start()
    good = (authority.folder / "server.pem").read_bytes()
    (authority.folder / "server.pem").write_text("nonsense")
    eventually(lambda: reloads(docket, "failure") == 1, "the bad file")
    assert authority.serial(docket) == 1
    authority.issue("other", 5)
    shutil.copy(authority.folder / "other.key", authority.folder / "server.key")
    (authority.folder / "server.pem").write_bytes(good)
    eventually(lambda: reloads(docket, "failure") >= 2, "a key of another certificate")
    docket.process.send_signal(signal.SIGHUP)
    eventually(lambda: reloads(docket, "failure") >= 3, "the same, asked for")
    assert authority.serial(docket) == 1 and docket.is_alive()
    errors = [json.loads(line) for line in docket.log.read_text().splitlines() if '"level":"error"' in line]
    assert errors and all(str(authority.folder) in error["reason"] for error in errors)
    authority.renew(6)
    eventually(lambda: authority.serial(docket) == 6, "the next good pair")
    docket.stop()


def test_the_console_speaks_tls_and_a_search_trusts_whom_it_is_told(make, authority):
    docket = make(settings=authority.speaks("console")).start(wait=False)
    console = f"https://127.0.0.1:{docket.ports['console']}"
    assert f"{console}/" in docket.welcome
    answer = requests.post(f"{docket.http}/v1/logs", body(8), headers=SEND, timeout=PATIENCE)
    assert answer.status_code == 200
    search = ["search", "", "--format", "ndjson", "--url", console]
    eventually(lambda: run(*search, "--authority", authority.folder / "ca.pem").returncode == 0, "the record")
    stranger = run(*search)
    assert stranger.returncode == 2 and stranger.stdout == b"" and b"certificate" in stranger.stderr
    page = requests.get(console, verify=authority.folder / "ca.pem", timeout=PATIENCE)
    assert page.status_code == 200 and "Content-Security-Policy" in page.headers
    docket.stop()


def test_browsers_of_known_pages_may_send(make):
    docket = make(settings="otlp:\n  cors_origins: [https://office.example.com]\n").start()
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    for origin, status in {"https://office.example.com": 204, "https://other.example.com": 403}.items():
        known = origin if status == 204 else None
        leave = requests.options(f"{docket.http}/v1/traces", headers={**ask, "Origin": origin}, timeout=PATIENCE)
        assert leave.status_code == status
        assert leave.headers.get("Access-Control-Allow-Origin") == known
        for headers, status in ((SEND, 200), ({"Content-Type": "application/json"}, 401)):
            sent = requests.post(
                f"{docket.http}/v1/traces", "{}", headers={**headers, "Origin": origin}, timeout=PATIENCE
            )
            assert sent.status_code == status
            assert sent.headers.get("Access-Control-Allow-Origin") == known


# The end


class Slow:
    """A request over HTTP/1.1 whose bytes come when the test says so."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """Everything until the server closes."""
        out = b""
        while more := self.socket.recv(65_536):
            out += more
        return out

    def is_closed(self):
        with contextlib.suppress(ConnectionResetError):
            return self.socket.recv(1) == b""
        return True


def head(length):
    token = BEARER["Authorization"]
    return (f"POST /v1/logs HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()


def takes_connections(port):
    # Reset: it was still waiting to be accepted when the listener closed.
    with contextlib.suppress(ConnectionRefusedError, ConnectionResetError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        return True
    return False


def test_what_was_begun_is_finished_at_sigterm(make):
    docket = make().start()
    data = body(7)
    begun, asks = Slow(docket.ports["http"]), Slow(docket.ports["console"])
    begun.send(head(len(data)) + data[:10])
    asks.send(b"GET /readyz HTTP/1.1\r\n")
    eventually(lambda: docket.metrics()["docket_http_in_flight_bytes"] > 0, "the first bytes")
    docket.process.send_signal(signal.SIGTERM)
    eventually(lambda: not takes_connections(docket.ports["http"]), "no new connections")
    assert docket.process.poll() is None, "it waits"
    asks.send(b"Host: a\r\n\r\n")
    answer = asks.receive()
    assert answer.startswith(b"HTTP/1.1 503 ") and b"The server is stopping." in answer
    begun.send(data[10:])
    answer = begun.receive()
    assert answer.startswith(b"HTTP/1.1 200 ") and b"Connection: close" in answer
    assert docket.process.wait(PATIENCE) == 0
    docket.start()
    docket.wait_for(1)
    docket.stop()


def test_what_does_not_finish_in_the_grace_is_cut_off(make):
    docket = make(settings="limits:\n  grace: 100ms\n").start()
    begun = Slow(docket.ports["http"])
    begun.send(head(1_000) + b"{")
    eventually(lambda: docket.metrics()["docket_http_in_flight_bytes"] > 0, "the first bytes")
    docket.stop()
    assert begun.is_closed()
    assert "requests were cut off at the end of the grace" in docket.log.read_text()
