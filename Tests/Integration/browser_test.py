"""The console in a real browser: journeys, and what must hold for each page."""

import html
import json
import os
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

import claude
from browser import Browser
from docket import BEARER, PATIENCE, TOKEN, at, eventually
from simulate_test import told  # noqa: F401, a fixture

AXE = Path(find_spec("axe_playwright_python").submodule_search_locations[0]) / "axe.min.js"
# Where pictures for the guides go; nowhere in an ordinary run.
PICTURES = os.environ.get("DOCKET_PICTURES")
WEEK = "from=now-7d&to=now"

HOSTILE = [
    "<script>window.hacked=1</script>", "<img src=x onerror='window.hacked=1'>", '"><svg onload=window.hacked=1>',
    "javascript:window.hacked=1", "{{constructor.constructor('window.hacked=1')()}}",
    "</title></textarea><script>window.hacked=1</script>", "\u202egnp.exe\u202c", "a\u200bb", "\x1b[31mred\x1b[0m",
]


@pytest.fixture(scope="module")
def filled(told):  # noqa: F811
    """Some days of an organization, and somebody who sends hostile text in every field."""
    docket, truth, documents = told
    now = max(document["@timestamp"] for document in documents)
    attributes = dict(next(claude.events(1, 71))[1])
    for name in ["tool_name", "user.email", "session.id", "prompt.id", "terminal.type", "decision", "source"]:
        attributes[name] = " ".join(HOSTILE)
    attributes |= {"event.sequence": 9_000, "event.timestamp": now}
    record = {**claude.record(9_000, attributes), "timeUnixNano": nanoseconds(now)}
    answer = requests.post(f"{docket.http}/v1/logs", json=claude.request([record]), headers=BEARER, timeout=PATIENCE)
    assert answer.status_code == 200
    docket.wait_for(1, "claude_code.events.event.sequence: 9000")
    yield docket, truth, documents


def nanoseconds(moment):
    return str(int(datetime.fromisoformat(moment).timestamp() * 1000) * 1_000_000)


@pytest.fixture(scope="module")
def docket(filled):
    return filled[0]


@pytest.fixture(scope="module")
def browser(docket, tmp_path_factory):
    """A browser in which somebody is signed in."""
    browser = Browser(tmp_path_factory.mktemp("browser"))
    try:
        browser.open(f"{docket.console}/sign-in")
        for details in browser.all("details:not([open]) > summary"):
            details.click()
        browser.find("#token").type(TOKEN)
        browser.press("enter")
        eventually(lambda: "/sign-in" not in browser.address, "signed in")
        yield browser
    finally:
        browser.end()


@pytest.fixture(autouse=True)
def quiet(browser):
    """No test leaves a word on the console or asks another machine for anything."""
    browser.console()
    browser.requested()
    yield
    browser.natural_size()
    browser.scripts(True)
    browser.media(prefers_color_scheme="light")
    # Of a page with the status 400 a browser says so on its console, and nothing else.
    assert [line for line in browser.console() if "status of 400" not in line] == []


def go(browser, docket, path):
    browser.open(docket.console + path)
    return browser.find('main[data-state="ready"]')


def some_event(docket, query):
    return at(docket.documents(query, "--from", "now-30d")[0], "event.id")


