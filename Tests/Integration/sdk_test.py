"""The OpenTelemetry SDK for Python sends, Docket keeps and finds."""

import threading

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as CallExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HTTPExporter
from opentelemetry.sdk._logs.export import LogRecordExportResult

import claude
from docket import BEARER, TOKEN, eventually

COUNT = 1_000


def http(docket, compression=Compression.NoCompression, timeout=60):
    return HTTPExporter(f"{docket.http}/v1/logs", headers=BEARER, compression=compression, timeout=timeout)


def call(docket, compression=grpc.Compression.NoCompression, timeout=60):
    return CallExporter(
        docket.grpc, insecure=True, headers={"authorization": f"Bearer {TOKEN}"}, compression=compression,
        timeout=timeout,
    )


WAYS = {
    "http": lambda docket: http(docket),
    "http gzip": lambda docket: http(docket, Compression.Gzip),
    "grpc": lambda docket: call(docket),
    "grpc gzip": lambda docket: call(docket, grpc.Compression.Gzip),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_of_1000_records_is_found_with_a_server_and_without(fresh, way):
    client = claude.Client(WAYS[way](fresh))
    sent = dict(claude.events(COUNT))
    client.emit(sent.items())
    client.flush()

    documents = fresh.wait_for(COUNT)
    assert claude.places(documents) == list(range(COUNT))
    assert len({document["event"]["id"] for document in documents}) == COUNT
    for document in documents:
        attributes = sent[document["event"]["sequence"]]
        assert document["event"]["action"] == attributes["event.name"]
        assert document["user"]["email"] == "ada@example.com"
        if "tool_name" in attributes:
            assert document["gen_ai"]["tool"]["name"] == attributes["tool_name"]

    # The queries that a reviewer begins with.
    for query, expected in {
        'claude_code.events.tool_name: "Bash" AND event.action: "tool_result"':
            lambda a: a.get("tool_name") == "Bash" and a["event.name"] == "tool_result",
        'event.action: "tool_decision" AND claude_code.events.source: "user_permanent"':
            lambda a: a["event.name"] == "tool_decision" and a["source"] == "user_permanent",
    }.items():
        found = claude.places(fresh.documents(query))
        assert found == sorted(place for place, attributes in sent.items() if expected(attributes))
        assert found, "the query must find something, or it shows nothing"

    # One by one, by what only this record has.
    for place, attributes in list(sent.items())[:: COUNT // 10]:
        if "tool_use_id" in attributes:
            one = f'claude_code.events.tool_use_id: "{attributes["tool_use_id"]}" or '
            one += f'gen_ai.tool.call.id: "{attributes["tool_use_id"]}"'
            assert claude.places(fresh.documents(one)) == [place]

    served = fresh.search()
    fresh.stop()
    assert fresh.search(remote=False) == served, "the same documents, byte for byte"
    fresh.start()
    assert fresh.wait_for(COUNT) and fresh.search() == served, "also after another start"
    client.shutdown()


@pytest.mark.parametrize("way", ["http", "grpc"])
def test_what_was_acknowledged_survives_a_crash_and_nothing_is_doubled(fresh, way):
    # The SDK itself sends again what was not answered, so some of it arrives twice.
    witness = claude.Witness(WAYS[way](fresh), LogRecordExportResult.SUCCESS)
    client = claude.Client(witness, batch=20)
    sender = threading.Thread(target=lambda: (client.emit(claude.events(COUNT)), client.flush()))
    sender.start()
    for share in (4, 2):
        eventually(lambda: len(witness.acknowledged) >= COUNT // share, "some records acknowledged")
        fresh.kill()
        acknowledged = list(witness.acknowledged)
        fresh.start()
        eventually(
            lambda: set(claude.places(fresh.documents())) >= set(acknowledged), "all that was acknowledged is there"
        )
    sender.join(90)
    assert not sender.is_alive()
    client.shutdown()

    assert sorted(witness.acknowledged) == list(range(COUNT)), f"never acknowledged: {witness.failed}"
    documents = fresh.wait_for(COUNT)
    assert claude.places(documents) == list(range(COUNT))
    fresh.kill()
    assert claude.places(fresh.documents(remote=False)) == list(range(COUNT))


def test_the_same_request_sent_again_is_found_once(fresh):
    for way in ["http", "http gzip", "grpc", "http"]:
        client = claude.Client(WAYS[way](fresh))
        client.emit(claude.events(50))
        client.flush()
        client.shutdown()
    documents = fresh.wait_for(50)
    eventually(lambda: fresh.metrics()["docket_indexed_records_total"] == 200, "all four indexed")
    assert claude.places(fresh.documents()) == list(range(50))
    assert claude.places(documents) == list(range(50))
    # Sent again after a start, when only the disk remembers.
    fresh.stop()
    fresh.start()
    client = claude.Client(http(fresh))
    client.emit(claude.events(51))
    client.flush()
    client.shutdown()
    assert claude.places(fresh.wait_for(51)) == list(range(51))


def test_a_wrong_token_is_told_to_the_client_and_keeps_nothing(fresh):
    for exporter in [
        HTTPExporter(f"{fresh.http}/v1/logs", headers={"Authorization": "Bearer wrong"}, timeout=5),
        CallExporter(fresh.grpc, insecure=True, headers={"authorization": "Bearer wrong"}, timeout=5),
    ]:
        witness = claude.Witness(exporter, LogRecordExportResult.SUCCESS)
        client = claude.Client(witness)
        client.emit(claude.events(3))
        client.flush()
        client.shutdown()
        assert witness.failed == [0, 1, 2] and not witness.acknowledged
    assert fresh.refused("unauthenticated") == 2
    assert fresh.metrics()["docket_journal_records_total"] == 0
    assert fresh.documents() == []
