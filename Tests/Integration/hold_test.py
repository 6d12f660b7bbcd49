"""Content under a legal hold: ordered, approved by two others, sealed, and opened with the tool age."""

import hashlib
import json
import subprocess

import pytest
import requests

from compliance_test import organization  # noqa: F401  (a fixture)
from docket import BEARER, BINARY, PATIENCE, environment, eventually, run
from journal_reader import read
from tokens_test import bearer, create

FROM, UNTIL = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"


class Truth:
    """What the simulated API itself says."""

    def __init__(self, feed):
        self.root = f"{feed.url}/v1/compliance/apps"
        self.headers = {"x-api-key": feed.key}

    def get(self, path, **query):
        return requests.get(f"{self.root}/{path}", params=query, headers=self.headers, timeout=PATIENCE)

    def chats(self):
        return self.get("chats", limit=1000).json()["data"]

    def messages(self, chat):
        found, query = [], {"limit": 1000}
        while True:
            answer = self.get(f"chats/{chat}/messages", **query)
            if answer.status_code == 404:
                return None
            page = answer.json()
            found += page["data"]
            if not page["has_more"]:
                return found
            query["after_id"] = page["last_id"]

    def file(self, kind, id):
        path = {"file": "chats/files", "generated_file": "chats/generated-files", "artifact": "artifacts"}[kind]
        answer = self.get(f"{path}/{id}/content")
        return answer.content if answer.status_code == 200 else None


def named(message):
    """Kind and id of the files beside a message."""
    for kind in ("file", "generated_file", "artifact"):
        for file in message[f"{kind}s"] or []:
            yield kind, file.get("version_id") or file["id"]