def pages(docket, truth):
    result = docket.documents("event.action: tool_result and event.dataset: claude_code.events", "--from", "now-30d")[0]
    event, session = at(result, "event.id"), at(result, "claude_code.events.session.id")
    person = quote(at(result, "user.email"))
    return {
        "search": f"/search?{WEEK}",
        "search-fields": f"/search?{WEEK}&cols=user.email,gen_ai.tool.name&field=event.action&by=event.action",
        "search-table": f"/search?{WEEK}&l=esql&q=" + quote("FROM events | STATS n = COUNT(*) BY event.action | SORT n DESC"),
        "search-sequence": f"/search?{WEEK}&l=eql&q="
        + quote('sequence by claude_code.events.session.id [any where event.action == "user_prompt"]'
                ' [any where event.action == "tool_decision"]'),
        "search-mistake": f"/search?{WEEK}&q=" + quote("event.action: ("),
        "flyout": f"/search?{WEEK}&open={event}",
        "flyout-table": f"/search?{WEEK}&open={event}&tab=table",
        "flyout-json": f"/search?{WEEK}&open={event}&tab=json",
        "flyout-context": f"/search?{WEEK}&open={event}&tab=context",
        "flyout-related": f"/search?{WEEK}&open={event}&tab=related",
        "flyout-proof": f"/search?{WEEK}&open={event}&tab=proof",
        "search-explain": f"/search?{WEEK}&explain=1&q=" + quote("event.outcome: failure"),
        "table-explain": f"/search?{WEEK}&explain=1&l=esql&q=" + quote("FROM events | STATS n = COUNT(*) BY event.action"),
        "compare": f"/compare?a={event}&b=" + some_event(docket, "event.action: user_prompt"),
        "exports": "/exports",
        "event": f"/events/{event}",
        "proof": f"/events/{event}/proof",
        "sessions": f"/sessions?{WEEK}",
        "session": f"/sessions/{session}",
        "people": f"/people?{WEEK}",
        "person": f"/people/{person}?{WEEK}",
        "inventory": f"/inventory?{WEEK}",
        "decision": "/inventory/decision?kind=mcp&item=github",
        "cost": f"/cost?{WEEK}",
        "fleet": f"/fleet?{WEEK}",
        "integrity": f"/integrity?{WEEK}",
        "account": "/account",
        "help": "/help",
        "dashboards": "/dashboards",
        **{f"dashboard-{name}": f"/dashboards/{name}?{WEEK}" for name in DASHBOARDS},
    }


DASHBOARDS = [
    "audit-overview", "code-security", "tool-calls", "permission-decisions", "mcp-access", "sessions", "cost-tokens",
    "traces", "integrity-health",
]
NAMES = [
    "search", "search-fields", "search-table", "search-sequence", "search-mistake", "flyout", "flyout-table",
    "flyout-json", "flyout-context", "flyout-related", "flyout-proof", "search-explain", "table-explain", "compare",
    "exports", "event", "proof", "sessions", "session", "people", "person", "inventory", "decision", "cost", "fleet",
    "integrity", "account", "help", "dashboards",
    *[f"dashboard-{name}" for name in DASHBOARDS],
]


# What must hold for each page


