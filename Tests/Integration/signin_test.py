"""People, roles and signing in: by a password, by an identity provider, and what the record says of it."""

import json
import pty
import os
import re
import select
import subprocess
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

import claude
from docket import BEARER, BINARY, PATIENCE, TOKEN, Docket, at, environment, eventually, run
from identity_provider import KINDS, Provider

PASSWORD = "correct horse battery staple"
RECORDED = "console:\n  recorded: all\n"


def user(docket, *words, password=None):
    ended = run("user", *words, "--data", docket.data, input=(password + "\n").encode() if password else b"")
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def add(docket, name, role, *options):
    code, out, err = user(docket, "add", name, "--role", role, *options, password=PASSWORD)
    assert code == 0, err
    return out


class Browser(requests.Session):
    """One without scripts, which sends what a browser sends from a page of the server."""

    def __init__(self, docket):
        super().__init__()
        self.docket = docket
        self.headers["Origin"] = docket.console

    def at(self, path, **more):
        return self.get(self.docket.console + path, timeout=PATIENCE, allow_redirects=False, **more)

    def form(self, path, **fields):
        return self.post(self.docket.console + path, data=fields, timeout=PATIENCE, allow_redirects=False)

    def sign_in(self, name, password=PASSWORD):
        return self.form("/sign-in", name=name, password=password, next="/account")

    def token(self):
        return re.search(r'name="form-token" value="(\w+)"', self.at("/account").text)[1]

    @property
    def role(self):
        found = re.search(r'data-key="role">(\w+)<', self.at("/account").text)
        return found and found[1]


def signed_in(docket, name, password=PASSWORD):
    browser = Browser(docket)
    # A server follows the command line within a second.
    # Each attempt before that is a wrong one, and an address has ten of them.
    eventually(lambda: browser.sign_in(name, password).status_code == 303, f"{name} can sign in", pause=1)
    return browser


