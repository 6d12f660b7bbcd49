"""The audit log that an owner exports by hand."""

import ast
import csv
import json
import random
import zipfile

import pytest

from docket import at, run

COLUMNS = ["created_at", "actor_info", "event", "event_info", "entity_info", "ip_address", "user_agent"]


def actor(name, email):
    """As the export prints it: a Python dictionary, the apostrophes of the name as they are."""
    return f"{{'name': '{name}', 'uuid': '0f9c', 'metadata': {{'email_address': '{email}'}}}}"


def written(folder, rows, broken=""):
    file = folder / "audit_log.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        table = csv.DictWriter(out, COLUMNS)
        table.writeheader()
        table.writerows(rows)
        out.write(broken)
    return file


def test_rows_are_found_beside_the_feed_and_once(make):
    docket = make()
    twice = {"created_at": "2026-03-02T10:02:00Z", "event": "file_uploaded", "actor_info": actor("A", "A@example.com")}
    rows = [
        twice,
        twice,
        {
            "created_at": "2026-03-02T09:00:00.123456Z",
            "actor_info": actor("Example O'User", "user@example.com"),
            "event": "user_signed_in_sso",
            "event_info": {"domain": "example.com", "note": 'say "hi"\n', "none": None, "is": True},
            "ip_address": "192.0.2.7",
        },
    ]
    file = written(docket.folder, rows, broken='2026-03-02T11:00:00Z,"cut off\r\n')
    archive = docket.folder / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.write(file, "logs/audit_log.csv")
        out.writestr("readme.txt", "x" * 10_000)
    for again in (file, archive):
        ended = run("import", "--as", "audit-log", again, "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
        assert b"4 records" in ended.stdout

    assert len(docket.search(remote=False)) == 4
    assert len(docket.search("user.key: a@example.com", remote=False)) == 2
    (found,) = docket.documents("anthropic.audit_log.activity_types: sso_login_succeeded", remote=False)
    assert at(found, "user.full_name") == "Example O'User"
    assert at(found, "event.outcome") == "success"
    assert at(found, "anthropic.audit_log.event_info") == {"domain": "example.com", "note": 'say "hi"\n', "is": True}
    (broken,) = docket.documents("event.kind: pipeline_error", remote=False)
    assert at(broken, "event.original").startswith('2026-03-02T11:00:00Z,"cut off')


def test_a_file_maps_to_a_document_a_row(tmp_path):
    rows = [{"created_at": f"2026-03-02T10:00:{number:02}Z", "event": "user_signed_out"} for number in range(9)]
    ended = run("normalize", "--stream", "anthropic.audit_log", written(tmp_path, rows))
    assert ended.returncode == 0, ended.stderr
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [at(line, "@timestamp") for line in lines] == [f"2026-03-02T10:00:{number:02}.000Z" for number in range(9)]
    assert len({at(line, "event.id") for line in lines}) == 9


def test_a_file_that_is_no_audit_log_is_named(tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a;b\n1;2\n")
    ended = run("normalize", "--stream", "anthropic.audit_log", file)
    assert ended.returncode != 0
    assert b"created_at" in ended.stderr


class Literals:
    """Dictionaries as Python prints them, made from a seed."""

    TEXTS = ["", "a", "O'User", 'say "hi"', "both ' and \"", "'", '"', "\\", "\\'", "', 'x': 'y", '", "x": "y', "'}", "],",
             "tab\tline\r\n", "\x00\x7f", "\u00e9\u2028\U0001f642", "None", "{'a': 1}", "a, b", ": ", "\\n", "%s", "x" * 300]
    NUMBERS = [0, -1, 2**63 - 1, -(2**63), 0.1, -2.5e-9, 1e22, 123456.789]

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def text(self):
        return "".join(self.dice.choice(self.TEXTS) for _ in range(self.dice.choice([1, 1, 2, 3])))

    def value(self, depth):
        kinds = ["text", "text", "number", "word"] + (["list", "tuple", "dictionary"] if depth < 6 else [])
        match self.dice.choice(kinds):
            case "text": return self.text()
            case "number": return self.dice.choice(self.NUMBERS)
            case "word": return self.dice.choice([None, True, False])
            case "list": return [self.value(depth + 1) for _ in range(self.dice.randrange(4))]
            case "tuple": return tuple(self.value(depth + 1) for _ in range(self.dice.randrange(4)))
            case _: return self.dictionary(depth + 1)

    def dictionary(self, depth=0):
        return {f"k{place}{self.text()}": self.value(depth) for place in range(self.dice.randrange(5))}


def without_empty(value):
    """As all documents are: an empty text, list or dictionary says nothing."""
    if isinstance(value, dict):
        value = {name: inner for name, inner in ((n, without_empty(v)) for n, v in value.items()) if inner is not None}
    elif isinstance(value, (list, tuple)):
        value = [inner for inner in map(without_empty, value) if inner is not None]
    return None if value in ("", [], {}) else value


@pytest.mark.parametrize("seed", range(8))
def test_dictionaries_are_read_as_python_reads_them(tmp_path, seed):
    literals = Literals(seed)
    printed = [repr(literals.dictionary()) for _ in range(250)]
    rows = [
        {"created_at": "2026-03-02T10:00:00Z", "event": "user_signed_out", "event_info": text, "device_id": str(number)}
        for number, text in enumerate(printed)
    ]
    file = tmp_path / "audit_log.csv"
    with file.open("w", newline="") as out:
        table = csv.DictWriter(out, [*COLUMNS, "device_id"])
        table.writeheader()
        table.writerows(rows)
    ended = run("normalize", "--stream", "anthropic.audit_log", file)
    assert ended.returncode == 0, ended.stderr
    documents = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(documents) == len(printed)
    for text, document in zip(printed, documents):
        assert at(document, "error.message") is None, text
        assert at(document, "anthropic.audit_log.event_info") == without_empty(ast.literal_eval(text)), text


def test_exports_that_overlap_give_each_row_once(make):
    docket = make()
    # A row that is there three times at one moment is three events, in each export that covers the moment.
    moments = [f"2026-03-02T10:{minute:02}:00Z" for minute in range(30)]
    rows = [
        {"created_at": moment, "event": "file_uploaded", "actor_info": actor("A", "a@example.com")}
        for moment in moments for _ in range(3 if moment.endswith("15:00Z") else 1)
    ]
    for part in (rows[:20], rows[10:], list(reversed(rows))):
        ended = run("import", "--as", "audit-log", written(docket.folder, part), "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
    assert len(docket.search(remote=False)) == len(rows) == 32
