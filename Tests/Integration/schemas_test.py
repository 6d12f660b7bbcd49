"""OCSF documents against the schema itself, as the framework publishes it: required attributes, types, value lists,
profiles, and no attribute that the class does not have."""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from docket import run

ROOT = Path(__file__).parents[2]
CASES = sorted(
    case
    for topic in ("normalize", "schemas")
    for case in (ROOT / "Conformance" / topic).iterdir()
    # What `docket normalize` has a stream for.
    if (case / "stream.txt").read_text().split(".")[0] in ("anthropic", "claude_code", "claude_cowork")
)

# Actors in all their forms, and some that say less than they should.
ACTORS = [
    {"type": "user_actor", "email_address": "ada@example.com", "user_id": "user_1", "ip_address": "192.0.2.1"},
    {"type": "user_actor"},
    {"type": "api_actor", "api_key_id": "apikey_1", "ip_address": "2001:db8::7", "user_agent": "curl/8.5.0"},
    {"type": "anthropic_actor", "email_address": None},
    {"type": "unauthenticated_user_actor", "unauthenticated_email_address": "no address", "ip_address": "none"},
    {"type": "scim_directory_sync_actor", "directory_id": "directory_1", "idp_connection_type": "OktaSAML"},
    {"type": "brand_new_actor", "unheard": 1},
]


@cache
def schema():
    return OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0"))


@cache
def validator(uid, profiles):
    name = schema().lookup_class_name_from_uid(uid)
    return jsonschema.Draft202012Validator(schema().get_class_schema(name, list(profiles)))


def flaws(document):
    profiles = document["metadata"]["profiles"]
    assert len(set(profiles)) == len(profiles)
    found = [
        f"{document['class_name']} {list(flaw.absolute_path)}: {flaw.message}"
        for flaw in validator(document["class_uid"], tuple(sorted(profiles))).iter_errors(document)
    ]
    observables = document.get("observables", [])
    return found + [f"observable {item['name']} is nowhere" for item in observables if not is_there(document, item)]


def is_there(document, observable):
    value = document
    for name in observable["name"].split("."):
        value = value.get(name.removesuffix("[]")) if isinstance(value, dict) else None
        if name.endswith("[]") and value:
            value = value[0]
    return value == observable["value"]


def documents(*words, lines):
    answer = run("normalize", "--schema", "ocsf", *words, input=lines.encode())
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("mode", [[], ["--conformance"]], ids=["full", "conformance"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_golden_inputs(case, mode):
    stream = (case / "stream.txt").read_text().strip()
    found = documents("--stream", stream, *mode, lines=(case / "input.ndjson").read_text())
    assert found
    for document in found:
        assert flaws(document) == [], json.dumps(document)


def test_every_type_of_activity_by_every_actor():
    table = (ROOT / "Content" / "simulated-activities.tsv").read_text().splitlines()
    types = sorted({line.split("\t")[0] for line in table if not line.startswith("#")})
    assert len(types) > 500
    lines = [
        json.dumps({
            "id": f"{name}_{place}", "type": name, "created_at": "2026-10-08T08:15:18Z", "actor": actor,
            "role": "owner", "request_method": "GET", "status_code": 200, "url": "https://api.example.com/v1?x=1",
        })
        for name in types
        for place, actor in enumerate(ACTORS)
    ]
    found = documents("--stream", "anthropic.audit", lines="\n".join(lines))
    assert len(found) == len(lines)
    assert [document for document in found if flaws(document)] == []


def test_the_schema_would_find_a_flaw():
    line = json.dumps({"id": "a", "type": "group_created", "created_at": "2026-10-08T08:15:18Z", "actor": ACTORS[0]})
    [document] = documents("--stream", "anthropic.audit", lines=line)
    assert flaws(document) == []
    for name in ("group", "time", "type_uid"):
        assert flaws({key: value for key, value in document.items() if key != name})
    assert flaws({**document, "unheard": 1})
    assert flaws({**document, "activity_id": 98})
    assert flaws({**document, "actor": {"user": {"email_addr": "no address"}}})
