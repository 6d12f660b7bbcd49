"""Witnesses as processes of their own: what they cosign, what they do not, and what becomes of a server meanwhile."""

import base64
import contextlib
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import requests

import go_oracle
from docket import BINARY, PATIENCE, Docket, environment, eventually, run
from ledger_test import VERIFIER, send, signed


class Witness:
    """`docket witness` in a folder of its own; later starts take the same port again."""

    def __init__(self, folder: Path, policy: Path, name):
        self.folder, self.policy, self.name = folder, policy, name
        self.port = 0
        self.log = folder.with_suffix(".ndjson")
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def command(self):
        return [
            BINARY, "witness", "--folder", self.folder, "--policy", self.policy, "--name", self.name,
            "--listen", f"127.0.0.1:{self.port}",
        ]  # fmt: skip

    def start(self):
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log.open("ab"),
            env=environment(),
        )  # fmt: skip
        words = (self.process.stdout.readline() + self.process.stdout.readline()).decode().split()
        assert words and words[0] == "witness", self.log.read_text()
        self.key, self.url = words[1], words[-1]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process.stdout.close()
            self.process = None

    def cosigned(self):
        """The size of the last checkpoint that it wrote down."""
        file = self.folder / "cosigned"
        lines = file.read_text().splitlines()[1:] if file.exists() else []
        return max((int(line.split()[1]) for line in lines), default=0)


def settings(*witnesses, quorum=0, name="docket.example.com"):
    lines = "".join(f"    - url: {url}\n      key: {key}\n" for url, key in witnesses)
    return f"ledger:\n  name: {name}\n  quorum: {quorum}\n  witnesses:\n{lines}"


