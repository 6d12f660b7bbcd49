"""Dashboards on a told story: every number of every panel is what the API says."""

import html
import json
import re
from pathlib import Path

import pytest
import requests

from docket import BEARER, PATIENCE, TOKEN, run
from simulate_test import told  # noqa: F401

ROOT = Path(__file__).parents[2]
FILES = {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / "Content/dashboards").glob("*.json"))}
PANELS = [
    (name, panel["id"]) for name, file in FILES.items() for section in file["sections"] for panel in section["panels"]
]


@pytest.fixture(scope="module")
def shown(told):
    """All dashboards, over the time of the story, as somebody without scripts sees them."""
    docket, truth, _ = told
    time = {"from": truth["from"], "to": truth["until"]}
    with requests.Session() as session:
        session.headers["Origin"] = docket.console
        session.post(f"{docket.console}/sign-in", data={"token": TOKEN, "next": "/"}, timeout=PATIENCE)
        pages = {}
        for name in FILES:
            answer = session.get(f"{docket.console}/dashboards/{name}", params=time, timeout=PATIENCE)
            assert answer.status_code == 200
            pages[name] = answer.text
        yield docket, session, time, pages


def panel(name, key):
    file = FILES[name]
    found = next(panel for section in file["sections"] for panel in section["panels"] if panel["id"] == key)
    query = file["queries"][found["use"]] if "use" in found else found
    return found, {
        "streams": query.get("streams", file["streams"]), "query": query.get("query"),
        "filter": " and ".join(f"({part})" for part in [file.get("filter"), query.get("filter")] if part),
    }


def width(page):
    """How long a bar is, as the page says it: `6 hours each`."""
    count, unit = re.search(r", (\d+) (minute|hour|day)s? each", page).groups()
    return int(count) * {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}[unit]


def ask(docket, time, query, page):
    steps = query["query"].replace("$bucket", f"{width(page)} milliseconds" if "$bucket" in query["query"] else "")
    answer = requests.post(
        f"{docket.console}/api/v1/query", headers=BEARER, timeout=PATIENCE,
        json={"query": f"FROM {', '.join(query['streams'])} | {steps}", "filter": query["filter"], "limit": 10000, **time},
    )
    assert answer.status_code == 200, answer.text
    names = [column["name"] for column in answer.json()["columns"]]
    return [dict(zip(names, row)) for row in answer.json()["values"]]


def body(page, key):
    return page.split(f'id="panel-{key}"')[1].split("</article>")[0]


def data(text, pattern):
    return [(html.unescape(key), float(value)) for key, value in re.findall(pattern, text)]


