"""OTLP/JSON as Claude's clients write it, which is not always as OTLP says."""

import copy
import gzip
import json

import requests

import claude
from docket import BEARER, PATIENCE, at, eventually, run

HEADERS = {**BEARER, "Content-Type": "application/json"}


def post(docket, body, **headers):
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    return requests.post(
        f"{docket.http}/v1/logs", data=body, headers={**HEADERS, **headers}, timeout=PATIENCE
    )


def accepted(docket, body, **headers):
    answer = post(docket, body, **headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def records(count, seed):
    return [claude.record(place, attributes) for place, attributes in claude.events(count, seed)]


def session(seed):
    return next(claude.events(1, seed))[1]["session.id"]


def found(docket, seed, count):
    return docket.wait_for(count, f'claude_code.events.session.id: "{session(seed)}"')


def test_numbers_without_quotes(shared):
    assert accepted(shared, claude.request(records(8, 10))) == {}
    documents = found(shared, 10, 8)
    assert claude.places(documents) == list(range(8))
    assert at(next(d for d in documents if d["event"]["sequence"] == 2), "gen_ai.usage.input_tokens") is not None


def test_numbers_with_quotes_are_the_same_records(shared):
    """What a collector in between makes of it: every record is known already."""
    assert accepted(shared, claude.request(records(4, 11))) == {}
    found(shared, 11, 4)
    quoted = copy.deepcopy(claude.request(records(4, 11)))
    for record in quoted["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
        for attribute in record["attributes"]:
            if "intValue" in attribute["value"]:
                attribute["value"]["intValue"] = str(attribute["value"]["intValue"])
    before = shared.metrics()["docket_indexed_records_total"]
    assert accepted(shared, quoted) == {}
    eventually(lambda: shared.metrics()["docket_indexed_records_total"] == before + 4, "indexed")
    assert len(found(shared, 11, 4)) == 4


def test_times_without_quotes(shared):
    body = claude.request(records(2, 12))
    for record in body["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
        record["timeUnixNano"] = int(record["timeUnixNano"])
    assert accepted(shared, body) == {}
    assert sorted(d["@timestamp"][:19] for d in found(shared, 12, 2)) == ["2026-10-08T08:15:18"] * 2


def test_half_of_a_character(shared):
    """Text cut in UTF-16 leaves the first half of an emoji behind."""
    body = json.dumps(claude.request(records(4, 13))).replace('"<REDACTED>"', '"cut here \\ud83d"')
    assert "\\ud83d" in body
    assert accepted(shared, body) == {}
    documents = found(shared, 13, 4)
    assert len(documents) == 4
    prompt = next(d for d in documents if d["event"]["action"] == "user_prompt")
    assert "cut here" in json.dumps(prompt)
    for line in shared.search(f'claude_code.events.session.id: "{session(13)}"'):
        line.decode("utf-8")  # never half a character in an answer


def test_body_in_chunks(shared):
    whole = json.dumps(claude.request(records(20, 14))).encode()

    def pieces():
        for start in range(0, len(whole), 777):
            yield whole[start : start + 777]

    assert accepted(shared, pieces()) == {}
    assert len(found(shared, 14, 20)) == 20


def test_packed_body_in_chunks(shared):
    whole = gzip.compress(json.dumps(claude.request(records(20, 15))).encode())
    assert accepted(shared, iter([whole[:100], whole[100:]]), **{"Content-Encoding": "gzip"}) == {}
    assert len(found(shared, 15, 20)) == 20


def test_names_as_the_protobuf_file_spells_them(shared):
    text = json.dumps(claude.request(records(4, 16)))
    for name, declared in {
        "resourceLogs": "resource_logs", "scopeLogs": "scope_logs", "logRecords": "log_records",
        "timeUnixNano": "time_unix_nano", "stringValue": "string_value", "intValue": "int_value",
        "doubleValue": "double_value", "arrayValue": "array_value", "droppedAttributesCount": "dropped_attributes_count",
    }.items():
        text = text.replace(f'"{name}"', f'"{declared}"')
    assert accepted(shared, text) == {}
    documents = found(shared, 16, 4)
    assert len(documents) == 4
    assert all(d["@timestamp"].startswith("2026-10-08T08:15:18") for d in documents)


def test_a_content_type_with_a_character_set(shared):
    assert accepted(shared, claude.request(records(1, 17)), **{"Content-Type": "application/json; charset=utf-8"}) == {}
    assert len(found(shared, 17, 1)) == 1


def test_one_bad_record_leaves_the_others(shared):
    good = records(6, 18)
    bad = [
        "not an object",
        {**good[0], "attributes": {"event.name": "x"}},
        {**good[0], "timeUnixNano": -1},
        {**good[0], "attributes": [{"value": {"stringValue": "no key"}}]},
    ]
    before = shared.metrics()["docket_otlp_refused_records_total"]
    answer = accepted(shared, claude.request([*good[:3], *bad, *good[3:]]))
    assert answer["partialSuccess"]["rejectedLogRecords"] == "4"
    assert answer["partialSuccess"]["errorMessage"]
    assert shared.metrics()["docket_otlp_refused_records_total"] == before + 4
    assert claude.places(found(shared, 18, 6)) == list(range(6))


def test_nothing_to_keep_is_success(shared):
    for body in ["{}", '{"resourceLogs":[]}', '{"resourceLogs":null}', '{"unknown":{"a":[1]}}', ' {"resourceLogs":[{}]} ']:
        assert accepted(shared, body) == {}


def test_other_scopes_are_kept_as_well(shared):
    body = claude.request(records(1, 19))
    body["resourceLogs"][0]["scopeLogs"][0]["scope"] = {"name": "com.example.other"}
    assert accepted(shared, body) == {}
    assert shared.wait_for(1, 'scope.name: "com.example.other"')


def test_a_file_of_requests_is_imported(make):
    docket = make()
    file = docket.folder
    file = file / "capture.json"
    file.write_text("".join(json.dumps(claude.request(records(5, seed))) + "\n" for seed in (20, 21, 20)))
    for _ in range(2):
        ended = run("import", "--as", "otlp", file, "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
    assert len(docket.search(remote=False)) == 10
