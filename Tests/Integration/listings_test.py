"""Listings of chats and sessions over real HTTP: whose, when, how; never what was said."""

import pytest
import requests

from compliance_test import organization  # noqa: F401  (a fixture)
from docket import PATIENCE, run

COUNTS = {"anthropic.chats": 60, "anthropic.sessions": 60}


def listed(docket, dataset):
    return docket.documents(f'event.dataset: "{dataset}"', remote=False)


@pytest.mark.parametrize("titles", [False, True])
def test_each_chat_and_session_is_there_once_also_after_crashes(make, organization, titles):  # noqa: F811
    feed = organization("--activities", "5")
    more = "    chats: 1m\n    sessions: 1m\n" + ("    titles: true\n" if titles else "")
    docket = make(settings=feed.settings(more)).start(FEED_KEY=feed.key)
    for dataset, count in COUNTS.items():
        docket.wait_for(count, f'event.dataset: "{dataset}"')
    for _ in range(2):
        docket.kill()
        # It lists when it starts, so nobody waits for a minute.
        docket.start(FEED_KEY=feed.key)
    docket.stop()
    headers = {"x-api-key": feed.key}
    answer = requests.get(
        f"{feed.url}/v1/compliance/apps/chats", params={"limit": 1000}, headers=headers, timeout=PATIENCE)
    names = {chat["id"]: chat["name"] for chat in answer.json()["data"]}
    chats = listed(docket, "anthropic.chats")
    assert sorted(chat["anthropic"]["chats"]["id"] for chat in chats) == sorted(names)
    for chat in chats:
        own = chat["anthropic"]["chats"]
        assert own.get("name") == (names[own["id"]] if titles else None)
        assert ("name" in own["object"]) == titles
        assert chat["user"]["email"] and chat["event"]["kind"] == "state"
    sessions = listed(docket, "anthropic.sessions")
    assert len({session["anthropic"]["sessions"]["id"] for session in sessions}) == len(sessions) == 60
    assert {session["anthropic"]["sessions"]["place"] for session in sessions} == {"local", "remote"}
    assert feed.key not in docket.log.read_text()
    ended = run("verify", "--data", docket.data)
    assert ended.returncode == 0, ended.stderr
