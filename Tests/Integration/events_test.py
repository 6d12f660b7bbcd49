"""Events of other systems: NDJSON and lists over HTTP, Elasticsearch's bulk format, and files."""

import datetime
import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import requests
import zstandard
from elasticsearch import Elasticsearch, helpers

from docket import BEARER, PATIENCE, TOKEN, at, eventually, run
from ledger_test import signed, verify

NDJSON = {"Content-Type": "application/x-ndjson"}


def event(mark, number=0, **more):
    moment = datetime.datetime(2026, 3, 2, 10, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=number)
    return {
        "@timestamp": moment.isoformat(), "event": {"action": "user.session.start", "dataset": "okta.system"},
        "user": {"email": "Jo@example.com"}, "labels": {"mark": mark, "number": str(number)}, **more,
    }


def lines(documents):
    return "".join(json.dumps(document) + "\n" for document in documents).encode()


def post(server, body, path="/v1/events", **headers):
    return requests.post(
        f"{server.http}{path}", data=body, headers={**BEARER, **NDJSON, **headers}, timeout=PATIENCE)


def token(docket, name, *words):
    made = run("tokens", "create", "--tenant", "acme", "--name", name, *words, "--data", docket.data)
    assert made.returncode == 0, made.stderr
    return re.search(r"docket_\w+", made.stdout.decode())[0]


@pytest.fixture(scope="module")
def server(unharmed):
    return unharmed


@pytest.mark.parametrize("packing", [None, "gzip", "zstd"])
@pytest.mark.parametrize("form", ["lines", "list"])
def test_events_are_found_beside_those_of_claude(server, packing, form):
    mark = f"{form}-{packing}"
    documents = [event(mark, number) for number in range(20)]
    body = lines(documents) if form == "lines" else json.dumps(documents, indent=1).encode()
    headers = {}
    if packing:
        headers["Content-Encoding"] = packing
        body = gzip.compress(body) if packing == "gzip" else zstandard.compress(body)
    answer = post(server, body, **headers)
    assert (answer.status_code, answer.json()) == (200, {"accepted": 20})
    found = server.wait_for(20, f'labels.mark: "{mark}"')
    assert len(found) == 20
    assert {at(document, "data_stream.dataset") for document in found} == {"okta.system"}
    assert {at(document, "user.key") for document in found} == {"jo@example.com"}
    assert {at(document, "docket.source") for document in found} == {"events-http"}


def test_what_is_sent_again_is_there_once(server):
    body = lines([event("again", number) for number in range(5)])
    for _ in range(3):
        assert post(server, body).json() == {"accepted": 5}
    reordered = lines([dict(reversed(event("again", number).items())) for number in range(5)])
    assert post(server, reordered).json() == {"accepted": 5}
    post(server, lines([event("again-end")]))
    server.wait_for(1, "labels.mark: again-end")
    assert server.count("labels.mark: again") == 5


