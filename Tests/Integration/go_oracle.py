"""Logs checked with code that nobody of Docket wrote: Go's golang.org/x/mod/sumdb, by Conformance/log-oracle."""

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

MODULES = "/usr/share/gocode"
GO = os.environ.get("DOCKET_GO") or shutil.which("go")

needed = pytest.mark.skipif(
    not GO or not Path(MODULES, "src/golang.org/x/mod/sumdb/tlog").exists(),
    reason="NOT CHECKED AGAINST GO: install golang-go and golang-golang-x-mod-dev",
)


def encoded(data):
    return base64.b64encode(data).decode()


def leaf_hash(entry):
    return encoded(hashlib.sha256(b"\0" + entry).digest())


def rows(folder, name, size):
    """All rows of a file of the ledger."""
    data = b"".join(file.read_bytes() for file in sorted(Path(folder).glob(f"{name}.????")))
    return [data[start : start + size] for start in range(0, len(data), size)]


def log(key, entries, note):
    """Claims of a signed checkpoint over entries, the first of them; and that another text was not signed."""
    size = int(note.split("\n")[1])
    assert len(entries) >= size
    changed = note.replace(f"\n{size}\n", f"\n{size + 1}\n", 1)
    return [
        f"key {key}",
        *(f"entry {encoded(entry)}" for entry in entries[:size]),
        f"note {encoded(note.encode())}",
        f"false note {encoded(changed.encode())}",
    ]


def record(proof, entry):
    """Claims of a proof (C2SP tlog-proof): it holds, and neither for another entry nor for another place."""
    head, note = proof.split("\n\n", 1)
    lines = head.split("\n")
    place = next(at for at, line in enumerate(lines) if line.startswith("index "))
    index, path = int(lines[place][6:]), ",".join(lines[place + 1 :])
    size, root = note.split("\n")[1:3]
    claim = f"record {index} {size} {root} {{}} {path}"
    other = f"record {index ^ 1} {size} {root} {leaf_hash(entry)} {path}"
    return [claim.format(leaf_hash(entry)), "false " + claim.format(leaf_hash(entry + b"x")), "false " + other]


def check(claims):
    """Go finds every claim as it is said."""
    root = Path(__file__).parent.parent.parent
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": MODULES, "GOFLAGS": "",
        "GOCACHE": os.environ.get("GOCACHE", str(Path(tempfile.gettempdir()) / "go-cache")),
    }  # fmt: skip
    ended = subprocess.run(
        [GO, "run", root / "Conformance/log-oracle/main.go"], input="\n".join(claims).encode(), capture_output=True,
        timeout=300, env=environment,
    )  # fmt: skip
    assert ended.returncode == 0 and int(ended.stdout) == len(claims), (ended.stdout, ended.stderr)