@pytest.fixture(scope="module")
def addresses(filled):
    docket, truth, _ = filled
    return pages(docket, truth)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_quiet_accessible_and_narrow(docket, browser, addresses, name, scheme):
    browser.media(prefers_color_scheme=scheme)
    browser.protocol("Page.setBypassCSP", enabled=True)
    try:
        go(browser, docket, addresses[name])
        # Of a page with the status 400 a browser says so on its console, and nothing else.
        assert [line for line in browser.console() if "status of 400" not in line] == []
        strangers = [one for one in browser.requested() if not one.startswith((docket.console, "data:", "chrome:", "blob:"))]
        assert strangers == []
        browser.script(AXE.read_text())
        found = browser.script(
            "return axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
            ".filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary)]))"
        )
        assert found == []
        for width in (1440, 1024, 800):
            browser.size(width)
            wide = browser.script(
                "return document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"it scrolls sideways at {width}"
        browser.size(320)
        width = browser.script("return document.scrollingElement.scrollWidth")
        wide = browser.script(
            "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321"
            " && !e.closest('.scroll-x, .scroll, pre, svg, .reader, .skip')).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"
        )
        assert width <= 320, wide
    finally:
        browser.protocol("Page.setBypassCSP", enabled=False)
    assert browser.script("return window.hacked") is None


# Journeys


def test_search_brush_filter_flyout_and_back(docket, browser):
    # What the console itself tells of goes on while it is looked at.
    query = "not event.dataset: docket.access"
    go(browser, docket, f"/search?{WEEK}&q={quote(query)}")
    total = int(browser.find('[data-testid="total"] strong').attribute("data-value"))
    assert total == docket.count_in(query, "now-7d")
    # The brush: the middle half of the chart.
    with browser.leaving():
        browser.drag(browser.find("#histogram .plot > svg"), 0.25, 0.75)
    part = int(browser.find('[data-testid="total"] strong').attribute("data-value"))
    assert 0 < part < total
    times = parse_qs(urlsplit(browser.address).query)
    assert times["from"][0].startswith("20") and times["to"][0].startswith("20")
    # A value of a field becomes a pill.
    browser.find('#fields li[data-key="event.action"] a').click()
    browser.find('[data-testid="field-values"] tr[data-key="tool_result"] a').click()
    assert browser.find('[data-testid="pills"] li').attribute("data-key") == "event.action:tool_result"
    narrow = int(browser.find('[data-testid="total"] strong').attribute("data-value"))
    assert 0 < narrow < part
    # The flyout, its tabs, and a link that shows the same to others.
    browser.find("#results a.open").click()
    key = browser.named("flyout").attribute("data-key")
    assert f"open={key}" in browser.address
    for tab, name in [("Table", "fields"), ("JSON", "json"), ("Context", "context"), ("Related", "related")]:
        next(link for link in browser.all("#flyout .tabs a") if link.text == tab).click()
        assert browser.named(name)
    browser.open(browser.address)
    assert browser.named("related") and browser.named("flyout").attribute("data-key") == key
    next(link for link in browser.all("#flyout .tabs a") if link.text == "Proof").click()
    # In the flyout, and once more when somebody asks for it.
    assert "Verified just now" in browser.named("proof").text
    browser.named("verify-now").click()
    eventually(lambda: browser.all('#flyout:not([aria-busy]) [data-testid="proof-state"]'), "the proof again")
    assert f"open={key}" in browser.address and "tab=proof" in browser.address
    assert browser.named("download-proof").attribute("href").endswith(f"/api/v1/events/{key}/proof")
    # By keyboard: the query has the focus with a slash.
    browser.find('#flyout [data-act="close"]').click()
    eventually(lambda: "open=" not in browser.address, "the flyout is closed")
    browser.press("/")
    assert browser.script("return document.activeElement.id") == "q"


def test_the_numbers_of_the_bars_are_those_of_the_api(docket, browser):
    time = {"from": "now-3d", "to": "now"}
    # What this test does is recorded while it counts.
    query = "not event.dataset: docket.access"
    go(browser, docket, f"/search?from=now-3d&to=now&by=event.action&q={quote(query)}")
    shown = browser.script(
        "return [...document.querySelectorAll('#histogram .plot rect[data-key]')].map(bar => +bar.dataset.value)"
    )
    answer = requests.post(
        f"{docket.console}/api/v1/histogram", json={"query": query, **time, "buckets": 60}, headers=BEARER, timeout=PATIENCE
    ).json()
    assert sum(shown) == sum(bucket["count"] for bucket in answer["buckets"]) > 0
    legend = dict(browser.script(
        "return [...document.querySelectorAll('#histogram .legend li')].map("
        "item => [item.dataset.key, +item.querySelector('[data-value]').dataset.value])"
    ))
    others = legend.pop("all others", 0)
    assert sum(legend.values()) + others <= sum(shown)
    for action, count in legend.items():
        assert count == docket.count_in(f'event.action: "{action}"', "now-3d"), action


def test_a_name_is_completed_and_a_query_runs_by_keyboard(docket, browser):
    go(browser, docket, f"/search?{WEEK}")
    box = browser.find("#q")
    box.type("event.act")
    eventually(lambda: browser.find("#suggestions").is_shown, "suggestions")
    browser.press("down", "enter")
    assert box.attribute("value") == "event.action: " or browser.script("return document.querySelector('#q').value") == "event.action: "
    box.type("tool_d")
    eventually(lambda: '"tool_decision"' in browser.texts("#suggestions li span"), "values of the field")
    browser.press("down", "enter")
    assert browser.script("return document.querySelector('#q').value") == 'event.action: "tool_decision"'
    with browser.leaving():
        browser.press("enter", holding="control")
    assert "q=event.action" in browser.address
    total = int(browser.find('[data-testid="total"] strong').attribute("data-value"))
    assert total == docket.count_in('event.action: "tool_decision"', "now-7d") > 0


def test_the_palette_goes_to_pages_people_and_ids(docket, browser):
    event = some_event(docket, "event.action: user_prompt")
    go(browser, docket, f"/search?{WEEK}")
    browser.press("k", holding="control")
    browser.find("dialog.palette input").type(event)
    eventually(lambda: "event" in browser.texts("#palette-list .muted"), "the event is offered")
    with browser.leaving():
        browser.press("enter")
    assert browser.address.endswith(f"/events/{event}")


def test_a_search_is_saved_and_found_again(docket, browser):
    go(browser, docket, f"/search?{WEEK}&q=" + quote("event.outcome: failure") + "&cols=user.email")
    browser.find('[data-testid="saved"] summary').click()
    browser.find("#saved-name").type("Failures")
    with browser.leaving():
        browser.press("enter")
    browser.find('[data-testid="saved"] summary').click()
    link = next(link for link in browser.all('[data-testid="saved"] li a') if link.text == "Failures")
    asked = parse_qs(urlsplit(link.attribute("href")).query)
    assert asked["q"] == ["event.outcome: failure"] and asked["cols"] == ["user.email"]
    with browser.leaving():
        browser.find('[data-testid="saved"] li form button').click()
    assert browser.all('[data-testid="saved"] li') == []


@pytest.mark.parametrize("scripts", [True, False])
def test_content_is_shown_beside_the_list_when_somebody_asks(docket, browser, scripts):
    browser.scripts(scripts)
    query = "event.action: tool_result and process.command_line: *"
    events = [at(one, "event.id") for one in docket.documents(query, "--from", "now-30d")[:3]]
    # Each run asks for an event of its own: what was asked for stays open for a while.
    event, other = events[0 if scripts else 1], events[2]
    flyout = f"/search?from=now-30d&to=now&q={quote(query)}&tab=json&open="
    go(browser, docket, flyout + event)
    assert "characters, not shown]" in browser.find("#flyout").text
    browser.find("#reveal-reason").type("a test")
    browser.named("reveal").click()
    assert browser.named("revealed").is_shown
    assert "open=" + quote(event, safe="") in browser.address
    assert "not shown]" not in browser.find("#flyout").text
    next(link for link in browser.all("#flyout .tabs a") if link.text == "Table").click()
    assert browser.find('#flyout tr[data-key="process.command_line"]').is_shown
    assert "not shown]" not in browser.find("#flyout").text
    go(browser, docket, flyout + other)
    assert browser.named("cover").is_shown


def test_a_server_is_decided_about_from_the_inventory(docket, browser):
    go(browser, docket, f"/inventory?{WEEK}&tab=mcp")
    browser.find('[data-testid="inventory"] tr[data-key="github"] a[data-about="unknown"]').click()
    browser.find('#decision-state option[value="denied"]').click()
    browser.find("#decision-owner").type("it@example.com")
    browser.find("#decision-reason").type("leaks")
    with browser.leaving():
        browser.find('[data-testid="decide"] button').click()
    assert browser.find('[data-key="state"]').text == "✗ denied"

    def told():
        go(browser, docket, "/inventory/decision?kind=mcp&item=github")
        return "leaks" in browser.find('main[data-state="ready"]').text

    eventually(told, "the decision in the record", pause=0.5)
    go(browser, docket, f"/inventory?{WEEK}&tab=mcp")
    row = browser.find('[data-testid="inventory"] tr[data-key="github"]').text
    assert "denied" in row and "it@example.com" in row


def test_rows_are_chosen_by_key_and_compared(docket, browser):
    go(browser, docket, f"/search?{WEEK}")
    compare = '#choice button[type="submit"]'
    assert browser.script(f"return document.querySelector('{compare}').disabled")
    browser.press("j", "x", "j", "j", "x")
    ids = browser.script("return [...document.querySelectorAll('#results input[name=event]:checked')].map(b => b.value)")
    rows = browser.script("return [...document.querySelectorAll('#results .grid tbody tr')].map(r => r.dataset.key)")
    assert ids == [rows[0], rows[2]] and browser.find("#chosen").text == "2 chosen"
    with browser.leaving():
        browser.find(compare).click()
    assert [parse_qs(urlsplit(browser.address).query)["event"]] == [ids]
    states = dict(browser.script(
        "return [...document.querySelectorAll('[data-testid=comparison] tbody tr')].map("
        "row => [row.dataset.key, row.querySelector('[data-about]').dataset.about])"
    ))
    assert states["event.id"] == "different"
    one, other = [docket.documents(f'event.id: "{key}"', "--from", "now-30d")[0] for key in ids]
    assert states["event.action"] == ("same" if at(one, "event.action") == at(other, "event.action") else "different")


def test_two_rows_are_compared_without_scripts(docket, browser):
    browser.scripts(False)
    go(browser, docket, f"/search?{WEEK}")
    for box in browser.all('#results input[name="event"]')[:2]:
        box.click()
    browser.find('#choice button[type="submit"]').click()
    assert browser.named("comparison").is_shown


def test_a_column_gets_wider_by_pointer_and_keys_and_stays_so(docket, browser):
    address = f"/search?{WEEK}&cols=event.action,user.email"
    browser.size(1440)
    go(browser, docket, address)
    width = "return document.querySelector('th[data-key=\"event.action\"]').offsetWidth"
    handle = "document.querySelector('th[data-key=\"event.action\"] .handle')"
    first = browser.script(width)
    browser.script(f"{handle}.focus()")
    browser.press("right", "right", "right", "left")
    assert browser.script(width) == first + 32
    assert browser.script(f"return +{handle}.getAttribute('aria-valuenow')") == first + 32
    browser.drag(browser.find('th[data-key="event.action"] .handle'), 0.5, 3.5)
    wide = browser.script(width)
    assert wide > first + 32
    go(browser, docket, address)
    assert abs(browser.script(width) - wide) <= 1
    assert browser.script("return document.scrollingElement.scrollWidth <= document.documentElement.clientWidth")
    browser.script(f"{handle}.focus()")
    browser.press("home")
    assert browser.script(width) == first
    go(browser, docket, address)
    assert browser.script(width) == first


@pytest.mark.parametrize("width", [1024, 320])
@pytest.mark.parametrize("columns", ["", "&cols=user.email,event.action,event.outcome,data_stream.dataset"])
def test_what_an_event_says_is_in_sight_in_a_narrow_window(docket, browser, width, columns):
    browser.size(width)
    go(browser, docket, f"/search?{WEEK}{columns}")
    edges = browser.script(
        "return [...document.querySelectorAll('#results .grid a.open')].map(one => one.getBoundingClientRect())"
        ".map(box => [box.left, box.right])")
    assert len(edges) > 20 and all(0 <= left < right <= width for left, right in edges)


def test_a_pinned_column_stays_in_sight(docket, browser):
    browser.size(1024)
    columns = "user.email,event.action,user.name,event.outcome,data_stream.dataset,event.id"
    go(browser, docket, f"/search?{WEEK}&cols={columns}")
    for name in ["user.email", "user.name"]:
        with browser.leaving():
            browser.find(f'th[data-key="{name}"] a[data-about="pin"]').click()
    assert parse_qs(urlsplit(browser.address).query)["pin"] == ["user.email,user.name"]
    edges = browser.script(
        "const box = document.querySelector('#results .scroll-x'); box.scrollLeft = box.scrollWidth;"
        "return ['th', 'tbody tr:first-child td'].map(kind => [...document.querySelectorAll(`#results ${kind}.pinned`)]"
        ".map(cell => cell.getBoundingClientRect()).map(cell => [cell.left, cell.right])"
        ".concat([[box.getBoundingClientRect().left, box.scrollLeft]]))")
    for (first, second, (left, moved)) in edges:
        assert moved > 200, "the list is wider than the window"
        assert abs(first[0] - left) < 2 and abs(second[0] - first[1]) < 2, edges


def test_a_search_goes_on_in_esql_and_is_explained(docket, browser):
    go(browser, docket, f"/search?{WEEK}&f=" + quote("event.action:tool_decision"))
    total = docket.count_in('event.action: "tool_decision"', "now-7d")
    browser.named("explain").click()
    browser.named("explanation")
    found = browser.script(
        "return [...document.querySelectorAll('[data-testid=explanation-sources] td[data-heading=Found][data-value]')]"
        ".reduce((sum, cell) => sum + +cell.dataset.value, 0)"
    )
    assert found == total > 0
    browser.named("as-esql").click()
    eventually(lambda: "l=esql" in browser.address, "the query in ES|QL")
    rows = int(browser.find('[data-testid="total"] strong').attribute("data-value"))
    assert rows == min(total, 100)
    assert 'KQL("event.action: \\"tool_decision\\"")' in browser.script("return document.querySelector('#q').value")


def test_a_long_query_gets_an_address_of_its_own(docket, browser):
    query = 'event.action: "tool_decision" or message: ' + "x" * 7_000
    go(browser, docket, f"/search?{WEEK}&cols=user.email")
    browser.script("document.querySelector('#q').value = arguments[0]", query)
    with browser.leaving():
        browser.script("document.querySelector('#search').requestSubmit()")
    parts = urlsplit(browser.address)
    assert parts.path.startswith("/s/") and len(browser.address) < 200
    assert parse_qs(parts.query)["cols"] == ["user.email"] and parse_qs(parts.query)["from"] == ["now-7d"]
    total = int(browser.find('[data-testid="total"] strong').attribute("data-value"))
    assert total == docket.count_in('event.action: "tool_decision"', "now-7d")
    assert browser.script("return document.querySelector('#q').value") == query
    # Another time by a button: the query goes along.
    browser.find('[data-testid="time-picker"] summary').click()
    with browser.leaving():
        browser.find('[data-testid="time-picker"] button[value="30d"]').click()
    assert urlsplit(browser.address).path == parts.path and "from=now-30d" in browser.address
    # Without scripts there is a form for it.
    browser.scripts(False)
    go(browser, docket, f"/search?{WEEK}")
    browser.find('[data-testid="long-query"] summary').click()
    browser.find("#long-text").click()
    browser.protocol("Input.insertText", text='event.action: "tool_decision" or message: ' + "y" * 6_100)
    browser.find('[data-testid="long-query"] button').click()
    eventually(lambda: "/s/" in browser.address, "the address of the query")
    assert browser.named("total").is_shown


def test_the_live_tail_shows_what_arrives(docket, browser):
    go(browser, docket, "/search?from=now-15m&to=now&q=" + quote("event.action: user_prompt or event.action: tool_result"))
    if not browser.all('[data-testid="tail"]'):
        send_now(docket, 9_200)
        docket.wait_for(1, "claude_code.events.event.sequence: 9200")
        go(browser, docket, "/search?from=now-15m&to=now")
    browser.named("tail").click()
    sent = []

    def arrives():
        sent.append(9_300 + len(sent))
        send_now(docket, sent[-1])
        keys = browser.script("return [...document.querySelectorAll('#results tbody tr')].map(r => r.dataset.key)")
        found = {at(hit, "event.id") for hit in docket.documents("claude_code.events.event.sequence >= 9300", "--from", "now-15m")}
        return found & set(keys)

    eventually(arrives, "a row that came by itself", pause=0.5)
    browser.named("tail").click()


def send_now(docket, sequence):
    moment = datetime.now().astimezone().isoformat(timespec="milliseconds")
    attributes = dict(next(claude.events(1, 71))[1], **{"event.sequence": sequence, "event.timestamp": moment})
    attributes["event.name"] = "tool_result"
    record = {**claude.record(sequence, attributes), "timeUnixNano": nanoseconds(moment)}
    answer = requests.post(f"{docket.http}/v1/logs", json=claude.request([record]), headers=BEARER, timeout=PATIENCE)
    assert answer.status_code == 200


def test_hostile_text_is_only_text(docket, browser):
    query = "claude_code.events.event.sequence: 9000"
    for tab in ["overview", "table", "json", "context", "related", "proof"]:
        event = some_event(docket, query)
        go(browser, docket, f"/search?{WEEK}&q={quote(query)}&cols=gen_ai.tool.name,user.email&open={event}&tab={tab}")
        assert "hacked" in browser.find("main").text
        assert browser.script("return window.hacked") is None
        assert browser.script("return document.querySelectorAll('main script, main img, main iframe').length") == 0
    go(browser, docket, f"/compare?a={event}&b={event}")
    assert "hacked" in browser.find("main").text
    assert browser.script("return document.querySelectorAll('main script, main img, main iframe').length") == 0
    for text in HOSTILE:
        go(browser, docket, f"/search?{WEEK}&q={quote(json.dumps(text))}&f={quote('user.email:' + text)}&cols={quote(text)}")
        assert browser.script("return window.hacked") is None
    text = browser.script("return document.body.textContent")
    assert "‮" not in text
    browser.console()


def test_without_scripts_pages_can_be_read_and_left(docket, browser):
    browser.scripts(False)
    go(browser, docket, f"/search?{WEEK}")
    browser.find("#results a.open").click()
    assert browser.named("overview").is_shown
    next(link for link in browser.all("#flyout .tabs a") if link.text == "Table").click()
    assert browser.named("fields").is_shown
    browser.find('[data-testid="time-picker"] summary').click()
    browser.find('[data-testid="time-picker"] button[value="30d"]').click()
    eventually(lambda: "from=now-30d" in browser.address, "another time")
    assert browser.named("total").is_shown


def test_every_page_says_the_same_without_scripts(docket, browser, addresses):
    said = {}
    for scripts in (True, False):
        browser.scripts(scripts)
        for name, address in addresses.items():
            go(browser, docket, address)
            # What is known without scripts, for they are off: headings and the keys of all data.
            html = browser.protocol("DOM.getDocument", depth=0)["root"]["nodeId"]
            found = browser.protocol("DOM.querySelectorAll", nodeId=html, selector="main h1, main h2, main [data-value]")
            said.setdefault(name, []).append(len(found["nodeIds"]))
    # The record goes on while pages are looked at; what is about it may have a row more.
    moving = {"integrity", "dashboard-integrity-health", "search", "search-table", "account"}
    assert all(with_scripts > 0 for with_scripts, _ in said.values()), said
    assert {name: counts for name, counts in said.items() if counts[0] != counts[1] and name not in moving} == {}


def test_colors_that_the_system_forces_leave_every_mark_visible(docket, browser, addresses):
    browser.media(forced_colors="active", prefers_reduced_motion="reduce")
    for name in ("search", "dashboard-cost-tokens", "session"):
        go(browser, docket, addresses[name])
        hidden = browser.script(
            "const page = getComputedStyle(document.body).backgroundColor;"
            "return [...document.querySelectorAll('main svg rect[data-value], main svg rect[data-key]')].filter(bar => {"
            "  const style = getComputedStyle(bar);"
            "  return [style.fill, style.stroke].every(color => color === 'none' || color === page"
            "    || color === 'rgba(0, 0, 0, 0)');"
            "}).map(bar => bar.outerHTML.slice(0, 120)).slice(0, 3)"
        )
        assert hidden == [], name


def test_a_theme_is_kept_by_the_server(docket, browser):
    go(browser, docket, f"/search?{WEEK}")
    browser.find('[data-testid="user-menu"] summary').click()
    browser.find('[data-testid="user-menu"] button[value="dark"]').click()
    browser.find('html[data-theme="dark"]')
    assert browser.script("return getComputedStyle(document.body).backgroundColor") == "rgb(16, 18, 22)"
    browser.find('[data-testid="user-menu"] summary').click()
    browser.find('[data-testid="user-menu"] button[value="auto"]').click()
    browser.find('html[data-theme="auto"]')


# Pictures


@pytest.mark.skipif(not PICTURES, reason="DOCKET_PICTURES names no folder")
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_taken(docket, browser, addresses, name):
    browser.size(1440, 900)
    go(browser, docket, addresses[name])
    browser.picture(Path(PICTURES) / f"{name}.png")