def test_a_bad_line_is_named_and_costs_no_neighbour(server):
    bad = [
        b"not json", b"[]", b'{"a":1,"a":2}', b'{"a":"\xff"}', b'{"a":' * 5_000, b'{"a":"' + b"x" * (1 << 19),
        b'{"a":' + b"[" * 100_000, b"\x00\x01\x02", b"{}",
    ]
    body = b"".join(lines([event("neighbour", number)]) + line + b"\n" for number, line in enumerate(bad))
    answer = post(server, body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["accepted"] == len(bad)
    partial = told["partialSuccess"]
    assert partial["rejectedEvents"] == len(bad)
    assert [refusal["line"] for refusal in partial["rejected"]] == [2 * place + 2 for place in range(len(bad))]
    server.wait_for(len(bad), "labels.mark: neighbour")


def test_too_much_is_refused_and_the_server_lives(server):
    assert post(server, b'{"a":"' + b"x" * (100 << 20) + b'"}').status_code == 413
    bomb = gzip.compress(b'{"a":"' + b" " * (100 << 20) + b'"}')
    assert post(server, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert post(server, b"x", **{"Content-Encoding": "gzip"}).status_code == 400
    assert post(server, b"{}\n" * 30_000).status_code == 413
    deep = json.dumps([event("deep")]).encode()[:-1] + b',{"a":' + b"[" * 400_000 + b"]" * 400_000 + b"}]"
    assert post(server, deep).json()["accepted"] == 1


def test_secrets_are_taken_out_before_anything_is_kept(server):
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    post(server, lines([event("secret", message=f"token {secret} was used")]))
    (found,) = server.wait_for(1, "labels.mark: secret")
    assert secret not in json.dumps(found)
    assert at(found, "docket.redaction.count") == 1


def test_nobody_without_the_right_credential_sends(make):
    docket = make()
    with docket:
        laptop = token(docket, "laptop")
        provider = token(docket, "provider", "--for", "events")

        def status(token, path="/v1/events", kind="application/x-ndjson"):
            return requests.post(
                f"{docket.http}{path}", data=lines([event("acme")]),
                headers={"Authorization": f"Bearer {token}", "Content-Type": kind}, timeout=PATIENCE).status_code

        eventually(lambda: status(provider) == 200, "the server follows the book of credentials")
        assert status(laptop) == 403
        assert status(provider, "/v1/logs", "application/json") == 403
        assert status(provider, "/default/v1/events") == 403
        assert requests.get(docket.http, timeout=PATIENCE).status_code == 401


def test_the_client_of_elasticsearch_sends_in_bulk(server):
    client = Elasticsearch(
        server.http, basic_auth=("anybody", TOKEN), http_compress=True, request_timeout=PATIENCE)
    assert client.info()["version"]["build_flavor"] == "default"
    actions = [
        {"_op_type": "create", "_index": "logs-auth0.logs-default", "_id": f"id-{number}",
         "_source": {"@timestamp": "2026-03-02T10:00:00Z", "labels": {"mark": "bulk", "number": str(number)}}}
        for number in range(500)
    ]
    actions.insert(250, {"_op_type": "delete", "_index": "logs-auth0.logs-default", "_id": "id-1"})
    done, errors = helpers.bulk(client, actions, raise_on_error=False, chunk_size=100)
    assert done == 500
    assert [error["delete"]["status"] for error in errors] == [400]
    found = server.wait_for(500, "labels.mark: bulk")
    assert len(found) == 500
    assert {at(document, "event.dataset") for document in found} == {"auth0.logs"}
    client.close()


def test_curl_sends_a_file(server, tmp_path):
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines([event("curl", number) for number in range(3)]))
    ended = subprocess.run(
        ["curl", "-sS", "--fail", "-H", f"Authorization: Bearer {TOKEN}", "-H", "Content-Type: application/x-ndjson",
         "--data-binary", f"@{file}", f"{server.http}/v1/events"], capture_output=True, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {"accepted": 3}
    server.wait_for(3, "labels.mark: curl")


def test_rsyslog_ships_a_log_file(make, tmp_path):
    root = Path(__file__).parents[2] / ".deps/rsyslog/usr"
    modules = next(root.glob("lib/*/rsyslog"))
    docket = make()
    with docket:
        log = tmp_path / "app.log"
        log.write_text("".join(f"line {number} of the application\n" for number in range(300)))
        configuration = tmp_path / "rsyslog.conf"
        configuration.write_text(f"""
            global(workDirectory="{tmp_path}")
            module(load="imfile")
            module(load="omelasticsearch")
            template(name="event" type="list" option.jsonf="on") {{
                property(outname="@timestamp" name="timegenerated" dateFormat="rfc3339" format="jsonf")
                property(outname="message" name="msg" format="jsonf")
                property(outname="host.name" name="hostname" format="jsonf")
            }}
            input(type="imfile" file="{log}" tag="app")
            action(type="omelasticsearch" server="127.0.0.1" serverport="{docket.ports['http']}" uid="rsyslog"
                   pwd="{TOKEN}" searchIndex="logs-rsyslog.app-default" searchType="" bulkmode="on" template="event")
        """)
        shipper = subprocess.Popen(
            [root / "sbin/rsyslogd", "-n", "-iNONE", "-f", configuration, "-M", modules],
            env={**os.environ, "LD_LIBRARY_PATH": str(modules.parent)})
        try:
            found = docket.wait_for(300, "data_stream.dataset: rsyslog.app")
        finally:
            shipper.terminate()
            shipper.wait(PATIENCE)
        assert {at(document, "message") for document in found} == set(log.read_text().splitlines())
        assert len(found) == 300


def test_files_are_imported_as_they_are_or_compressed(make):
    docket = make()
    body = lines([event("file", number) for number in range(2_500)])
    files = {"plain.ndjson": body, "events.ndjson.gz": gzip.compress(body), "events.zst": zstandard.compress(body)}
    for name, content in files.items():
        (docket.folder / name).write_bytes(content)
        ended = run("import", "--as", "events", docket.folder / name, "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
        assert b"2500 records" in ended.stdout
    assert len(docket.search(remote=False)) == 2_500, "the same events, whichever file they came from"

    bad = docket.folder / "bad.ndjson"
    bad.write_bytes(lines([event("bad")]) + b'{"a":"' + b"x" * (8 << 20) + b'"}\n' + lines([event("bad", 1)]))
    ended = run("import", "--as", "events", bad, "--data", docket.data)
    assert ended.returncode == 1
    assert b"line 2: the event is larger than" in ended.stderr
    assert len(docket.search("labels.mark: bad", remote=False)) == 2


def test_events_are_proven_like_all_records(make):
    docket = make()
    with docket:
        body = [event("proof", number) for number in range(10)]
        actions = b"".join(b'{"create":{"_index":"logs-a.b-default"}}\n' + lines([one]) for one in body)
        assert post(docket, actions, "/_bulk").json()["errors"] is False
        assert post(docket, lines([event("proof", 10)])).status_code == 200
        signed(docket, 11)
        docket.stop()
    assert "11 records: nothing was changed" in verify(docket)