def near(left, right):
    return left == pytest.approx(right, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name,key", PANELS)
def test_a_panel_says_what_the_api_says(shown, name, key):
    docket, session, time, pages = shown
    made, query = panel(name, key)
    text = body(pages[name], key)
    assert 'class="problem"' not in text
    if made["mark"] == "text":
        return
    rows = ask(docket, time, query, pages[name])
    columns = [made["value"]] if "value" in made else list(made.get("values", {}))
    sums = [sum(row[column] or 0 for row in rows) for column in columns]
    if 'data-key="nothing"' in text:
        assert not any(sums) and (made["mark"] != "table" or not rows)
        return
    if made["mark"] == "tile":
        ((_, value),) = data(text, r'data-key="(value)" data-value="([^"]+)"')
        assert near(value, rows[0][columns[0]])
        return
    if made["mark"] == "bullet":
        assert near(data(text, r'data-key="(value)" data-value="([^"]+)"')[0][1], rows[0][columns[0]])
        assert near(data(text, r'data-key="(target)" data-value="([^"]+)"')[0][1], rows[0][made["target"]])
        return
    if made["mark"] == "table":
        assert len(re.findall("<tr>", text.split("<tbody>")[1])) == min(len(rows), made.get("most", 10))
        for column in made["columns"]:
            if "unit" not in column:
                continue
            shown_numbers = sorted(number for _, number in data(text, rf'data-key="({re.escape(column["column"])})"[^>]* data-value="([^"]+)"'))
            wanted = sorted(row[column["column"]] for row in rows[: made.get("most", 10)] if row[column["column"]] is not None)
            # Rows with the same place in the order may stand either way around.
            assert len(shown_numbers) == len(wanted) and near(sum(shown_numbers), sum(wanted)) or len(rows) > made.get("most", 10)
        return
    if made["mark"] == "ranking":
        numbers = data(text, r'<td class="number" data-key="([^"]*)" data-value="([^"]+)"')
        if made.get("unit") not in ("nanoseconds", "milliseconds", "share"):
            assert near(sum(number for _, number in numbers), sums[0])
        by = {}
        for row in rows:
            by[row[made["by"]]] = by.get(row[made["by"]], 0) + (row[columns[0]] or 0)
        for key_shown, number in numbers:
            if key_shown in by:
                assert near(number, by[key_shown])
        return
    if made["mark"] == "heatmap":
        cells = data(text, r'data-key="(\w+day \d\d:00)" data-value="([^"]+)"')
        assert near(sum(number for _, number in cells), sums[0])
        return
    points = data(text, r'data-key="(2\d{3}-[^"]+)" data-value="([^"]+)"')
    assert points
    if made["mark"] == "lines":
        assert sorted(number for _, number in points) == pytest.approx(
            sorted(row[column] for row in rows for column in columns if row[column] is not None), rel=1e-9
        )
    else:
        assert near(sum(number for _, number in points), sum(sums))


COUNTS = [
    (name, key)
    for name, key in PANELS
    for made, query in [panel(name, key)]
    # Behind a second STATS it counts groups.
    if made["mark"] == "tile" and query["query"].count("STATS") == 1 and re.search(rf"\b{made['value']} = COUNT\(\*\)(?! BY)", query["query"])
]


@pytest.mark.parametrize("name,key", COUNTS)
def test_open_as_search_finds_as_many_events_as_the_tile_says(shown, name, key):
    docket, session, _, pages = shown
    text = body(pages[name], key)
    ((_, value),) = data(text, r'data-key="(value)" data-value="([^"]+)"')
    address = html.unescape(re.search(r'href="(/search[^"]+)" data-act="search"', text)[1])
    page = session.get(docket.console + address, timeout=PATIENCE)
    assert page.status_code == 200
    assert int(re.search(r'data-testid="total"><strong data-value="(\d+)"', page.text)[1]) == value


def test_a_click_on_a_value_narrows_all_panels(shown):
    docket, session, time, pages = shown
    text = body(pages["permission-decisions"], "accept-reject")
    only = html.unescape(re.search(r'href="([^"]+)" data-act="filter">reject<', text)[1])
    page = session.get(docket.console + only, timeout=PATIENCE).text
    rejected = dict(data(text, r'<td class="number" data-key="([^"]*)" data-value="([^"]+)"'))["reject"]
    assert rejected > 0
    assert data(body(page, "total"), r'data-key="(value)" data-value="([^"]+)"')[0][1] == rejected
    assert "events.decision is reject" in page.split('data-testid="pills"')[1]


def test_the_csv_of_a_panel_is_its_answer(shown):
    docket, session, time, pages = shown
    _, query = panel("tool-calls", "volume")
    answer = session.get(f"{docket.console}/dashboards/tool-calls/panels/volume.csv", params=time, timeout=PATIENCE)
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.split("\r\n")[1:-1]
    rows = ask(docket, time, query, pages["tool-calls"])
    assert sorted(lines) == sorted(f"{row['calls']},{row['gen_ai.tool.name'] or ''}" for row in rows)


def test_a_file_that_is_wrong_ends_the_start_with_its_place(make):
    docket = make()
    folder = docket.data / "dashboards"
    folder.mkdir(parents=True)
    (folder / "own.json").write_text(json.dumps({**FILES["audit-overview"], "id": "own", "colour": "red"}))
    with pytest.raises(AssertionError, match="own.json: `colour`: is not known here"):
        docket.start()


def test_a_folder_that_is_not_there_stops_the_start(tmp_path):
    file = tmp_path / "docket.yaml"
    file.write_text(
        "otlp:\n  http: 127.0.0.1:0\n  grpc: off\n"
        f"console:\n  address: 127.0.0.1:0\n  dashboards: {tmp_path}/none\n"
    )
    ended = run("serve", "--config", file, "--data", tmp_path / "data")
    assert ended.returncode == 2 and b"console.dashboards" in ended.stderr, ended.stderr
