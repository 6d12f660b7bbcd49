"""Servers that tests share or have for themselves."""

import pytest

from docket import Docket, left_as_found


@pytest.fixture
def fresh(tmp_path):
    """A server of this test alone, started with an empty data directory."""
    with Docket(tmp_path / "docket") as docket:
        yield docket


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server for the tests of one file that do not mind one another's records."""
    with Docket(tmp_path_factory.mktemp("shared"), settings="otlp:\n  body_limit: 1MiB\n  unpacked_limit: 1MiB\n") as docket:
        yield docket


@pytest.fixture(scope="module")
def unharmed(shared):
    """The shared server, which must be after all tests of a file what it was before."""
    with left_as_found(shared):
        yield shared


@pytest.fixture
def make(tmp_path):
    """Makes servers that end with the test."""
    made = []

    def one(name="docket", **options):
        made.append(Docket(tmp_path / name, **options))
        return made[-1]

    yield one
    for docket in made:
        docket.kill()
