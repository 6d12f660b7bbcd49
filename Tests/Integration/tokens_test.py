"""Credentials as a company has them: made, used, revoked and rotated while a server runs."""

import base64
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
import requests
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

import claude
from bad_input_test import call, message
from docket import BEARER, PATIENCE, at, eventually, run


def tokens(docket, *words, code=0, **options):
    ended = run("tokens", *words, "--data", docket.data, **options)
    assert ended.returncode == code, ended.stderr
    return (ended.stdout if code < 2 else ended.stderr).decode()


def create(docket, *words, tenant="default", name="laptops", **options):
    """The id and the secret."""
    said = tokens(docket, "create", "--tenant", tenant, "--name", name, *words, **options)
    return said.split()[0], said.split()[-1]


def rotate(docket, id, *words, **options):
    return tokens(docket, "rotate", id, *words, **options).split()[-1]


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def basic(pair):
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def post(docket, headers, stream="logs", seed=70, path="", change=lambda body: body):
    body = change(claude.request(claude.record(*one) for one in claude.events(1, seed))) if stream == "logs" else {}
    return requests.post(f"{docket.http}{path}/v1/{stream}", json=body, headers=headers, timeout=PATIENCE)


def search(docket, headers, query=""):
    return requests.post(
        f"{docket.console}/api/v1/search", json={"query": query}, headers=headers, timeout=PATIENCE
    )


def until(docket, headers, status):
    """The answer that has this status, which a running server gives soon after a change of the book."""
    found = []

    def look():
        found[:] = [post(docket, headers)]
        return found[0].status_code == status

    eventually(look, f"{status}")
    return found[0]


def auth_refused(docket, reason):
    return docket.metrics()[f'docket_auth_refused_total{{reason="{reason}"}}']


def test_a_token_is_taken_over_by_the_server_that_runs_in_every_way_of_showing_it(fresh):
    _, secret = create(fresh)
    until(fresh, bearer(secret), 200)
    for headers in [{"x-api-key": secret}, basic(f"anybody:{secret}"), basic(f":{secret}")]:
        assert post(fresh, headers).status_code == 200
    assert call(fresh, message().SerializeToString(), metadata=[("authorization", f"Bearer {secret}")]) is not None
    # A start later it is the same.
    fresh.stop()
    fresh.start()
    assert post(fresh, bearer(secret)).status_code == 200


def test_a_password_belongs_to_its_user(fresh, tmp_path):
    _, pair = create(fresh, "--basic", "org-7")
    until(fresh, basic(pair), 200)
    user, password = pair.split(":")
    assert user == "org-7"
    for wrong in [basic(f"org-8:{password}"), basic(f"org-7:{password}x"), bearer(password)]:
        assert post(fresh, wrong).status_code == 401
    (tmp_path / "key").write_text("license-key-0123\n")
    create(fresh, "--basic", "org-9", "--password-file", tmp_path / "key")
    until(fresh, basic("org-9:license-key-0123"), 200)
    assert "shown in the same way" in tokens(fresh, "create", "--name", "x", "--basic", "org-9", code=2)


def test_many_senders_with_one_password_cost_one_check(fresh):
    _, pair = create(fresh, "--basic", "org")
    until(fresh, basic(pair), 200)
    # Far more than there may be checks of passwords in that time.
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda seed: post(fresh, basic(pair), seed=seed).status_code, range(100, 300)))
    assert answers == [200] * 200


def test_guessing_passwords_is_slowed_down_and_those_who_are_known_go_on(fresh):
    _, pair = create(fresh, "--basic", "org")
    until(fresh, basic(pair), 200)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: post(fresh, basic(f"org:guess-{number}")), range(400)))
    assert {answer.status_code for answer in answers} == {401, 503}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code == 503)
    assert auth_refused(fresh, "busy") > 0
    assert post(fresh, basic(pair)).status_code == 200


def test_what_is_revoked_is_refused_while_the_server_runs(fresh):
    id, secret = create(fresh, "--for", "logs,search")
    until(fresh, bearer(secret), 200)
    session = requests.Session()
    form = {"token": secret, "next": "/"}
    signed_in = session.post(
        f"{fresh.console}/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"}, timeout=PATIENCE
    )
    assert signed_in.status_code == 200 and "Sign in" not in signed_in.text
    assert "is revoked" in tokens(fresh, "revoke", id)
    answer = until(fresh, bearer(secret), 401)
    assert "revoked" in answer.json()["message"] and id not in answer.text
    assert search(fresh, bearer(secret)).status_code == 401
    # The session that it began has ended, too.
    page = session.get(f"{fresh.console}/", timeout=PATIENCE, allow_redirects=False)
    assert page.status_code == 303
    with pytest.raises(grpc.RpcError) as caught:
        call(fresh, message().SerializeToString(), metadata=[("authorization", f"Bearer {secret}")])
    assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert auth_refused(fresh, "revoked") >= 3
    assert "revoked, which is for good" in tokens(fresh, "rotate", id, code=2)


