"""The power goes off, again and again, while senders send: what was acknowledged is there.

The data directory is on ext4 in a file. What that file holds at any moment is what reached the disk; a copy of it is
what a machine finds that lost its power then. The process is stopped (SIGSTOP) for the copy, so that it is of one
moment. CUTS=200 (`make powercut`) is the long form.
"""

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time

import pytest
import requests

from bad_input_test import JSON, text
from docket import BEARER, PATIENCE, Docket, run
from journal_reader import read

CUTS = int(os.environ.get("CUTS", "10"))
# Cuts in the life of one disk; the next begins with an empty one.
LIFE = 20
SENDERS = 3
SIZE = 192 << 20


def call(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, timeout=PATIENCE)


def make_disk(image, folder):
    with image.open("wb") as file:
        file.truncate(SIZE)
    # Metadata is written at once, so that the copies stay small.
    ended = call("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
    if ended.returncode == 0:
        folder.mkdir()
        ended = call("mount", "-o", "loop", image, folder)
    if ended.returncode:
        pytest.skip(f"NO POWER WAS CUT: this machine mounts no loop images: {ended.stderr.decode().strip()}")


class Senders:
    """Threads that send requests of their own and remember which of them were acknowledged."""

    def __init__(self, docket, numbers):
        self.docket, self.numbers = docket, numbers
        self.acknowledged = set()
        self.lock = threading.Lock()
        self.isOver = threading.Event()
        self.threads = [threading.Thread(target=self.send) for _ in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def send(self):
        with requests.Session() as session:
            while not self.isOver.is_set():
                with self.lock:
                    number = next(self.numbers)
                answer = session.post(
                    f"{self.docket.http}/v1/logs", data=text(1 + number % 7, number),
                    headers={**BEARER, "Content-Type": JSON}, timeout=PATIENCE)
                if answer.status_code == 200:
                    with self.lock:
                        self.acknowledged.add(number)

    def so_far(self):
        with self.lock:
            return set(self.acknowledged)

    def stop(self):
        self.isOver.set()
        for thread in self.threads:
            thread.join()


def identity(record):
    attributes = {one["key"]: next(iter(one["value"].values())) for one in record["attributes"]}
    return attributes["session.id"], attributes["event.sequence"]


def expected(number):
    records = json.loads(text(1 + number % 7, number))["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    return {identity(record) for record in records}


def recovered(image, folder):
    """What a start makes of a disk."""
    folder.mkdir(exist_ok=True)
    assert call("mount", "-o", "loop", image, folder).returncode == 0
    try:
        ended = run("search", "", "--data", folder / "data", "--limit", "1000000", "--format", "ndjson")
        assert ended.returncode in (0, 1), ended.stderr
        found = read(folder / "data" / "journal")
        return found, len(ended.stdout.splitlines()), ended.stderr.decode()
    finally:
        assert call("umount", folder).returncode == 0


def test_what_was_acknowledged_survives_power_losses(tmp_path):
    dice = random.Random(int(os.environ.get("CUTS_SEED", "1")))
    numbers = itertools.count(10_000)
    torn = total = 0
    cut = 0
    while cut < CUTS:
        image, folder = tmp_path / f"disk-{cut}", tmp_path / f"mounted-{cut}"
        make_disk(image, folder)
        try:
            settings = "journal:\n  segment_size: 1MiB\n"
            with Docket(tmp_path / f"docket-{cut}", data=folder / "data", settings=settings) as docket:
                senders = Senders(docket, numbers)
                try:
                    for _ in range(min(LIFE, CUTS - cut)):
                        cut += 1
                        time.sleep(dice.uniform(0.02, 0.6))  # the moment of the cut is what is tried
                        docket.process.send_signal(signal.SIGSTOP)
                        before = senders.so_far()
                        copy = tmp_path / "copy"
                        shutil.copyfile(image, copy)
                        docket.process.send_signal(signal.SIGCONT)
                        found, documents, said = recovered(copy, tmp_path / "recovered")
                        there = [identity(json.loads(record.data)) for record in found.records]
                        assert found.damage == found.missing == found.changed == [], f"cut {cut}"
                        assert len(there) == len(set(there)) == documents, f"cut {cut}: once, also in the store"
                        lost = {number for number in before if not expected(number) <= set(there)}
                        assert not lost, f"cut {cut}: {len(lost)} of {len(before)} acknowledged requests are lost"
                        torn += "cut off" in said
                        total = max(total, len(there))
                finally:
                    senders.stop()
                assert len(senders.acknowledged) > 0
        finally:
            call("umount", "--lazy", folder)
            image.unlink()
    print(f"{cut} power losses, {torn} with a torn commit, up to {total} records, none lost")
