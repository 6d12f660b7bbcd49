"""A real data directory, checked with Go's golang.org/x/mod/sumdb."""

import os
import random
import time
from pathlib import Path

import requests

import go_oracle
from docket import BEARER, Docket, eventually, run
from ledger_test import checkpoint, prove


def send_many(docket, count, first):
    records = [
        {"timeUnixNano": str(1_791_447_318_000_000_000 + first + at), "body": {"stringValue": f"record {first + at}"}}
        for at in range(count)
    ]
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}
    assert requests.post(f"{docket.http}/v1/logs", json=body, headers=BEARER, timeout=20).status_code == 200


def keys(docket):
    lines = run("keys", "--data", docket.data).stdout.decode().splitlines()
    return dict(line.split() for line in lines)


@go_oracle.needed
def test_roots_proofs_and_notes_are_what_go_finds(tmp_path):
    seed = int(os.environ.get("GO_SEED", time.time_ns()))
    print(f"GO_SEED={seed}")
    dice = random.Random(seed)
    with Docket(tmp_path) as docket:
        ledger = Path(docket.data) / "ledger"
        roots = {}
        total = 0
        for _ in range(8):
            count = dice.choice([1, 2, dice.randrange(1, 40), dice.randrange(200, 300)])
            send_many(docket, count, total)
            total += count
            eventually(lambda: checkpoint(docket)[1] == total, f"a checkpoint over {total} records")
            roots[total] = checkpoint(docket)[2]
        docket.stop()
        entries = go_oracle.rows(ledger, "default.leaves", 126)
        note = (ledger / "default.checkpoint").read_text()
        claims = go_oracle.log(keys(docket)["default"], entries, note)
        for number in {0, total - 1, *(dice.randrange(total) for _ in range(20))}:
            claims += go_oracle.record(prove(docket, number, "--show", "none"), entries[number])
        for old in roots:
            for new in roots:
                if old > new:
                    continue
                ended = run("prove", "--consistency", old, new, "--data", docket.data)
                path = ",".join(ended.stdout.decode().split())
                claims.append(f"tree {old} {new} {roots[old]} {roots[new]} {path}")
                claims.append(f"false tree {old} {new} {go_oracle.leaf_hash(b'')} {roots[new]} {path}")
        go_oracle.check(claims)
        # The log of all logs.
        entries = go_oracle.rows(ledger, "ALL.entries", 32)
        assert len(entries) >= 8
        go_oracle.check(go_oracle.log(keys(docket)["ALL"], entries, (ledger / "ALL.checkpoint").read_text()))