def test_a_rotated_secret_lives_for_the_overlap(fresh):
    id, first = create(fresh)
    second = rotate(fresh, id)
    until(fresh, bearer(second), 200)
    assert post(fresh, bearer(first)).status_code == 200
    # Both of the older ones end with the shorter overlap.
    third = rotate(fresh, id, "--overlap", "1s")
    assert "has expired" in until(fresh, bearer(second), 401).json()["message"]
    assert "has expired" in until(fresh, bearer(first), 401).json()["message"]
    assert post(fresh, bearer(third)).status_code == 200
    assert first != second != third


def test_a_credential_expires(make):
    docket = make().start()
    _, secret = create(docket, "--expires", "90d")
    until(docket, bearer(secret), 200)
    docket.stop()
    docket.start(DOCKET_NOW="2100-01-01T00:00:00Z")
    answer = post(docket, bearer(secret))
    assert answer.status_code == 401 and "has expired" in answer.json()["message"]
    assert post(docket, BEARER).status_code == 200
    assert auth_refused(docket, "expired") == 1


def test_a_credential_does_what_it_is_for(fresh):
    _, sender = create(fresh)
    _, traces = create(fresh, "--for", "traces", name="traces")
    _, reader = create(fresh, "--for", "search", name="people")
    until(fresh, bearer(reader), 403)
    for stream in ["logs", "traces", "metrics"]:
        assert post(fresh, bearer(sender), stream).status_code == 200
        answer = post(fresh, bearer(reader), stream)
        assert answer.status_code == 403 and f"may not send {stream}" in answer.json()["message"]
        assert post(fresh, bearer(traces), stream).status_code == (200 if stream == "traces" else 403)
    with pytest.raises(grpc.RpcError) as caught:
        call(fresh, message().SerializeToString(), metadata=[("authorization", f"Bearer {traces}")])
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert search(fresh, bearer(reader)).status_code == 200
    answer = search(fresh, bearer(sender))
    assert answer.status_code == 403 and "may not search" in answer.json()["error"]["message"]
    form = requests.post(
        f"{fresh.console}/sign-in", data={"token": sender}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=PATIENCE
    )
    assert form.status_code == 403 and "may not search" in form.text


def test_a_rate_is_429_with_retry_after_and_retry_info(fresh):
    _, secret = create(fresh, "--rate", "1")
    until(fresh, bearer(secret), 200)
    # The tries follow one another faster than once a second in any case that is worth a test.
    found = eventually(
        lambda: [a for a in [post(fresh, bearer(secret)) for _ in range(5)] if a.status_code != 200], "429"
    )
    assert {answer.status_code for answer in found} == {429}
    assert found[0].headers["retry-after"] == "1" and found[0].json()["code"] == 8

    def exhausted():
        try:
            call(fresh, message().SerializeToString(), metadata=[("authorization", f"Bearer {secret}")])
        except grpc.RpcError as error:
            return error

    error = eventually(exhausted, "RESOURCE_EXHAUSTED")
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    retry = RetryInfo()
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    assert Status.FromString(details).details[0].Unpack(retry)
    delay = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
    assert 0 < delay <= 1
    assert auth_refused(fresh, "rate") == fresh.refused("rate") >= 2
    # Others are not slowed down by it.
    assert post(fresh, BEARER).status_code == 200


def test_the_tenant_is_the_credentials_whatever_the_telemetry_says(fresh):
    _, secret = create(fresh, tenant="acme")
    create(fresh, tenant="victim")
    _, reader = create(fresh, "--for", "search", tenant="victim", name="reader")
    _, own = create(fresh, "--for", "search", tenant="acme", name="reader")
    until(fresh, bearer(secret), 200)

    def claims(body):
        group = body["resourceLogs"][0]
        false = {"tenant": "victim", "tenant.id": "victim", "organization.id": "victim", "docket.tenant": "victim"}
        group["resource"]["attributes"] += claude.attributes(false)
        for record in group["scopeLogs"][0]["logRecords"]:
            record["attributes"] = [a for a in record["attributes"] if a["key"] not in false]
            record["attributes"] += claude.attributes(false)
        return body

    assert post(fresh, bearer(secret), seed=71, path="/victim", change=claims).status_code == 403
    assert post(fresh, bearer(secret), seed=71, path="/acme", change=claims).status_code == 200
    session = next(claude.events(1, 71))[1]["session.id"]
    query = f'claude_code.events.session.id: "{session}"'
    # The server may not know the reader's credential yet.
    [hit] = eventually(lambda: search(fresh, bearer(own), query).json().get("hits"), "the record")
    assert at(hit["document"], "organization.id") == "victim", "a claim is kept as a claim"
    for headers in [bearer(reader), BEARER]:
        assert search(fresh, headers, query).json()["hits"] == []


