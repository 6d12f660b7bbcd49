"""The description of the API, against a server that runs: every path and method answers as it says."""

import json
from pathlib import Path

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

import claude
from docket import BEARER, PATIENCE, TOKEN, Docket, eventually
from tokens_test import bearer, create

FILE = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
DOCUMENT = json.loads(FILE.read_text())
REGISTRY = Registry().with_resource("urn:docket", Resource(contents=DOCUMENT, specification=DRAFT202012))
METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
OPERATIONS = [
    (path, method) for path, item in DOCUMENT["paths"].items() for method in item if method in METHODS
]
QUERY = {"content-type": "application/json"}
EVENT = '{"@timestamp":"2026-10-08T08:15:18Z","message":"hello"}\n'
BULK = '{"create":{}}\n' + EVENT

# What is sent where; everything else is sent nothing.
SENT = {
    ("/api/v1/search", "post"): [
        {"json": {"query": "event.action: tool_result", "size": 3}}, {"json": {"format": "csv"}},
        {"json": {"format": "ndjson", "fields": ["user.*"]}}, {"json": {"query": "("}}, {"json": {"what": 1}},
        {"json": {"query": "event.acton: x", "size": 0}},
    ],
    ("/api/v1/query", "post"): [
        {"json": {"query": "FROM events | LIMIT 3"}}, {"json": {"query": "FROM events", "format": "csv"}},
        {"json": {"query": "ROW a = [1, 2], b = 1.5, c = \"x\", d = null, e = true", "format": "json"}},
        {"json": {"query": "ROW a = 1", "format": "ndjson"}}, {"json": {"query": "FROM events |"}},
        {"json": {"query": "FROM events | KEEP nothing"}}, {"json": {}},
        {"json": {"query": "ROW a = 1 / 0"}},
        {"json": {"query": "ROW a = ?, b = ?", "params": [1, ["x", "y"]]}},
        {"json": {"query": "FROM events | KEEP ??a, ?b, ?c", "params": [
            {"a": "user.email"}, {"b": {"identifier": "@timestamp"}}, {"c": {"pattern": "event.a*"}}]}},
        {"json": {"query": "ROW a = ?", "params": []}},
    ],
    ("/api/v1/fields", "post"): [
        {"json": {}}, {"json": {"pattern": "user.*"}}, {"json": {"field": "event.action"}},
        {"json": {"field": "event.sequence"}}, {"json": {"field": "no.such.field"}}, {"json": {"size": 1}},
    ],
    ("/api/v1/histogram", "post"): [
        {"json": {}}, {"json": {"by": "event.action"}}, {"json": {"query": "nothing: here"}}, {"json": {"buckets": 0}},
    ],
    ("/v1/logs", "post"): [{"json": {}}, {"data": b"", "headers": {"content-type": "application/x-protobuf"}}, {"data": "{", "headers": QUERY}],
    ("/v1/traces", "post"): [{"json": {}}, {"data": "{", "headers": QUERY}],
    ("/v1/metrics", "post"): [{"json": {}}, {"data": "x", "headers": {"content-type": "text/plain"}}],
    ("/v1/events", "post"): [
        {"data": EVENT, "headers": {"content-type": "application/x-ndjson"}},
        {"data": EVENT + "x\n", "headers": {"content-type": "application/x-ndjson"}},
        {"data": "x\n", "headers": {"content-type": "application/x-ndjson"}},
    ],
    **{
        (path, method): [
            {"data": BULK, "headers": {"content-type": "application/x-ndjson"}},
            {"data": "x\n", "headers": {"content-type": "application/x-ndjson"}},
        ]
        for path in ["/_bulk", "/{index}/_bulk"]
        for method in ["post", "put"]
    },
    ("/sign-in", "post"): [{"data": {"token": TOKEN}}, {"data": {"token": "wrong"}}, {"data": {"name": "nobody", "password": "x"}}],
    ("/sign-out", "post"): [{"data": {}}],
    ("/account/password", "post"): [{"data": {"form-token": "x", "old": "x", "new": "y"}}],
    ("/account/sessions", "post"): [{"data": {"form-token": "x", "session": "x"}}],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Docket(tmp_path_factory.mktemp("openapi")) as docket:
        docket.everything = bearer(create(docket, "--for", "logs,traces,metrics,events,search,hold")[1])
        eventually(lambda: ask(docket, "/v1/events", "post", SENT["/v1/events", "post"][0]).status_code == 200, "a token")
        records = [claude.record(*one) for one in claude.events(20, 90)]
        answer = requests.post(f"{docket.http}/v1/logs", json=claude.request(records), headers=BEARER, timeout=PATIENCE)
        assert answer.status_code == 200
        docket.wait_for(21)
        yield docket


def ask(docket, path, method, what=None, headers=None):
    what = dict(what or {})
    headers = {**(docket.everything if headers is None else headers), **what.pop("headers", {})}
    item = DOCUMENT["paths"][path]
    base = docket.http if "4318" in item.get("servers", DOCUMENT["servers"])[0]["url"] else docket.console
    if DOCUMENT["paths"][path].get(method, {}).get("tags") == ["pages"] and method == "post":
        headers["Origin"] = base
    address = base + path.replace("{id}", getattr(docket, "id", "none")).replace("{index}", "logs-test-default")
    return requests.request(method, address, headers=headers, timeout=PATIENCE, allow_redirects=False, **what)


def pointer(*parts):
    """A place in the description, as a schema refers to it."""
    return "urn:docket#/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def response(path, method, status):
    """What is described, and its place."""
    place = ["paths", path, method, "responses", str(status)]
    found = DOCUMENT["paths"][path][method]["responses"].get(str(status))
    if found and "$ref" in found:
        place = found["$ref"].split("/")[1:]
        found = DOCUMENT["components"]["responses"][place[-1]]
    return found, place


def validator(*place):
    return Draft202012Validator({"$ref": pointer(*place)}, registry=REGISTRY)


def check(path, method, answer):
    """The status is described, and the body is what is described for it."""
    described, place = response(path, method, answer.status_code)
    assert described, f"{method} {path} answered {answer.status_code}, which is not described: {answer.text[:300]}"
    for name in described.get("headers", {}):
        if name in ("retry-after", "www-authenticate", "allow", "set-cookie"):
            assert name in answer.headers, f"{method} {path} {answer.status_code} has no {name}"
    content = described.get("content")
    if not content or not answer.content:
        return
    kind = answer.headers["content-type"].split(";")[0]
    assert kind in content, f"{method} {path} {answer.status_code}: {kind}"
    if kind == "application/json":
        flaws = validator(*place, "content", kind, "schema").iter_errors(answer.json())
        assert not (found := [flaw.message for flaw in flaws]), (path, answer.status_code, found[:3], answer.text[:300])


def test_it_is_a_description_in_the_language_of_descriptions():
    validate(DOCUMENT)
    ids = [DOCUMENT["paths"][path][method]["operationId"] for path, method in OPERATIONS]
    assert len(ids) == len(set(ids))
    for path, method in OPERATIONS:
        body = DOCUMENT["paths"][path][method].get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" in body:
            place = ["paths", path, method, "requestBody", "content", "application/json", "schema"]
            validator(*place).validate(body["example"])


def test_a_server_gives_the_same(server):
    answer = requests.get(f"{server.console}/api/v1/openapi.json", timeout=PATIENCE)
    assert answer.content == FILE.read_bytes()


@pytest.mark.parametrize("path,method", OPERATIONS)
def test_every_operation_answers_as_it_says(server, path, method):
    server.id = ask(server, "/api/v1/search", "post", {"json": {"size": 1}}).json()["hits"][0]["id"]
    seen = set()
    for what in SENT.get((path, method), [None]):
        answer = ask(server, path, method, what)
        check(path, method, answer)
        seen.add(answer.status_code)
    operation = DOCUMENT["paths"][path][method]
    # Nothing is held here; that has tests of its own.
    assert seen & {200, 303} or operation["tags"] == ["holds"] and seen == {404}, seen
    if operation.get("security") == [] or path == "/metrics" or operation["tags"] == ["pages"]:
        return
    for headers, status in [({}, 401), (bearer("wrong"), 401)]:
        answer = ask(server, path, method, (SENT.get((path, method)) or [None])[0], headers)
        assert answer.status_code == status
        check(path, method, answer)


# Whether something is held is looked at before what is wanted.
@pytest.mark.parametrize("path", [path for path in DOCUMENT["paths"] if "/holds" not in path])
def test_other_methods_are_refused(server, path):
    methods = METHODS & set(DOCUMENT["paths"][path])
    answer = ask(server, path, "delete")
    assert answer.status_code == 405
    for method in methods:
        assert response(path, method, 405)[0], (path, method)
    # HEAD is answered where GET is, and only there.
    if "servers" not in DOCUMENT["paths"][path]:
        assert (ask(server, path, "head").status_code == 405) == ("get" not in methods)
