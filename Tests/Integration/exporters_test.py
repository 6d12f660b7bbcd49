"""The exporters of the OpenTelemetry SDK, each signal by each way: what is sent arrives, all of it, and is found."""

import itertools

import grpc
import pytest
import requests
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as CallLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as CallMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as CallSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HTTPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HTTPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

import claude
import http1
from docket import PATIENCE, TOKEN, Docket, at, left_as_found
from tls_test import Authority

SECURITIES = ["plain", "TLS", "mutual TLS"]
PROTOCOLS = ["http", "grpc"]
PACKINGS = ["none", "gzip"]
SIGNALS = ["logs", "traces", "metrics"]
COUNT = 60


class Secured:
    """A server, and what its clients need to know of it; `more` goes into the section `otlp`."""

    def __init__(self, folder, security, more=""):
        self.security = security
        self.authority = Authority(folder / "authority") if security != "plain" else None
        settings = self.authority.settings if self.authority else "otlp:\n"
        if security == "mutual TLS":
            settings += f"    client_authority: {folder}/authority/ca.pem\n    client_certificates: required\n"
            self.authority.issue("client", 2)
        self.docket = Docket(folder / "docket", settings=settings + more)

    def file(self, name):
        return str(self.authority.folder / name)

    @property
    def address(self):
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.docket.ports['http']}"

    def http_options(self, packing, token):
        files = {}
        if self.authority:
            files["certificate_file"] = self.file("ca.pem")
        if self.security == "mutual TLS":
            files |= {"client_certificate_file": self.file("client.pem"), "client_key_file": self.file("client.key")}
        compression = Compression.Gzip if packing == "gzip" else Compression.NoCompression
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return {"headers": headers, "compression": compression, "timeout": PATIENCE, **files}

    def call_options(self, packing, token):
        options = {"insecure": True}
        if self.authority:
            options = {"credentials": self.call_credentials("client" if self.security == "mutual TLS" else None)}
        compression = grpc.Compression.Gzip if packing == "gzip" else grpc.Compression.NoCompression
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return {
            "endpoint": self.docket.grpc, "headers": headers, "compression": compression, "timeout": PATIENCE, **options,
        }

    def call_credentials(self, client):
        """Of a channel, with the certificate of a client if it has one."""
        parts = ["ca.pem"] + ([f"{client}.key", f"{client}.pem"] if client else [])
        return grpc.ssl_channel_credentials(*((self.authority.folder / name).read_bytes() for name in parts))


def exporter(secured, protocol, packing, signal, token=TOKEN):
    if protocol == "grpc":
        of = {"logs": CallLogExporter, "traces": CallSpanExporter, "metrics": CallMetricExporter}[signal]
        return of(**secured.call_options(packing, token))
    of = {"logs": HTTPLogExporter, "traces": HTTPSpanExporter, "metrics": HTTPMetricExporter}[signal]
    return of(f"{secured.address}/v1/{signal}", **secured.http_options(packing, token))


def send(signal, exporter, way):
    """`COUNT` of the signal, each with a place and the way it goes."""
    resource = Resource({"service.name": way})
    if signal == "logs":
        client = claude.Client(exporter, batch=20)
        client.emit((place, {**of, "exporter.way": way}) for place, of in claude.events(COUNT, seed=WAYS.index(way) + 100))
        client.flush()
        client.shutdown()
    elif signal == "traces":
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter, max_export_batch_size=20))
        tracer = provider.get_tracer("com.anthropic.claude_code.tracing")
        for place in range(COUNT):
            with tracer.start_as_current_span("claude_code.tool", attributes={"place": place, "exporter.way": way}):
                pass
        assert provider.force_flush(PATIENCE * 1_000)
        provider.shutdown()
    else:
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=float("inf"))
        provider = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
        counter = provider.get_meter("com.anthropic.claude_code").create_counter("claude_code.token.usage", "tokens")
        for place in range(COUNT):
            counter.add(place + 1, {"place": place, "exporter.way": way})
        assert provider.force_flush(PATIENCE * 1_000)
        provider.shutdown()


WAYS = [" ".join(way) for way in itertools.product(SIGNALS, PROTOCOLS, PACKINGS)]


@pytest.fixture(scope="module", params=SECURITIES)
def secured(request, tmp_path_factory):
    """A server of one kind that was sent everything, so that each way can be looked for without a wait of its own."""
    secured = Secured(tmp_path_factory.mktemp("secured"), request.param)
    with secured.docket as docket, left_as_found(docket):
        for way in WAYS:
            signal, protocol, packing = way.split()
            send(signal, exporter(secured, protocol, packing, signal), way)
        yield secured


@pytest.mark.parametrize("way", WAYS)
def test_all_that_an_exporter_sends_is_found(secured, way):
    docket, signal = secured.docket, way.split()[0]
    prefix = claude.PREFIXES[signal]
    documents = docket.wait_for(COUNT, f'{prefix}.exporter.way: "{way}"')
    if signal == "logs":
        assert claude.places(documents) == list(range(COUNT))
        return
    assert sorted(int(at(document, f"{prefix}.place")) for document in documents) == list(range(COUNT))
    assert {at(document, "service.name") or at(document, "resource.attributes.service.name") for document in documents} == {way}


def test_the_numbers_are_those_that_were_sent(secured):
    received = secured.docket.metrics()
    for signal in ("logs", "traces"):
        assert received[f'docket_otlp_received_total{{signal="{signal}"}}'] == 4 * COUNT
    assert received['docket_otlp_received_total{signal="metrics"}'] == 4, "a counter with its points is one record"
    assert all(value == 0 for name, value in received.items() if name.startswith("docket_otlp_refused"))


def test_only_those_who_speak_the_right_way_are_heard(secured):
    """Each wrong way is told so or cut off, and the right one goes on."""
    docket = secured.docket
    for port in (docket.ports["http"], docket.ports["grpc"]):
        if secured.security == "plain":
            [answer] = http1.answers(http1.exchange(port, bytes.fromhex("16030100c8010000c40303") + bytes(194)))
            assert answer.status == 400
        else:
            received = http1.exchange(port, b"GET /healthz HTTP/1.1\r\nHost: docket\r\n\r\n")
            assert not received.startswith(b"HTTP/"), "an alert at the most"
    if secured.security == "mutual TLS":
        with pytest.raises(requests.RequestException):
            requests.get(f"{secured.address}/healthz", verify=secured.file("ca.pem"), timeout=PATIENCE)
        stranger = Authority(docket.folder / "stranger")
        stranger.issue("client", 3)
        with pytest.raises(requests.RequestException):
            requests.get(
                f"{secured.address}/healthz", verify=secured.file("ca.pem"), timeout=PATIENCE,
                cert=(stranger.folder / "client.pem", stranger.folder / "client.key"))
    options = {}
    if secured.authority:
        options["verify"] = secured.file("ca.pem")
    if secured.security == "mutual TLS":
        options["cert"] = (secured.file("client.pem"), secured.file("client.key"))
    assert requests.get(f"{secured.address}/healthz", timeout=PATIENCE, **options).text == "alive\n"