def test_the_list_never_shows_a_secret(fresh, tmp_path):
    made = [create(fresh, "--rate", "5", "--expires", "90d", "--policy", "strict"), create(fresh, "--basic", "org")]
    made += [create(fresh, "--certificate", "subject=CN=collector-7,O=Example", name="collector")]
    tokens(fresh, "revoke", made[0][0])
    book = fresh.data / "credentials.json"
    table, lines = tokens(fresh, "list"), tokens(fresh, "list", "--format", "ndjson")
    listed = [json.loads(line) for line in lines.splitlines()]
    assert [one["name"] for one in listed] == ["bootstrap", "laptops", "laptops", "collector"]
    assert [one["state"] for one in listed] == ["good", "revoked", "good", "good"]
    assert listed[1]["rate"] == 5 and listed[1]["policy"] == "strict" and listed[1]["expires"] > listed[1]["created"]
    assert listed[3]["subject"] == "CN=collector-7,O=Example"
    kept = [secret for one in json.loads(book.read_text())["credentials"] for secret in one.get("secrets", [])]
    secrets = [made[0][1], made[1][1].split(":")[1], *(value for one in kept for value in one.values())]
    assert len(secrets) == 5
    for text in [table, lines, fresh.log.read_text()]:
        assert not any(secret in text for secret in secrets)
    assert not any(secret in book.read_text() for secret in secrets[:2])
    assert stat.S_IMODE(os.stat(book).st_mode) == 0o600
    for one in listed:
        assert one["id"] in table


WRONG = {
    "no action": ([], "create, list, revoke, rotate"),
    "another action": (["crate", "--name", "x"], "did you mean `create`?"),
    "no name": (["create"], "--name"),
    "another option": (["create", "--name", "x", "--polcy", "p"], "did you mean `--policy`?"),
    "another use": (["create", "--name", "x", "--for", "logs,serch"], "did you mean `search`?"),
    "no use": (["create", "--name", "x", "--for", ""], "logs, traces, metrics, events, search"),
    "a tenant": (["create", "--name", "x", "--tenant", "A B"], "a–z 0–9"),
    "a rate": (["create", "--name", "x", "--rate", "0"], "1 to 1000000"),
    "a time": (["create", "--name", "x", "--expires", "soon"], "90d"),
    "both": (["create", "--name", "x", "--basic", "a", "--certificate", "CN=a"], "not both"),
    "a user": (["create", "--name", "x", "--basic", "a:b"], "without a colon"),
    "a file": (["create", "--name", "x", "--password-file", "y"], "--basic"),
    "no id": (["revoke"], "which one?"),
    "another id": (["revoke", "cred_0"], "`docket tokens list` shows them"),
    "a format": (["list", "--format", "tabel"], "did you mean `table`?"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_the_remedy(shared, name):
    words, remedy = WRONG[name]
    assert remedy in tokens(shared, *words, code=2)


def test_without_a_data_directory_or_with_a_broken_book(make, tmp_path):
    ended = run("tokens", "list", "--data", tmp_path / "typo")
    assert ended.returncode == 2 and "--data" in ended.stderr.decode() and not (tmp_path / "typo").exists()
    docket = make().start()
    docket.stop()
    book = docket.data / "credentials.json"
    broken = book.read_text().replace('"kind":"token"', '"kind":"tokn"')
    book.write_text(broken)
    for words in [["tokens", "list"], ["serve"]]:
        ended = run(*words, "--data", docket.data)
        said = ended.stderr.decode()
        assert ended.returncode == 2 and str(book) in said and "credentials[0].kind" in said and "restore" in said
    assert book.read_text() == broken


def test_a_book_that_breaks_while_the_server_runs_changes_nothing(fresh):
    book = fresh.data / "credentials.json"
    whole = book.read_text()
    book.write_text("{")
    eventually(lambda: fresh.metrics()['docket_credentials_reloads_total{result="failure"}'] == 1, "it was seen")
    assert post(fresh, BEARER).status_code == 200
    assert str(book) in fresh.log.read_text()
    book.write_text(whole)
    _, secret = create(fresh)
    until(fresh, bearer(secret), 200)