class Hold:
    def __init__(self, folder, make, feed, more=""):
        self.folder = folder
        self.archive = folder / "held"
        self.archive.mkdir()
        self.identity = folder / "identity"
        subprocess.run(["age-keygen", "-o", self.identity], check=True, capture_output=True)
        public = subprocess.run(["age-keygen", "-y", self.identity], check=True, capture_output=True).stdout
        (folder / "recipients").write_bytes(public)
        settings = feed.settings("    requests_per_minute: 600\n") + (
            f"legal_hold:\n  enabled: true\n  feed: anthropic-feed\n  recipients: {folder}/recipients\n"
            f"  archive: {self.archive}\n{more}"
        )
        self.feed = feed
        self.docket = make(settings=settings).start(FEED_KEY=feed.key)
        self.tokens = {
            name: create(self.docket, "--for", "hold", name=name)[1] for name in ("ann", "ben", "cleo")
        }
        # The server follows the book within a second.
        eventually(lambda: self.call("cleo").status_code == 200, "the credentials are known")

    def call(self, who, path="", method="get", **options):
        return requests.request(
            method, f"{self.docket.console}/api/v1/holds{path}", headers=bearer(self.tokens[who]), timeout=PATIENCE, **options
        )

    def say(self, who, *words, code=0):
        """One `docket hold` of somebody."""
        ended = subprocess.run(
            [BINARY, "hold", *map(str, words), "--url", self.docket.console],
            capture_output=True, timeout=PATIENCE, env={**environment(), "DOCKET_TOKEN": self.tokens[who]},
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return (ended.stdout + ended.stderr).decode()

    def request(self, people, **options):
        words = [word for person in people for word in ("--user", person)]
        said = self.say("ann", "request", *words, "--from", FROM, "--until", UNTIL, "--reason", "Case 7 of 2026",
                        *[w for pair in options.items() for w in (f"--{pair[0]}", pair[1])])
        return said.split()[0]

    def approve(self, order):
        self.say("ben", "approve", order)
        return self.say("cleo", "approve", order)

    def state(self, order):
        return self.call("ann", f"/{order}").json()

    def until(self, order, state):
        eventually(lambda: self.state(order)["state"] == state, f"{order} is {state}", 120)
        return self.state(order)

    def opened(self, order):
        """What age itself opens, with what the list says of it."""
        folder = self.archive / order
        for line in (folder / "manifest.ndjson").read_text().splitlines()[1:]:
            object = json.loads(line)
            if "name" in object:
                sealed = (folder / object["name"]).read_bytes()
                assert hashlib.sha256(sealed).hexdigest() == object["sha256"] and len(sealed) == object["size"]
                text = subprocess.run(
                    ["age", "-d", "-i", self.identity], input=sealed, check=True, capture_output=True
                ).stdout
                yield object, text
            else:
                yield object, None


@pytest.fixture
def hold(tmp_path, make, organization):  # noqa: F811
    def one(*words, **options):
        feed = organization("--rate-limit", "100000", "--activities", "5", *words)
        return Hold(tmp_path, make, feed, **options)

    return one


def some_people(truth, count=4):
    """Those with the longest chat and with the one that is gone, and some more."""
    chats = truth.chats()
    messages = {chat["id"]: truth.messages(chat["id"]) for chat in chats}
    gone = [chat for chat in chats if messages[chat["id"]] is None]
    longest = max(chats, key=lambda chat: len(messages[chat["id"]] or []))
    users = {chat["user"]["id"]: chat["user"] for chat in [longest, *gone, *chats]}
    return list(users.values())[:count], chats, messages


def check_against_truth(hold, order, users, chats, messages, truth):
    ids = {user["id"] for user in users}
    wanted = [chat for chat in chats if chat["user"]["id"] in ids]
    held, texts, files, missing = set(), {}, {}, set()
    for object, text in hold.opened(order):
        if text is None:
            missing.add(object.get("id") or object["chat"])
        elif object["kind"] == "chat":
            assert json.loads(text)["id"] == object["chat"]
            assert object["chat"] not in held, "once"
            held.add(object["chat"])
        elif object["kind"] == "messages":
            texts.setdefault(object["chat"], []).extend(json.loads(text)["data"])
        else:
            assert object["id"] not in files, "once"
            files[object["id"]] = text
    there = [chat["id"] for chat in wanted if messages[chat["id"]] is not None]
    assert held == set(there)
    assert {chat: texts[chat] for chat in there} == {chat: messages[chat] for chat in there}
    beside = {pair for chat in there for message in messages[chat] for pair in named(message)}
    truths = {id: truth.file(kind, id) for kind, id in beside}
    assert files == {id: content for id, content in truths.items() if content is not None}
    assert missing == {id for id, content in truths.items() if content is None} | {
        chat["id"] for chat in wanted if messages[chat["id"]] is None
    }
    return len(files)


def test_the_whole_way_and_nobody_but_the_recipient_reads_it(hold, tmp_path):
    held = hold()
    truth = Truth(held.feed)
    users, chats, messages = some_people(truth)
    order = held.request([users[0]["email_address"].upper(), *[user["id"] for user in users[1:]]])
    assert held.state(order)["state"] == "requested"
    assert "two others" in held.say("ann", "approve", order, code=1)
    held.say("ben", "approve", order)
    assert "already" in held.say("ben", "approve", order, code=1)
    held.say("cleo", "approve", order)
    done = held.until(order, "complete")
    assert check_against_truth(held, order, users, chats, messages, truth) > 3
    folder = held.archive / order
    assert done["manifest"] == hashlib.sha256((folder / "manifest.ndjson").read_bytes()).hexdigest()

    # The record tells who, why and how much.
    docket = held.docket
    events = docket.wait_for(5, "event.action: hold-*")
    events.sort(key=lambda event: event["docket"]["sequence"])
    assert [event["event"]["action"] for event in events] == [
        "hold-requested", "hold-approved", "hold-approved", "hold-started", "hold-completed"]
    assert {event["event"]["reason"] for event in events} == {"Case 7 of 2026"}
    assert events[-1]["docket"]["content_hold"]["manifest"] == done["manifest"]
    assert len({event["docket"]["content_hold"]["credential"] for event in events[:3]}) == 3
    assert events[-1]["docket"]["content_hold"]["objects"] == done["objects"] > 20

    # What people wrote is nowhere else.
    words = [m["content"][0]["text"] for chat in messages.values() for m in chat or []]
    words += [chat["name"] for chat in chats]
    places = [json.dumps(docket.documents(), ensure_ascii=False), json.dumps(docket.metrics()), docket.log.read_text()]
    places += [path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir()]
    docket.stop()
    places += [path.read_bytes().decode("utf-8", "replace") for path in docket.data.rglob("*") if path.is_file()]
    places += [record.data.decode("utf-8", "replace") for record in read(docket.data / "journal").records]
    for place in places:
        assert not any(word in place or json.dumps(word)[1:-1] in place for word in words)

    # Verified and opened by the command.
    assert run("verify", "--data", docket.data).returncode == 0
    assert run("hold", "verify", folder, "--manifest", done["manifest"]).returncode == 0
    assert run("hold", "verify", folder, "--manifest", "00" * 32).returncode == 1
    clear = tmp_path / "clear"
    ended = run("hold", "open", folder, "--identity", held.identity, "--to", clear)
    assert ended.returncode == 0, ended.stderr
    assert {path.read_bytes() for path in clear.iterdir()} == {text for _, text in held.opened(order) if text is not None}
    name = next(path for path in folder.iterdir() if path.suffix == ".age")
    name.chmod(0o600)
    name.write_bytes(name.read_bytes()[:-1])
    assert run("hold", "verify", folder).returncode == 1


def test_killed_in_the_middle_it_goes_on_and_holds_nothing_twice(hold):
    held = hold("--faults", "error,unavailable,cut,slow", "--fault-chance", "0.05")
    truth = Truth(held.feed)
    users = {chat["user"]["id"]: chat["user"] for chat in truth_chats(truth)}
    order = held.request(list(users))
    held.approve(order)
    progress = held.docket.data / "holds" / order / "progress.ndjson"
    for lines in (5, 40, 90):
        eventually(lambda: progress.exists() and progress.read_bytes().count(b"\n") >= lines, f"{lines} steps", 120)
        held.docket.kill()
        # What a crash leaves of a line, and of an object.
        with progress.open("ab") as file:
            file.write(b'{"kind":"messages","chat":"cl')
        (held.archive / order / "999999.age").write_bytes(b"left over")
        held.docket.start(FEED_KEY=held.feed.key)
    held.until(order, "complete")
    messages = {chat["id"]: retried(lambda: truth.messages(chat["id"])) for chat in truth_chats(truth)}
    check_against_truth(held, order, users.values(), truth_chats(truth), messages, Patient(truth))
    assert run("hold", "verify", held.archive / order).returncode == 0
    started = [e for e in held.docket.documents("event.action: hold-started")]
    assert len(started) == 1


def truth_chats(truth):
    return retried(truth.chats)


def retried(ask):
    """Asks again as long as the simulator fails, as it was told to."""
    while True:
        try:
            return ask()
        except (KeyError, requests.RequestException, ValueError):
            continue


class Patient:
    def __init__(self, truth):
        self.truth = truth

    def file(self, kind, id):
        path = {"file": "chats/files", "generated_file": "chats/generated-files", "artifact": "artifacts"}[kind]

        def ask():
            answer = self.truth.get(f"{path}/{id}/content")
            if answer.status_code not in (200, 404):
                raise ValueError(answer.status_code)
            return answer.content if answer.status_code == 200 else None

        return retried(ask)


def test_only_the_use_hold_may_see_and_approve(hold):
    held = hold()
    order = held.request(["user_1"])
    _, search = create(held.docket, "--for", "search,logs,traces,metrics,events", name="searcher")
    url = f"{held.docket.console}/api/v1/holds"
    for headers, status in [
        ({}, 401), (bearer("docket_none"), 401), (bearer(search), 403), (BEARER, 403),
        ({"Cookie": "docket_session=x"}, 401),
    ]:
        for path in ("", f"/{order}", f"/{order}/approve"):
            method = "post" if path.endswith("approve") else "get"
            answer = eventually(
                lambda: [
                    answer for answer in [requests.request(method, url + path, headers=headers, timeout=PATIENCE)]
                    if answer.status_code == status
                ], f"{status} for {headers} at {path}", 10)
            assert answer[0].json()["error"]["message"]
    assert held.state(order)["approved"] == []
    # And the use hold is no other.
    answer = requests.post(
        f"{held.docket.console}/api/v1/search", json={}, headers=bearer(held.tokens["ann"]), timeout=PATIENCE)
    assert answer.status_code == 403
    assert held.call("ann", "/hold-0000000000000000").status_code == 404
    assert held.call("ann", f"/{order}/burn", "post").status_code == 404
    assert held.call("ann", "", "post", json={"reason": "x"}).status_code == 400
    held.say("cleo", "refuse", order)
    assert held.call("ben", f"/{order}/approve", "post").status_code == 409
    assert order in held.say("ben", "list")


def test_what_a_person_must_mend_is_said_and_then_it_goes_on(tmp_path, make, organization):  # noqa: F811
    feed = organization(
        "--rate-limit", "100000", "--activities", "5", "--key", "sk-ant-api01-feed-alone",
        "--scopes", "read:compliance_activities")
    held = Hold(tmp_path, make, feed)
    order = held.request(["user_1"])
    held.approve(order)
    failed = held.until(order, "failed")
    assert "read:compliance_user_data" in failed["failure"] and "resume" in failed["failure"]
    held.docket.wait_for(1, "event.action: hold-failed")
    held.say("ann", "resume", order)
    held.docket.wait_for(2, "event.action: hold-failed")
    held.until(order, "failed")
    held.say("ben", "release", order)
    assert held.state(order)["state"] == "released"


def test_limits_of_an_order_are_kept(hold):
    held = hold(more="  objects: 3\n")
    users = {chat["user"]["id"] for chat in Truth(held.feed).chats()}
    order = held.request(list(users))
    held.approve(order)
    failed = held.until(order, "failed")
    assert "legal_hold.objects" in failed["failure"]
    assert len(list((held.archive / order).glob("*.age"))) == 3


def test_without_the_section_nothing_is_held(fresh):
    _, token = create(fresh, "--for", "hold", name="ann")
    url = f"{fresh.console}/api/v1/holds"
    eventually(
        lambda: "legal_hold.enabled" in requests.get(url, headers=bearer(token), timeout=PATIENCE).json()["error"]["message"],
        "it says what turns it on", 10)


@pytest.mark.parametrize(
    "lines, words",
    [
        ("", b"must be the name of a feed"),
        ("  feed: anthropic-feed\n", b"legal_hold.archive"),
        ("  feed: anthropic-feed\n  archive: /tmp\n", b"who can open"),
        ("  feed: anthropic-feed\n  archive: /tmp\n  recipients: {folder}/none\n", b"none"),
        ("  feed: anthropic-feed\n  archive: /tmp\n  recipients: {folder}/key\n", b"line 1 is none"),
        ("  feed: anthropic-feed\n  key: {{ file: {folder}/admin }}\n", b"Compliance Access Key"),
    ],
)
def test_a_configuration_that_cannot_hold_is_refused(tmp_path, lines, words):
    (tmp_path / "key").write_text("sk-ant-api01-x\n")
    (tmp_path / "admin").write_text("sk-ant-admin01-x\n")
    file = tmp_path / "docket.yaml"
    file.write_text(
        f"feeds:\n  - key: {{ file: {tmp_path}/key }}\nlegal_hold:\n  enabled: true\n" + lines.format(folder=tmp_path))
    ended = run("check", "--config", file)
    assert ended.returncode == 2 and words in ended.stdout + ended.stderr
