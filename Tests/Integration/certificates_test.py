"""A certificate as a sender's only credential."""

import grpc
import pytest
import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

import claude
from bad_input_test import JSON, METHOD, PROTOBUF, protobuf, status_of, text
from docket import BEARER, PATIENCE, eventually
from exporters_test import COUNT, PROTOCOLS, SIGNALS, Secured, exporter, send
from tokens_test import auth_refused, create, tokens

OK, UNAUTHENTICATED = grpc.StatusCode.OK, grpc.StatusCode.UNAUTHENTICATED
SUBJECT = "CN=client-2"  # as `Secured` has it issued


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A server whose clients all have certificates of its authority; one of them is in its book."""
    secured = Secured(tmp_path_factory.mktemp("certificates"), "mutual TLS")
    secured.authority.issue("other", 3)
    with secured.docket as docket:
        create(docket, "--certificate", SUBJECT, name="collector")
        eventually(lambda: posted(secured, "client").status_code == 200, "the server has read its book again")
        yield secured


def posted(secured, client, kind=JSON, **headers):
    """Sent over a connection of its own, by who has no header to show or those that are given."""
    return requests.post(
        f"{secured.address}/v1/logs", data=text(1, 60) if kind == JSON else protobuf(1, 61),
        headers={"Content-Type": kind, **headers}, verify=secured.file("ca.pem"),
        cert=(secured.file(f"{client}.pem"), secured.file(f"{client}.key")), timeout=PATIENCE)


def called(secured, client):
    with grpc.secure_channel(secured.docket.grpc, secured.call_credentials(client)) as channel:
        export = channel.unary_unary(METHOD, lambda body: body, ExportLogsServiceResponse.FromString)
        try:
            assert export(protobuf(1, 62), timeout=PATIENCE) == ExportLogsServiceResponse()
            return OK
        except grpc.RpcError as error:
            return error.code()


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("signal", SIGNALS)
def test_an_exporter_that_shows_its_certificate_alone_is_let_in(secured, protocol, signal):
    way = f"{signal} {protocol} none"
    send(signal, exporter(secured, protocol, "none", signal, token=None), way)
    assert len(secured.docket.wait_for(COUNT, f'{claude.PREFIXES[signal]}.exporter.way: "{way}"')) == COUNT


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_another_certificate_of_the_same_authority_is_not(secured, kind):
    journaled = secured.docket.metrics()["docket_journal_records_total"]
    unknown = auth_refused(secured.docket, "unknown")
    answer = posted(secured, "other", kind)
    assert answer.status_code == 401 and status_of(answer, kind == JSON)[0] == 16
    assert called(secured, "other") == UNAUTHENTICATED
    assert auth_refused(secured.docket, "unknown") == unknown + 2
    assert secured.docket.metrics()["docket_journal_records_total"] == journaled
    assert posted(secured, "other", kind, **BEARER).status_code == 200, "with a token it may"


def test_a_header_that_is_wrong_is_not_made_up_for_by_a_certificate(secured):
    assert posted(secured, "client", Authorization="Bearer wrong").status_code == 401
    assert posted(secured, "client").status_code == 200


def test_a_certificate_that_is_revoked_is_refused_while_the_server_runs(tmp_path):
    secured = Secured(tmp_path, "mutual TLS")
    with secured.docket as docket:
        id, _ = create(docket, "--certificate", SUBJECT, name="collector")
        eventually(lambda: posted(secured, "client").status_code == 200, "it is let in")
        assert called(secured, "client") == OK
        with requests.Session() as kept:
            # A connection from before: its handshake is over, and its requests are looked at all the same.
            kept.verify, kept.cert = secured.file("ca.pem"), (secured.file("client.pem"), secured.file("client.key"))
            ask = {"url": f"{secured.address}/v1/logs", "data": text(1, 63), "headers": {"Content-Type": JSON}}
            assert kept.post(**ask, timeout=PATIENCE).status_code == 200
            tokens(docket, "revoke", id)
            eventually(lambda: kept.post(**ask, timeout=PATIENCE).status_code == 401, "it is refused")
            refused = auth_refused(docket, "revoked")
            answer = kept.post(**ask, timeout=PATIENCE)
        assert status_of(answer, True)[0] == 16 and "revoked" in status_of(answer, True)[1]
        assert posted(secured, "client").status_code == 401
        assert called(secured, "client") == UNAUTHENTICATED
        assert auth_refused(docket, "revoked") == refused + 3
        # The subject may be given anew.
        create(docket, "--certificate", SUBJECT, name="collector")
        eventually(lambda: posted(secured, "client").status_code == 200, "the new one")
        assert called(secured, "client") == OK
