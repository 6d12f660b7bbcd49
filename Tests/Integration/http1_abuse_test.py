"""The binary against HTTP/1.1 as attackers and broken clients write it. The rows are in http1_rows.py."""

import json

import pytest

import claude
import http1
import http1_rows as rows

SMUGGLED = json.dumps(claude.request(claude.record(*one) for one in claude.events(1, 70))).encode()
SMUGGLED = rows.POST + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED


@pytest.fixture(scope="module")
def server(unharmed):
    return unharmed


def names(of):
    assert len({row.name for row in of}) == len(of)
    return {"argvalues": of, "ids": [row.name for row in of]}


@pytest.mark.parametrize("row", **names(rows.REFUSED))
def test_what_is_refused_ends_the_connection_and_nothing_behind_it_is_served(server, row):
    journaled = server.metrics()["docket_journal_records_total"]
    answers = http1.answers(http1.exchange(server.ports["http"], row.sent + SMUGGLED))
    assert [answer.status for answer in answers] == list(row.statuses)
    assert answers[-1].closes
    assert server.metrics()["docket_journal_records_total"] == journaled


@pytest.mark.parametrize("row", **names(rows.SERVED))
def test_what_is_served_ends_where_it_should(server, row):
    answers = http1.answers(http1.exchange(server.ports["http"], row.sent + rows.GOOD))
    assert [answer.status for answer in answers] == [*row.statuses, 200]
    assert answers[-1].body == b"alive\n" and answers[-1].closes
    assert not any(answer.closes for answer in answers[:-1])
