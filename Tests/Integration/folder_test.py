"""A data directory that cannot be had, cannot be written, or is full."""

import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import grpc
import pytest
import requests
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

import claude
from bad_input_test import call, message, status_of
from docket import BEARER, BINARY, PATIENCE, Docket, environment, eventually, run

IS_ROOT = os.geteuid() == 0


def post(docket, seed, count=1, kind="application/json"):
    body = message(count, seed)
    data = (
        json.dumps(claude.request(claude.record(*one) for one in claude.events(count, seed))).encode()
        if kind == "application/json" else body.SerializeToString()
    )
    return requests.post(
        f"{docket.http}/v1/logs", data=data, headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE
    )


def test_in_use_by_another_process(fresh):
    for words in [
        ["serve", "--data", fresh.data],
        ["search", "", "--data", fresh.data],
        ["import", "--as", "ecs", "/dev/null", "--data", fresh.data],
    ]:
        ended = run(*words)
        assert ended.returncode == 2
        said = ended.stderr.decode()
        assert "another process" in said and str(fresh.process.pid) in said and str(fresh.data) in said
    assert fresh.is_alive()
    assert post(fresh, 40).status_code == 200
    # A crash leaves nothing behind that would have to be cleaned up.
    fresh.kill()
    fresh.start()
    assert len(fresh.wait_for(1)) == 1


@pytest.fixture
def public():
    """A folder that other users can reach; pytest's own belongs to this one alone."""
    folder = Path(tempfile.mkdtemp(prefix="docket-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def as_nobody():
    """Words before a command that make it run as somebody without rights."""
    if not IS_ROOT:
        return []
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    if shutil.which("setpriv") is None:
        pytest.skip("NOT TESTED: a folder that is not writable needs setpriv, or another user than root")
    if subprocess.run([*words, BINARY, "version"], capture_output=True).returncode != 0:
        pytest.skip("NOT TESTED: a folder that is not writable: others than root cannot run this binary")
    return words


@pytest.mark.parametrize("kind", ["a new one", "one that is there", "one whose journal is there"])
def test_not_writable(public, kind):
    who = as_nobody()
    data = public / "data"
    if kind != "a new one":
        data.mkdir()
    if kind == "one whose journal is there":
        (data / "journal").mkdir()
    for folder in [data / "journal", data, public]:
        if folder.exists():
            folder.chmod(0o555)
    try:
        ended = subprocess.run(
            [*who, BINARY, "serve", "--data", data], capture_output=True, timeout=PATIENCE, env=environment(), cwd="/"
        )
    finally:
        public.chmod(0o755)
    assert ended.returncode == 2, ended.stderr
    said = ended.stderr.decode()
    assert "docket serve: " in said and str(data) in said and "ermission denied" in said
    assert not (data / "journal" / "00000000000000000001.journal").exists()


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "data").write_text("not a folder")
    ended = run("serve", "--data", tmp_path / "data")
    assert ended.returncode == 2 and str(tmp_path / "data") in ended.stderr.decode()
    assert (tmp_path / "data").read_text() == "not a folder"


def test_search_does_not_make_a_data_directory(tmp_path):
    ended = run("search", "", "--data", tmp_path / "typo")
    assert ended.returncode == 2 and "typo" in ended.stderr.decode()
    assert not (tmp_path / "typo").exists()


@pytest.fixture
def small():
    """A disk of a few megabytes."""
    if not IS_ROOT:
        pytest.skip("NOT TESTED: a full disk needs root, to mount a small one")
    folder = Path(tempfile.mkdtemp(prefix="docket-"))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"docket", str(folder).encode(), b"tmpfs", 0, b"size=48m") != 0:
        folder.rmdir()
        pytest.skip(f"NOT TESTED: a full disk: mounting one is not allowed ({os.strerror(ctypes.get_errno())})")
    yield folder
    libc.umount2(str(folder).encode(), 2)  # MNT_DETACH
    folder.rmdir()


def fill(folder):
    """Takes all space that is left."""
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(1 << 16))
    with contextlib.suppress(OSError), (folder / "filler").open("ab", buffering=0) as filler:
        while True:
            filler.write(b"0" * 512)


def test_a_full_disk_is_503_and_recovers(make, small):
    docket = make(data=small / "data").start()
    assert post(docket, 50, 10).status_code == 200
    assert len(docket.wait_for(10)) == 10

    fill(small)
    refused, journaled = docket.refused("busy"), docket.metrics()["docket_journal_records_total"]
    # Space was set aside for the records to come, so the first ones may still find room.
    seeds = iter(range(51, 500))
    sent = {50}

    def is_full():
        seed = next(seeds)
        answer = post(docket, seed)
        if answer.status_code == 200:
            sent.add(seed)
        return [answer] if answer.status_code == 503 else None  # a bad answer alone is false

    [answer] = eventually(is_full, "503")
    journaled += len(sent) - 1
    assert int(answer.headers["retry-after"]) >= 1
    code, said = status_of(answer, True)
    assert code == 8 and "full" in said
    code, said = status_of(post(docket, 900, kind="application/x-protobuf"), False)
    assert code == 8 and "full" in said
    with pytest.raises(grpc.RpcError) as caught:
        call(docket, message(1, 901).SerializeToString())
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    retry = RetryInfo()
    assert Status.FromString(details).details[0].Unpack(retry) and retry.retry_delay.seconds >= 1
    assert docket.refused("busy") >= refused + 3
    assert docket.metrics()["docket_journal_records_total"] == journaled, "nothing is counted that is not there"
    assert docket.is_alive()

    # Space is back: no start, no hand.
    (small / "filler").unlink()
    eventually(lambda: post(docket, 999).status_code == 200, "records are taken again")
    expected = 10 + len(sent) - 1 + 1
    assert len(docket.wait_for(expected)) == expected
    docket.kill()
    docket.start()
    assert len(docket.wait_for(expected)) == expected


def test_a_disk_too_full_to_start_says_so(make, small):
    fill(small)
    docket = make(data=small / "data")
    # Whether it ends with a sentence or serves and answers 503, it never says that it has kept something.
    try:
        docket.start(wait=False)
    except AssertionError as error:
        assert "No space left" in str(error) and str(small) in str(error)
        return
    assert post(docket, 60).status_code == 503