def acts(docket, action, count=1):
    query = f"event.action: {action} and event.dataset: docket.access"
    return docket.wait_for(count, query)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A server with one person of each role and some events."""
    with Docket(tmp_path_factory.mktemp("signin"), settings=RECORDED) as docket:
        for role in ["viewer", "auditor", "analyst", "admin"]:
            add(docket, f"{role}@example.com", role)
        records = [claude.record(*one) for one in claude.events(20, 91)]
        answer = requests.post(f"{docket.http}/v1/logs", json=claude.request(records), headers=BEARER, timeout=PATIENCE)
        assert answer.status_code == 200
        docket.wait_for(20, "event.sequence: *")
        yield docket


# Users on the command line


def test_the_command_line_makes_changes_and_ends_accounts(make):
    docket = make().start()
    assert user(docket, "list")[0] == 1
    out = add(docket, "anna@example.com", "viewer", "--display", "Anna A.")
    assert "anna@example.com is viewer of the tenant default" in out and PASSWORD not in out
    assert (docket.data / "users.json").stat().st_mode & 0o777 == 0o600
    assert user(docket, "add", "ANNA@example.com", "--role", "admin", password=PASSWORD)[2].count("already") == 1
    browser = signed_in(docket, "anna@example.com")
    assert browser.role == "viewer"
    assert user(docket, "role", "anna@example.com", "auditor")[0] == 0
    eventually(lambda: browser.at("/account").status_code == 303, "the session ended with the role")
    assert signed_in(docket, "anna@example.com").role == "auditor"
    code, out, _ = user(docket, "password", "anna@example.com", "--generate")
    made = re.search(r"(docket_\w+)", out)[1]
    assert code == 0
    browser = signed_in(docket, "anna@example.com", made)
    assert user(docket, "disable", "anna@example.com")[0] == 0
    eventually(lambda: browser.at("/account").status_code == 303, "the session ended with the account")
    assert Browser(docket).sign_in("anna@example.com", made).status_code == 401
    assert user(docket, "enable", "anna@example.com")[0] == user(docket, "remove", "anna@example.com")[0] == 0
    listed = [json.loads(line) for line in user(docket, "list", "--all", "--format", "ndjson")[1].splitlines()]
    assert [(one["name"], one["state"]) for one in listed] == [("anna@example.com", "removed")]
    assert "argon2id" not in json.dumps(listed)
    # What was changed again before the server looked is one change.
    eventually(lambda: docket.count("event.action: user-removed"), "the last change")
    told = [at(one, "event.action") for one in docket.documents("event.category: iam")]
    assert set(told) == {"user-created", "user-changed", "user-password-changed", "user-removed"}
    assert told.count("user-changed") in (2, 3)
    assert all(at(one, "user.name").endswith("(command line)") for one in docket.documents("event.category: iam"))


@pytest.mark.parametrize(
    "words, password, message",
    [
        (["add", "anna"], PASSWORD, "what may the person do? --role ROLE"),
        (["add", "anna", "--role", "amdin"], PASSWORD, "did you mean `admin`?"),
        (["add", "a b", "--role", "admin"], PASSWORD, "no name"),
        (["add", "anna", "--role", "admin"], "short", "12 to 1024 bytes"),
        (["add", "anna", "--role", "admin", "--tenant", "A"], PASSWORD, "not a tenant name"),
        (["role", "anna"], None, "NAME ROLE"),
        (["role", "anna", "admin"], None, "there is no user `anna`"),
        (["remov", "anna"], None, "did you mean `remove`?"),
    ],
)
def test_a_wrong_wish_is_told_with_a_remedy(tmp_path, words, password, message):
    ended = run("user", *words, "--data", tmp_path, input=(password or "").encode() + b"\n")
    assert ended.returncode == 2 and message in ended.stderr.decode(), ended.stderr


def test_a_terminal_does_not_show_the_password(tmp_path):
    main, other = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "user", "add", "anna", "--role", "admin", "--data", str(tmp_path)],
        stdin=other, stdout=other, stderr=other, env=environment(), start_new_session=True)
    os.close(other)
    seen = b""

    def until(word):
        nonlocal seen
        end = time.monotonic() + PATIENCE
        while word not in seen and select.select([main], [], [], max(0, end - time.monotonic()))[0]:
            seen += os.read(main, 1024)
        assert word in seen, seen

    until(b"Password: ")
    os.write(main, PASSWORD.encode() + b"\n")
    until(b"The same again: ")
    os.write(main, PASSWORD.encode() + b"\n")
    until(b"is admin of the tenant")
    assert process.wait(PATIENCE) == 0
    os.close(main)
    assert PASSWORD.encode() not in seen


# Passwords and roles


def test_names_and_passwords_are_refused_alike(office):
    answers = [
        Browser(office).sign_in(name, password)
        for name, password in [("viewer@example.com", "wrong"), ("nobody@example.com", PASSWORD)]
    ]
    pages = {re.sub(r"\w+@example.com", "", answer.text) for answer in answers}
    assert [answer.status_code for answer in answers] == [401, 401] and len(pages) == 1
    assert PASSWORD not in pages.pop()


@pytest.mark.parametrize(
    "path, body, roles",
    [
        ("/search", None, "viewer auditor analyst admin"),
        ("/export?q=", None, "auditor analyst admin"),
        ("/api/v1/search", {"query": ""}, "viewer auditor analyst admin"),
        ("/api/v1/search", {"format": "csv", "fields": ["user.email"]}, "auditor analyst admin"),
        ("/api/v1/query", {"query": "FROM events | LIMIT 1"}, "analyst admin"),
    ],
)
def test_a_role_gets_where_it_may(office, path, body, roles):
    for role in ["viewer", "auditor", "analyst", "admin"]:
        browser = signed_in(office, f"{role}@example.com")
        answer = browser.at(path) if body is None else browser.post(office.console + path, json=body, timeout=PATIENCE)
        assert (answer.status_code == 200) == (role in roles.split()), (role, answer.status_code, answer.text[:300])
        if answer.status_code != 200:
            assert answer.status_code == 403


def test_an_auditor_sees_who_and_not_what_was_written(office):
    def shown(role):
        browser = signed_in(office, f"{role}@example.com")
        answer = browser.post(
            f"{office.console}/api/v1/search", json={"query": "event.sequence: *", "size": 20}, timeout=PATIENCE)
        return [hit["document"] for hit in answer.json()["hits"]]

    hidden, open_ = json.dumps(shown("auditor")), json.dumps(shown("analyst"))
    assert "[NOT SHOWN]" in hidden and "[NOT SHOWN]" not in open_
    emails = set(re.findall(r"[\w.]+@[\w.]+", open_))
    assert emails and emails == set(re.findall(r"[\w.]+@[\w.]+", hidden))


def test_another_tenant_s_people_see_their_own(office):
    add(office, "else@example.com", "admin", "--tenant", "other")
    browser = signed_in(office, "else@example.com")
    answer = browser.post(f"{office.console}/api/v1/search", json={"query": "event.sequence: *"}, timeout=PATIENCE)
    assert answer.status_code == 200 and answer.json()["total"] == 0


def test_a_person_changes_the_password_and_ends_sessions(office):
    add(office, "changer@example.com", "viewer")
    first, second = signed_in(office, "changer@example.com"), signed_in(office, "changer@example.com")
    assert first.form("/account/password", old=PASSWORD, new="x" * 8 + "yzab").status_code == 403
    answer = first.form(
        "/account/password", **{"form-token": first.token(), "old": PASSWORD, "new": "another long password"})
    assert answer.status_code == 303
    assert first.at("/account").status_code == 200 and second.at("/account").status_code == 303
    assert Browser(office).sign_in("changer@example.com").status_code == 401
    signed_in(office, "changer@example.com", "another long password")
    told = acts(office, "user-password-changed")
    assert [at(one, "user.name") for one in told if at(one, "docket.access.account") == "changer@example.com"] == ["changer@example.com"]


# The record


def test_who_looked_is_found_and_has_a_leaf(office):
    browser = signed_in(office, "analyst@example.com")
    assert browser.at("/search", params={"q": "event.action: tool_decision"}).status_code == 200
    one = next(
        one for one in acts(office, "console-search")
        if at(one, "docket.access.query") == "event.action: tool_decision"
    )
    assert at(one, "user.name") == "analyst@example.com" and at(one, "source.ip") == "127.0.0.1"
    assert at(one, "docket.access.role") == "analyst" and at(one, "event.category") in (["database"], "database")
    event = office.documents("event.sequence: 1")[0]
    assert browser.at(f"/events/{at(event, 'event.id')}").status_code == 200
    looked = eventually(
        lambda: [
            two for name in ["console-event", "console-content"]
            for two in office.documents(f"event.action: {name}")
            if at(two, "docket.access.event") == at(event, "event.id") and at(two, "docket.access.session")
        ], "the look at the event")
    def proof():
        ended = run("prove", at(looked[0], "event.id"), "--data", office.data)
        return ended.returncode == 0 and ended.stdout

    # A checkpoint is half a second behind.
    assert b"c2sp.org/tlog-proof" in eventually(proof, "a proof of the look")


def test_what_somebody_searched_for_is_looked_through(office):
    browser = signed_in(office, "analyst@example.com")
    secret = "sk-ant-api03-" + "Zx9" * 31 + "AA"
    browser.at("/search", params={"q": f'"{secret}"'})
    found = eventually(
        lambda: [one for one in office.documents("event.action: console-search") if at(one, "docket.redaction.count")],
        "a redacted query")
    assert secret not in json.dumps(found)


def test_guesses_are_summed_and_bounded(make):
    docket = make(settings=RECORDED).start()

    def reloads():
        return sum(count for name, count in docket.metrics().items() if name.startswith("docket_users_reloads_total"))

    before = reloads()
    add(docket, "anna@example.com", "viewer")
    # An attempt beside the reading of the book could be a wrong one of somebody who is known.
    eventually(lambda: reloads() > before, "the server has read of her")
    signed_in(docket, "anna@example.com")
    answers = [Browser(docket).sign_in("anna@example.com", f"guess {turn}") for turn in range(12)]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    docket.stop()
    docket.start()
    # Before the server had read of her, nobody was called so, and no name was recorded.
    failed = docket.wait_for(
        2, 'event.action: console-sign-in and event.outcome: failure and user.name: "anna@example.com"')
    assert len(failed) == 2
    assert sum(at(one, "docket.access.count") for one in failed) == sum(one.status_code == 401 for one in answers)
    log = docket.log.read_text()
    assert "guess" not in log and PASSWORD not in log


# An identity provider


@pytest.fixture
def federated(make, tmp_path):
    """Makes a server whose people sign in with a provider."""
    providers = []

    def one(kind="RS256", more="", **options):
        provider = Provider(kind)
        providers.append(provider)
        for name, value in options.items():
            setattr(provider, name, value)
        (tmp_path / "secret").write_text(provider.secret + "\n")
        docket = make(kind)
        # The port is known only once the server listens, and the provider sends people there.
        docket.start()
        docket.stop()
        docket.settings = f"""
