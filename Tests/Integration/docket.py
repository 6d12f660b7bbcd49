"""A docket that serves, and the words of its command line."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import requests

BINARY = os.environ["DOCKET"]
TOKEN = "integration-token-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

# The longest wait for anything. What is waited for is there within a second or two on an idle machine.
PATIENCE = 60


def eventually(condition, what, seconds=PATIENCE, pause=0.02):
    """Waits until a condition gives something true, looking often; fails with its last answer."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {found!r}")
        time.sleep(pause)


def environment(**more):
    return {**os.environ, "DOCKET_TOKEN": TOKEN, **more}


def run(*words, timeout=PATIENCE, **options):
    """One command line, to its end."""
    return subprocess.run(
        [BINARY, *map(str, words)], capture_output=True, timeout=timeout, env=environment(), **options
    )


class Docket:
    """`docket serve` on free ports, with a data directory and a configuration of its own.

    The first start asks for port 0; later ones take the same ports again, so that clients find the way back.
    """

    def __init__(self, folder: Path, settings="", token=TOKEN, data=None, prefix=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data = data or folder / "data"
        self.settings = settings
        self.token = token
        self.prefix = list(prefix)
        self.ports = {"grpc": 0, "http": 0, "console": 0}
        self.log = folder / "log.ndjson"
        self.process = None
        self.welcome = ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    # Life

    def configuration(self):
        lines = [self.settings.strip()]
        # Tests look all the time and count what there is; those about looking say otherwise.
        recorded = [] if "  recorded:" in self.settings else ["  recorded: people"]
        sections = {
            "otlp": [f"  http: 127.0.0.1:{self.ports['http']}", f"  grpc: 127.0.0.1:{self.ports['grpc']}"],
            "console": [f"  address: 127.0.0.1:{self.ports['console']}", *recorded],
        }
        for name, members in sections.items():
            head = f"{name}:\n"
            if head in self.settings:
                lines[0] = lines[0].replace(head, head + "\n".join(members) + "\n")
            else:
                lines += [f"{name}:", *members]
        file = self.folder / "docket.yaml"
        file.write_text("\n".join(lines) + "\n")
        return file

    def start(self, wait=True, **more):
        """Until everything listens and says that it is ready."""
        self.process = subprocess.Popen(
            [*self.prefix, BINARY, "serve", "--config", self.configuration(), "--data", self.data],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log.open("ab"),
            env=environment(**({"DOCKET_BOOTSTRAP_TOKEN": self.token} if self.token else {}), **more),
        )
        lines = []
        # The welcome ends with an empty line of its own or, when it has no snippet, with the last address.
        while not self.process.poll() and (line := self.process.stdout.readline().decode()):
            lines.append(line)
            if "OTEL_EXPORTER_OTLP_HEADERS" in line:
                break
        self.welcome = "".join(lines)
        if self.process.poll() is not None or not lines:
            raise AssertionError(f"docket ended: {self.process.wait()}: {self.log.read_text()[-2000:]}")
        for name, pattern in {
            "console": r"console +https?://[\d.]+:(\d+)/",
            "http": r"OTLP/HTTP +https?://[\d.]+:(\d+)",
            "grpc": r"OTLP/gRPC +[\d.]+:(\d+)",
        }.items():
            self.ports[name] = int(re.search(pattern, self.welcome)[1])
        if wait:
            eventually(self.is_ready, "/readyz")
        return self

    def is_ready(self):
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.console}/readyz", timeout=5).status_code == 200

    def kill(self):
        """As a crash does: without a last word."""
        self.end(signal.SIGKILL)

    def stop(self):
        """In good order."""
        assert self.end(signal.SIGTERM) == 0, self.log.read_text()[-2000:]

    def end(self, number):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.process = None
        return code

    def is_alive(self):
        return self.process is not None and self.process.poll() is None and self.is_ready()

    def sockets(self):
        """How many sockets the process has open: its listeners and its connections."""
        found = 0
        for file in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed while we look
                found += os.readlink(file).startswith("socket:")
        return found

    # Addresses

    @property
    def http(self):
        return f"http://127.0.0.1:{self.ports['http']}"

    @property
    def grpc(self):
        return f"127.0.0.1:{self.ports['grpc']}"

    @property
    def console(self):
        return f"http://127.0.0.1:{self.ports['console']}"

    # Questions

    def metrics(self):
        """By name and labels, as Prometheus text has them."""
        text = requests.get(f"{self.console}/metrics", timeout=PATIENCE).text
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def refused(self, reason):
        return self.metrics()[f'docket_otlp_refused_requests_total{{reason="{reason}"}}']

    def search(self, query="", *options, remote=True):
        """Documents as the bytes that `docket search` prints, newest first."""
        where = ["--url", self.console] if remote else ["--data", self.data]
        ended = run("search", query, "--format", "ndjson", "--limit", "1000000", *options, *where)
        assert ended.returncode in (0, 1), ended.stderr
        lines = ended.stdout.splitlines()
        assert (ended.returncode == 0) == bool(lines)
        return lines

    def documents(self, query="", *options, remote=True):
        return [json.loads(line) for line in self.search(query, *options, remote=remote)]

    def count(self, query=""):
        answer = requests.post(
            f"{self.console}/api/v1/search", json={"query": query, "limit": 0}, headers=BEARER, timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text
        total = answer.json()["total"]
        return total["value"] if isinstance(total, dict) else total

    def count_in(self, query, since):
        """How many there are from a moment on, up to now."""
        body = {"query": query, "limit": 0, "from": since, "to": "now"}
        answer = requests.post(f"{self.console}/api/v1/search", json=body, headers=BEARER, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()["total"]

    def wait_for(self, count, query="", seconds=PATIENCE):
        """Until at least so many documents are found: all that are found then, so that a caller sees too many."""
        eventually(lambda: self.count(query) >= count, f"{count} documents for {query!r}", seconds)
        return self.documents(query)


@contextlib.contextmanager
def left_as_found(docket):
    """Whatever is done to a server in between: it lives, keeps nothing open and says nothing it should not."""
    with requests.Session() as session:
        # Those who looked whether it is ready may not have been seen to leave yet.
        def alone():
            return "\ndocket_http_connections 1\n" in session.get(f"{docket.console}/metrics", timeout=PATIENCE).text

        eventually(alone, "nobody but the one that asks")
        sockets = docket.sockets() - 1
    yield docket
    assert docket.is_alive()
    eventually(lambda: docket.sockets() == sockets, f"no connection is left over, {sockets} sockets")
    metrics = docket.metrics()
    assert metrics["docket_http_connections"] == 1, "the one that asks"
    assert metrics["docket_http_in_flight_bytes"] == 0
    assert metrics["docket_http_unanswered_total"] == metrics["docket_http_second_answers_total"] == 0
    log = docket.log.read_text()
    assert TOKEN not in log
    for line in log.splitlines():
        json.loads(line)  # a crash would not write JSON


def at(document, name):
    """A field by its dotted name, whether it is nested or the name itself has dots."""
    if not isinstance(document, dict):
        return None
    if name in document:
        return document[name]
    for place in (i for i, letter in enumerate(name) if letter == "."):
        found = at(document.get(name[:place]), name[place + 1 :])
        if found is not None:
            return found
    return None