def policy(docket, *words):
    ended = run("keys", "--policy", "--data", docket.data, "--config", docket.folder / "docket.yaml", *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode()


def witnessed(docket):
    """Size of the last checkpoint that was cosigned, and its note."""
    file = Path(docket.data) / "ledger" / "ALL.witnessed"
    text = file.read_text() if file.exists() else ""
    return (int(text.split("\n")[1]) if text else 0), text


@pytest.fixture
def pair(tmp_path):
    """A server that has two witnesses, which know it."""
    folder = tmp_path / "server"
    file = tmp_path / "policy"
    with Docket(folder, settings="ledger:\n  name: docket.example.com\n") as docket:
        send(docket, 1)
        signed(docket, 1)
        file.write_text(policy(docket))
        assert file.read_text().endswith("quorum none\n")
        docket.stop()
        with contextlib.ExitStack() as stack:
            witnesses = [
                stack.enter_context(Witness(tmp_path / name, file, f"{name}.example.com")) for name in ("w1", "w2")
            ]
            docket.settings = settings(*((w.url, w.key) for w in witnesses))
            docket.start()
            yield docket, witnesses


def test_both_cosign_and_the_proof_needs_both(pair, tmp_path):
    docket, witnesses = pair
    send(docket, 5, 1)
    signed(docket, 6)
    eventually(lambda: run("prove", "--sequence", "5", "--witnessed", "--data", docket.data).returncode == 0, "a proof")
    proof = run("prove", "--sequence", "5", "--witnessed", "--show", "who", "--data", docket.data).stdout.decode()
    trust = policy(docket)
    assert "group witnesses 2 w1 w2" in trust

    def check(proof, trust):
        (tmp_path / "p.tlog-proof").write_text(proof)
        (tmp_path / "trust").write_text(trust)
        ended = subprocess.run(
            [VERIFIER, "record", "--policy", tmp_path / "trust", tmp_path / "p.tlog-proof"], capture_output=True, timeout=20
        )
        return ended.returncode, (ended.stdout + ended.stderr).decode()

    code, said = check(proof, trust)
    assert code == 0 and "proven: record 5" in said and "person5@example.com" in said, said
    assert "w1.example.com" in said and "w2.example.com" in said, said
    # Without the line of one of them the quorum is not met, and that is no tampering.
    lines = proof.split("\n")
    for name in ("w1", "w2"):
        less = "\n".join(line for line in lines if not line.startswith(f"\u2014 {name}.example.com"))
        assert check(less, trust)[0] == 2
        assert check(less, trust.replace("witnesses 2 w1 w2", "witnesses any w1 w2"))[0] == 0
    # A bit of what is shown, of the way, and of a signature.
    other = "A" if lines[3][10] != "A" else "B"
    assert check(proof.replace(lines[3], lines[3][:10] + other + lines[3][11:]), trust)[0] == 1
    assert check(proof.replace("\nindex ", "\nindex 1"), trust)[0] in (1, 2)


def test_a_witness_that_is_away_holds_up_nothing(pair):
    docket, (one, two) = pair
    eventually(lambda: witnessed(docket)[0] >= 1, "the first cosignatures")
    two.kill()
    before = witnessed(docket)
    send(docket, 4, 1)
    signed(docket, 5)
    failures = 'docket_witness_failures_total{witness="w2.example.com"}'
    eventually(lambda: docket.metrics()[failures] >= 1, "a failure that is counted")
    eventually(lambda: one.cosigned() > before[0], "the other one cosigns on")
    # Not enough of them: what was cosigned by both is kept.
    assert witnessed(docket) == before
    assert docket.metrics()["docket_witness_unseen_entries"] > 0
    assert docket.metrics()["docket_ledger_unsigned_records"] == 0
    told = [line for line in docket.log.read_text().splitlines() if "a witness does not cosign" in line]
    assert len(told) == 1
    two.start()
    eventually(lambda: witnessed(docket)[0] > before[0], "both again")
    assert "a witness cosigns again" in docket.log.read_text()


def test_kills_of_either_end_in_one_story(pair):
    docket, witnesses = pair
    for turn in range(4):
        send(docket, 3, 1 + 3 * turn)
        if turn % 2:
            eventually(lambda: witnessed(docket)[0] >= 1, "cosigned")
        docket.kill()
        for witness in witnesses:
            witness.kill()
            witness.start()
        docket.start()
    signed(docket, 13)
    last = ["prove", "--sequence", "12", "--witnessed", "--data", docket.data]
    eventually(lambda: run(*last).returncode == 0, "witnesses have seen the last record")
    assert docket.metrics()["docket_witness_refusing"] == 0
    assert docket.metrics()["docket_ledger_refused_logs"] == 0
    assert run("verify", "--data", docket.data).returncode == 0


def test_two_servers_with_one_key_cannot_both_be_cosigned(pair, tmp_path):
    docket, witnesses = pair
    eventually(lambda: witnessed(docket)[0] >= 1, "cosigned")
    docket.stop()
    shutil.copytree(docket.folder, tmp_path / "twin", ignore=shutil.ignore_patterns("socket"))
    docket.start()
    send(docket, 3, 1)
    signed(docket, 4)
    eventually(lambda: witnessed(docket)[0] >= 2, "the first of them goes on")
    with Docket(tmp_path / "twin", settings=docket.settings) as twin:
        send(twin, 2, 50)
        signed(twin, 3)
        eventually(lambda: twin.metrics()["docket_witness_refusing"] == 2, "both refuse the second")
        assert "another history" in twin.log.read_text()
        # It is told, and it takes in and signs as before.
        send(twin, 2, 60)
        signed(twin, 5)
    assert docket.metrics()["docket_witness_refusing"] == 0


@go_oracle.needed
def test_what_is_cosigned_is_what_go_finds(pair):
    docket, _ = pair
    send(docket, 3, 1)
    signed(docket, 4)
    words = ["prove", "--sequence", "3", "--witnessed", "--show", "none", "--data", docket.data]
    eventually(lambda: run(*words).returncode == 0, "witnesses have seen it")
    proof = run(*words).stdout.decode()
    entries = go_oracle.rows(Path(docket.data) / "ledger", "ALL.entries", 32)
    index = int(next(line for line in proof.split("\n") if line.startswith("index "))[6:])
    key = policy(docket).split()[1]
    go_oracle.check(go_oracle.log(key, entries, witnessed(docket)[1]) + go_oracle.record(proof, entries[index]))


def answer(witness, body, method="POST", path="/add-checkpoint"):
    return requests.request(method, witness.url + path, data=body, timeout=20)


def test_a_witness_answers_as_the_protocol_says(pair):
    docket, (one, _) = pair
    eventually(lambda: one.cosigned() >= 1, "cosigned")
    docket.stop()
    size = one.cosigned()
    note = (Path(docket.data) / "ledger" / "ALL.checkpoint").read_text()
    assert int(note.split("\n")[1]) == size
    again = answer(one, f"old {size}\n\n{note}")
    assert again.status_code == 200 and again.text.startswith("\u2014 w1.example.com "), again.text
    # The time is in the first eight bytes behind the id of the key.
    assert int.from_bytes(base64.b64decode(again.text.split()[2])[4:12], "big") > 1_700_000_000
    other = answer(one, f"old 0\n\n{note}")
    assert (other.status_code, other.text, other.headers["content-type"]) == (409, f"{size}\n", "text/x.tlog.size")
    assert answer(one, f"old {size + 1}\n\n{note}").status_code == 400
    assert answer(one, "nothing").status_code == 400
    assert answer(one, b"").status_code == 400
    assert answer(one, f"old {size}\n\n{note.replace('docket.example.com', 'other.example.com')}").status_code == 404
    bent = note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]
    assert answer(one, f"old {size}\n\n{bent}").status_code == 403
    assert answer(one, f"old {size}\n{base64.b64encode(bytes(32)).decode()}\n\n{note}").status_code == 422
    assert answer(one, b"x" * 400_000).status_code == 413
    assert answer(one, None, "GET").status_code == 405
    assert answer(one, "x", path="/add-entry").status_code == 404
    assert one.cosigned() == size