oidc:
  issuer: {provider.url}
  client_id: docket
  client_secret: {{ file: {tmp_path}/secret }}
  console: {docket.console}
  label: Example SSO
  roles: {{ analyst: [soc], admin: [ops] }}
  domains: [example.com]
{more}"""
        docket.start()
        return docket, provider

    yield one
    for provider in providers:
        provider.stop()


def through(docket, browser=None, change=lambda url: url):
    """The whole way, as a browser goes it."""
    browser = browser or Browser(docket)
    assert "Sign in with Example SSO" in browser.at("/sign-in").text
    away = browser.at("/sign-in/provider", params={"next": "/account"})
    assert away.status_code == 303, away.text
    back = requests.get(away.headers["location"], timeout=PATIENCE, allow_redirects=False)
    answer = browser.get(change(back.headers["location"]), timeout=PATIENCE, allow_redirects=False)
    return browser, answer


@pytest.mark.parametrize("kind", KINDS)
def test_somebody_signs_in_with_a_provider_and_out(federated, kind):
    docket, provider = federated(kind)
    browser, answer = through(docket)
    assert answer.status_code == 200 and answer.headers["refresh"] == "0; url=/account"
    assert any("SameSite=Strict" in cookie for cookie in answer.headers["set-cookie"].split(", docket"))
    assert browser.role == "analyst"
    signed = [one for one in docket.wait_for(1, "event.action: console-sign-in") if at(one, "docket.access.way") == "oidc"]
    assert at(signed[0], "user.name") == "anna@example.com" and at(signed[0], "user.id") == f"{provider.url} person-1"
    out = browser.form("/sign-out", **{"form-token": browser.token()})
    url = urlsplit(out.headers["refresh"].removeprefix("0; url="))
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{provider.url}/out"
    query = parse_qs(url.query)
    assert jwt.decode(query["id_token_hint"][0], options={"verify_signature": False})["sub"] == "person-1"
    assert query["post_logout_redirect_uri"] == [f"{docket.console}/sign-in"]
    assert browser.at("/account").status_code == 303
    assert provider.secret not in docket.log.read_text()


def test_claims_may_be_in_userinfo_and_the_secret_in_the_body(federated):
    docket, provider = federated(inUserinfo=["email", "email_verified", "groups"], methods=["client_secret_post"])
    assert through(docket)[0].role == "analyst" and "/userinfo" in provider.asked


def test_offer_and_keys_are_asked_for_once(federated):
    docket, provider = federated()
    for _ in range(3):
        assert through(docket)[1].status_code == 200
    assert provider.asked.count("/keys") == 1 and provider.asked.count("/.well-known/openid-configuration") == 1


def forged(provider, claims):
    """Signed with a key that nobody published, under the name of the one that is."""
    return jwt.encode(claims, KINDS["RS256"](), algorithm="RS256", headers={"kid": provider.name})


WRONG = {
    "another issuer": ({"iss": "https://evil.example.com"}, "of another issuer"),
    "another client": ({"aud": "other"}, "for another client"),
    "another party": ({"azp": "other"}, "another client (`azp`)"),
    "an old one": ({"exp": 1}, "has expired"),
    "one of tomorrow": ({"nbf": 4102444800}, "not good yet"),
    "another request": ({"nonce": "x"}, "answers another request"),
    "not verified": ({"email_verified": False}, "`email_verified`"),
    "another domain": ({"email": "anna@example.org"}, "oidc.domains"),
    "no role": ({"groups": ["others"]}, "oidc.roles"),
}


def test_a_token_that_is_wrong_lets_nobody_in_and_the_log_says_why(federated):
    docket, provider = federated()
    for what, (claims, words) in WRONG.items():
        provider.change = lambda right, claims=claims: {**right, **claims}
        _, answer = through(docket)
        assert answer.status_code == 403 and "docket-session=" not in answer.headers.get("set-cookie", ""), what
        assert words in docket.log.read_text(), what
    provider.change = lambda claims: claims
    right = provider.sign
    for sign, words in [
        (lambda claims: forged(provider, claims), "signature of the ID token is wrong"),
        (lambda claims: jwt.encode(claims, None, algorithm="none"), "algorithm that is not taken"),
        (lambda claims: jwt.encode(claims, "s" * 32, algorithm="HS256"), "algorithm that is not taken"),
        (lambda claims: jwt.encode(claims, provider.key, algorithm="RS256", headers={"kid": "other"}), "does not publish"),
        (lambda claims: right(claims)[:-6] + "AAAAAA", "signature of the ID token is wrong"),
    ]:
        provider.sign = sign
        _, answer = through(docket)
        assert answer.status_code == 403, words
        assert words in docket.log.read_text(), words
    provider.sign = right
    assert through(docket)[1].status_code == 200
    failed = docket.wait_for(1, "event.action: console-sign-in and event.outcome: failure")
    assert failed and "anna@example.com" not in docket.log.read_text()


def test_what_comes_back_must_be_what_went(federated):
    docket, provider = federated()
    browser, answer = through(docket)
    assert answer.status_code == 200
    # The same again, another state, another browser, another issuer.
    away = browser.at("/sign-in/provider")
    back = requests.get(away.headers["location"], timeout=PATIENCE, allow_redirects=False).headers["location"]
    assert Browser(docket).get(back, timeout=PATIENCE).status_code == 403
    assert browser.get(back, timeout=PATIENCE).status_code == 403, "the state was used up by the other browser"
    assert through(docket, change=lambda url: url.replace("state=", "state=0"))[1].status_code == 403
    assert through(docket, change=lambda url: re.sub("iss=[^&]*", "iss=https%3A%2F%2Fevil.example.com", url))[1].status_code == 403
    assert through(docket, change=lambda url: re.sub("&?iss=[^&]*", "", url))[1].status_code == 403
    denied = through(docket, change=lambda url: re.sub("code=[^&]*", "error=access_denied", url))[1]
    assert denied.status_code == 403 and "did not let you in" in denied.text


def test_a_provider_that_is_away_is_no_end(federated):
    docket, provider = federated()
    provider.stop()
    answer = Browser(docket).at("/sign-in/provider")
    assert answer.status_code == 403 and "the log of the server" in answer.text.lower()
    assert "cannot be asked for its discovery document" in docket.log.read_text()
    assert docket.is_alive()


@pytest.mark.parametrize(
    "text, message",
    [
        ("oidc: {client_id: x}\n", "give `oidc.issuer` as well"),
        ("oidc: {issuer: 'http://idp.example.com'}\n", "must begin with `https://`"),
        ("oidc: {issuer: 'https://idp.example.com'}\n", "`oidc.client_id` is missing"),
        ("oidc: {issuer: 'https://idp.example.com', client_id: x}\n", "`oidc.console` is missing"),
        ("oidc: {issuer: 'https://i.example.com', client_id: x, console: 'https://d.example.com/x'}\n", "without a path"),
        ("oidc: {issuer: 'https://i.example.com', client_id: x, console: 'https://d.example.com'}\n", "nobody would get a role"),
        ("oidc: {issuer: 'https://i.example.com', client_id: x, client_secret: y, console: 'https://d.example.com'}\n", "a secret is never written here"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path, text, message):
    file = tmp_path / "docket.yaml"
    file.write_text(text)
    ended = run("check", "--config", file)
    assert ended.returncode == 2 and message in ended.stderr.decode() + ended.stdout.decode(), ended
