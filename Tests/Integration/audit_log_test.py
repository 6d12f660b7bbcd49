"""The audit log that an owner exports by hand."""

import csv
import json
import zipfile

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
