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
# Cuts in the life of one disk; the next begins with an empty one, so that not every start reads everything.
LIFE = 5
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


class Cuts:
    """Power losses, and what they left."""

    def __init__(self, folder, prefix=(), seed=1):
        self.folder, self.prefix = folder, prefix
        self.dice = random.Random(seed)
        self.numbers = itertools.count(10_000)
        self.done = self.torn = self.most = self.disks = 0

    def cut(self, docket, senders, image):
        """The power goes off now, for a copy of the disk. Returns the acknowledged requests that it lost."""
        self.done += 1
        docket.process.send_signal(signal.SIGSTOP)
        acknowledged = senders.so_far()
        copy = self.folder / "copy"
        shutil.copyfile(image, copy)
        docket.process.send_signal(signal.SIGCONT)
        found, documents, said = recovered(copy, self.folder / "recovered")
        there = [identity(json.loads(record.data)) for record in found.records]
        assert found.damage == found.missing == found.changed == [], f"cut {self.done}"
        assert len(there) == len(set(there)) == documents, f"cut {self.done}: once, also in the store"
        self.torn += "cut off" in said
        self.most = max(self.most, len(there))
        there = set(there)
        return {number for number in acknowledged if not expected(number) <= there}

    def live(self, count):
        """A disk, a server on it, and so many cuts. Returns what was lost."""
        self.disks += 1
        image, mounted = self.folder / f"disk-{self.disks}", self.folder / f"mounted-{self.disks}"
        make_disk(image, mounted)
        try:
            settings = "journal:\n  segment_size: 1MiB\n"
            folder = self.folder / f"docket-{self.disks}"
            with Docket(folder, data=mounted / "data", settings=settings, prefix=self.prefix) as docket:
                senders = Senders(docket, self.numbers)
                try:
                    lost = set()
                    for _ in range(count):
                        time.sleep(self.dice.uniform(0.02, 0.4))  # the moment of the cut is what is tried
                        lost |= self.cut(docket, senders, image)
                finally:
                    senders.stop()
                assert senders.acknowledged
                return lost
        finally:
            call("umount", "--lazy", mounted)
            image.unlink()


def test_what_was_acknowledged_survives_power_losses(tmp_path):
    cuts = Cuts(tmp_path, seed=int(os.environ.get("CUTS_SEED", "1")))
    while cuts.done < CUTS:
        lost = cuts.live(min(LIFE, CUTS - cuts.done))
        assert not lost, f"{len(lost)} acknowledged requests are lost"
    print(f"{cuts.done} power losses, {cuts.torn} with a torn commit, up to {cuts.most} records, none lost")


def test_a_sync_that_does_nothing_is_found_out(tmp_path):
    """The same with a disk that only says that it syncs: so the test above can fail."""
    source, library = tmp_path / "no_sync.c", tmp_path / "no_sync.so"
    source.write_text("int fdatasync(int file) { return 0; }\nint fsync(int file) { return 0; }\n")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True, timeout=PATIENCE)
    cuts = Cuts(tmp_path, prefix=["env", f"LD_PRELOAD={library}"])
    try:
        lost = cuts.live(5)
    except AssertionError:  # what is left cannot even be opened
        assert cuts.done, "the server started"
    else:
        assert lost
