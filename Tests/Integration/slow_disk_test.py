"""A disk that does not answer: what waits for it is bounded, and who is not told yes can send again."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
import requests
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

import claude
import http2
from bad_input_test import JSON, PROTOBUF, call, protobuf, status_of, text
from docket import BEARER, PATIENCE, Docket, eventually

QUEUE = 1 << 20


class HeldDisk:
    """Lets the disk answer, or not."""

    def __init__(self, folder):
        self.file = folder / "held"
        self.waits = folder / "held.waits"
        self.library = folder / "held_disk.so"
        source = Path(__file__).with_name("held_disk.c")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", self.library, source], check=True, timeout=PATIENCE)

    @property
    def prefix(self):
        return ["env", f"LD_PRELOAD={self.library}", f"HELD_DISK={self.file}"]

    def hold(self):
        self.file.touch()

    def release(self):
        self.file.unlink()
        self.waits.unlink()


@pytest.fixture
def disk(tmp_path):
    return HeldDisk(tmp_path)


def post(docket, body, kind=JSON):
    return requests.post(
        f"{docket.http}/v1/logs", data=body, headers={**BEARER, "Content-Type": kind}, timeout=PATIENCE)


def test_a_journal_that_is_full_says_when_to_come_again_and_goes_on(tmp_path, disk):
    large = text(2_000, 64)
    assert len(large) > QUEUE, "what is larger than the queue is taken while nothing waits"
    with Docket(tmp_path / "docket", settings="journal:\n  queue_size: 1MiB\n", prefix=disk.prefix) as docket:
        assert post(docket, text(1, 65)).status_code == 200
        disk.hold()
        with ThreadPoolExecutor(1) as pool, http2.Conversation(docket.ports["http"]) as talk:
            written = pool.submit(post, docket, text(1, 66))
            eventually(disk.waits.exists, "the journal waits for the disk")
            talk.send(http2.headers(1, http2.POST, http2.END_HEADERS))
            talk.upload(1, large)
            # Behind it on the same connection, so that it comes to the journal behind it.
            talk.send(http2.headers(3, http2.POST, http2.END_HEADERS), http2.data(3, text(1, 67)))
            status, fields, _ = talk.answer(3)
            assert status == 503 and int(fields["retry-after"]) >= 1
            for kind, body in [(JSON, text(1, 67)), (PROTOBUF, protobuf(1, 67))]:
                answer = post(docket, body, kind)
                assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
                code, said = status_of(answer, kind == JSON)
                assert code == 8 and "busy" in said
            with pytest.raises(grpc.RpcError) as caught:
                call(docket, protobuf(1, 67))
            assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
            retry = RetryInfo()
            details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
            assert Status.FromString(details).details[0].Unpack(retry) and retry.retry_delay.seconds >= 1
            metrics = docket.metrics()
            assert metrics["docket_journal_refused_total"] == docket.refused("busy") == 4
            assert metrics["docket_journal_records_total"] == 1, "nobody is told yes before the disk says so"
            assert not written.done() and 1 not in talk.heads
            disk.release()
            assert written.result(PATIENCE).status_code == 200
            assert talk.answer(1)[0] == 200
        # What was refused comes again, and everything is there once.
        assert post(docket, text(1, 67)).status_code == 200
        assert docket.metrics()["docket_journal_records_total"] == 1 + 1 + 2_000 + 1
        for seed, count in [(64, 2_000), (65, 1), (66, 1), (67, 1)]:
            session = next(claude.events(1, seed))[1]["session.id"]
            found = docket.wait_for(count, f'claude_code.events.session.id: "{session}"')
            assert claude.places(found) == list(range(count))


def test_what_was_not_answered_before_a_crash_may_be_sent_again(tmp_path, disk):
    with Docket(tmp_path / "docket", prefix=disk.prefix) as docket:
        disk.hold()
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(post, docket, text(10, 68))
            eventually(disk.waits.exists, "the journal waits for the disk")
            docket.kill()
            assert isinstance(sent.exception(PATIENCE), requests.ConnectionError), "it was told nothing"
        disk.release()
        docket.start()
        assert post(docket, text(10, 68)).status_code == 200
        assert claude.places(docket.wait_for(10)) == list(range(10))