def test_a_second_witness_on_the_same_folder_is_refused(pair):
    _, (one, _) = pair
    ended = subprocess.run(one.command(), capture_output=True, timeout=20, env=environment())
    assert ended.returncode == 2 and b"another process" in ended.stderr, ended.stderr


def test_a_second_signer_on_the_same_folder_is_refused(pair):
    docket, _ = pair
    # The server's own signer has the folder only when it is there.
    send(docket, 1)
    signed(docket, 1)
    ended = run("signer", "--folder", f"{docket.data}/signer", timeout=20)
    assert ended.returncode == 2 and b"another process" in ended.stderr, ended.stderr


def test_who_is_not_in_the_policy_is_not_cosigned(pair, tmp_path):
    docket, (one, two) = pair
    stranger = settings((one.url, one.key), (two.url, two.key), name="stranger.example.com")
    with Docket(tmp_path / "stranger", settings=stranger) as other:
        send(other, 2)
        signed(other, 2)
        eventually(lambda: "it does not know the log" in other.log.read_text(), "the reason")
        assert witnessed(other)[0] == 0
        # Once it is in the policy of both, it is cosigned without a restart.
        known = policy(docket).split("witness ")[0] + policy(other).split("witness ")[0] + "quorum none\n"
        one.policy.write_text(known)
        for witness in (one, two):
            witness.process.send_signal(signal.SIGHUP)
        eventually(lambda: witnessed(other)[0] >= 1, "cosigned after all")


def test_the_wrong_key_of_a_witness_is_no_cosignature(pair):
    docket, (one, two) = pair
    docket.stop()
    (Path(docket.data) / "ledger" / "ALL.witnessed").unlink(missing_ok=True)
    docket.settings = settings((one.url, two.key))
    docket.start()
    send(docket, 1, 1)
    eventually(lambda: "has no cosignature of the key" in docket.log.read_text(), "the reason")
    assert witnessed(docket)[0] == 0
