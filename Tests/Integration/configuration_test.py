"""A configuration is right, or says where it is wrong and what to write instead."""

import json
import re
import socket

import pytest
import requests

from docket import PATIENCE, TOKEN, Docket, eventually, run

WRONG = {
    "journl:\n  segment_size: 1MiB\n": ("1:1", "`journl` is not a key here; did you mean `journal`?"),
    "journal:\n  segmentsize: 1MiB\n": ("2:3", "did you mean `segment_size`?"),
    "otlp:\n  htpp: 127.0.0.1:1\n": ("2:3", "`htpp` is not a key of `otlp`; did you mean `http`?"),
    "otlp:\n  http: localhost\n": ("2:9", "`otlp.http` must be address and port, or `off`"),
    "otlp:\n  body_limit: 16 elephants\n": ("2:15", "`otlp.body_limit` must be size, such as `16MiB`"),
    "otlp:\n  body_limit: 1\n": ("2:15", "`otlp.body_limit` must be 1024 to 1073741824 bytes"),
    "otlp:\n  tls:\n    certificate: /nowhere.pem\n": ("3:18", "give `otlp.tls.key`"),
    "console:\n  tls: {certificate: /nowhere.pem, key: /nowhere.key}\n": ("2:22", "/nowhere.pem cannot be used"),
    "otlp:\n  cors_origins: [example.com]\n": ("2:17", "list of origins such as `https://office.example.com`"),
    "otlp:\n  body_limit: 65MiB\n": ("2:15", "`limits.in_flight_size` (67108864 bytes) must be at least"),
    "limits:\n  head_time: 1h\n": ("2:14", "`limits.head_time` must be time, `10ms` to `10m`"),
    "log:\n  level: loud\n": ("2:10", "`log.level` must be `debug`, `info`, `warning`, `error`"),
    "journal: 5\n": ("1:10", "`journal` must be a table of keys"),
    "feeds: {}\n": ("1:8", "`feeds` must be a list"),
    "feeds:\n  name: one\n": ("2:3", "`feeds` must be a list"),
    "feeds:\n  - key: sk-ant-api01-secret\n": ("2:10", "a secret is never written here"),
    "feeds:\n  - key: {env: DOCKET_MISSING}\n": ("2:16", "the environment has no `DOCKET_MISSING`"),
    "feeds:\n  - name: one\n": ("2:11", "a feed needs a `key`"),
    "log: {level: info}\nfeeds:\n  - url: https://example.com\n": ("3:10", "a feed needs a `key`"),
    "feeds:\n  - key: {env: PATH}\n    interval: 1s\n": ("3:15", "5s to 1h"),
    "data: [a\n": ("2:1", ""),
    "data: a\ndata: b\n": ("2:1", "data"),
    "\tdata: a\n": ("1:1", ""),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_one_is_refused_with_its_place(tmp_path, text):
    place, said = WRONG[text]
    file = tmp_path / "docket.yaml"
    file.write_text(text)
    check = run("check", "--config", file)
    assert check.returncode == 2
    error = check.stderr.decode()
    assert f"{file}:{place}: " in error and said in error, error
    assert "sk-ant-api01-secret" not in error
    serve = run("serve", "--config", file, "--data", tmp_path / "data")
    assert serve.returncode == 2 and f"{file}:{place}: " in serve.stderr.decode()
    assert not (tmp_path / "data").exists(), "checked before anything is made"


def test_a_missing_one(tmp_path):
    ended = run("check", "--config", tmp_path / "none.yaml")
    assert ended.returncode == 2 and "none.yaml" in ended.stderr.decode()


@pytest.mark.parametrize(
    "text",
    ["", "# only words\n", "data: /srv/docket\notlp: {http: 'off', grpc: '[::1]:4317'}\n", "feeds: []\n", "otlp:\n"],
)
def test_a_right_one(tmp_path, text):
    file = tmp_path / "docket.yaml"
    file.write_text(text)
    ended = run("check", "--config", file)
    assert ended.returncode == 0, ended.stderr
    assert b"can be used" in ended.stdout


def test_every_key_is_documented():
    table = run("check", "--keys").stdout.decode()
    assert "| `otlp.http` |" in table and "| `feeds.*.key` |" in table
    for line in table.strip().splitlines()[2:]:
        _, key, words, _, meaning, _ = [cell.strip() for cell in line.split("|")]
        assert key and words and meaning.endswith("."), line


def is_free(port):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_the_usual_ports(make):
    ports = {"grpc": 4317, "http": 4318, "console": 8600}
    if taken := [port for port in ports.values() if not is_free(port)]:
        pytest.skip(f"NOT TESTED: the usual ports: {taken} are in use by something else on this machine")
    docket = make()
    docket.configuration = lambda: make_empty(docket)
    docket.start()
    assert docket.ports == ports
    for port in ports.values():
        answer = eventually(lambda: requests.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE), "/readyz")
        assert answer.status_code == 200 and answer.text == "ready\n"
        assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).status_code == 200
    listening = {line.split()[1] for line in open("/proc/net/tcp").readlines()[1:] if line.split()[3] == "0A"}
    for port in ports.values():
        assert f"0100007F:{port:04X}" in listening, "loopback"
        assert f"00000000:{port:04X}" not in listening, "and nowhere else"


def make_empty(docket):
    file = docket.folder / "empty.yaml"
    file.write_text("")
    return file


def test_a_port_in_use_is_said(fresh, tmp_path):
    file = tmp_path / "second.yaml"
    file.write_text(f"otlp:\n  http: 127.0.0.1:{fresh.ports['http']}\n  grpc: 'off'\nconsole:\n  address: 'off'\n")
    ended = run("serve", "--config", file, "--data", tmp_path / "second")
    assert ended.returncode == 2
    assert f"127.0.0.1:{fresh.ports['http']}" in ended.stderr.decode()


def test_the_first_start_makes_a_token_to_search_and_one_to_send_and_shows_them_once(make):
    docket = make(token=None).start()
    people, sender = re.findall(r"\n  (docket_\S+)\n", docket.welcome)
    assert f'="Authorization=Bearer {sender}"' in docket.welcome, "the snippet is ready to be copied"
    make_more = f"docket tokens create --name laptops --data {docket.data}"
    assert make_more in docket.welcome

    def sends(shown):
        return requests.post(
            f"{docket.http}/v1/logs", data="{}", timeout=PATIENCE,
            headers={"Authorization": f"Bearer {shown}", "Content-Type": "application/json"}).status_code

    def searches(shown):
        return requests.post(
            f"{docket.console}/api/v1/search", json={"query": ""}, timeout=PATIENCE,
            headers={"Authorization": f"Bearer {shown}"}).status_code

    assert (sends(sender), sends(people), sends("other")) == (200, 403, 401)
    assert (searches(people), searches(sender), searches("other")) == (200, 403, 401)
    docket.stop()
    docket.start()
    assert people not in docket.welcome and sender not in docket.welcome
    assert "Bearer YOUR_SENDING_TOKEN" in docket.welcome and make_more in docket.welcome
    assert sends(sender) == searches(people) == 200
    made = run(*make_more.split()[1:])
    assert made.returncode == 0, made.stderr
    eventually(lambda: sends(made.stdout.decode().split()[-1]) == 200, "the command of the welcome makes a sender")
    docket.stop()
    for token in (people, sender):
        for file in docket.data.rglob("*"):
            assert not file.is_file() or token.encode() not in file.read_bytes(), "only its hash is kept"
        assert token not in docket.log.read_text()
    assert (docket.data / "credentials.json").stat().st_mode & 0o077 == 0


def test_a_chosen_token_is_the_only_one_and_is_not_shown(make):
    docket = make().start()
    assert TOKEN not in docket.welcome and "docket_" not in docket.welcome
    assert "Bearer $DOCKET_BOOTSTRAP_TOKEN" in docket.welcome
    assert len(json.loads((docket.data / "credentials.json").read_text())["credentials"]) == 1


def test_readiness_needs_no_credential_and_metrics_no_other_host(shared):
    assert requests.get(f"{shared.console}/metrics", timeout=PATIENCE).status_code == 200
    answer = requests.get(f"{shared.console}/metrics", headers={"Host": "evil.example.com"}, timeout=PATIENCE)
    assert answer.status_code == 401
