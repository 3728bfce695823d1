"""`ipsecbot diagnose` against devices that cannot be asked, or only half: a sentence, the right exit code, no debug left on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from broken_pair import BRANCH, HQ, Desk, routers

from ipsecbot.lab.ios.misbehaviour import Misbehaviour

WATCHED = ("--json", "--debug", "8", "--trigger")
BRIEFLY = ("--json", "--debug", "1")


@dataclass(frozen=True)
class Failing:
    """`how` hq misbehaves, what its inventory entry says instead, and the `sentence` that has to be in the report."""

    name: str
    sentence: str
    how: Misbehaviour = field(default_factory=Misbehaviour)
    entry: dict[str, object] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


HALF_DEAD = (
    Failing(
        "wrong password",
        "user netops was refused; check username, password and key",
        entry={"password": "env:OTHER"},
        environment={"OTHER": "not-the-password"},
    ),
    Failing("wrong enable secret", "the enable secret was refused; check enable:", Misbehaviour(refuse_enable=True)),
    Failing("hangs after login", "the login was accepted, then no prompt came", Misbehaviour(hang_after_login=True)),
    Failing("cut while it is asked", "the device closed the session", Misbehaviour(cut_after=4000)),
    Failing("a shell behind an IOS entry", "this is not a cisco_ios device", Misbehaviour(prompt="admin@box:~$ ")),
    Failing("a router behind a strongSwan entry", "this is not a strongswan device", entry={"platform": "strongswan"}),
    Failing("unknown host key", "is not in", entry={"host_keys": "strict", "known_hosts": "none_yet"}),
    Failing("known_hosts that cannot be written", "cannot be written", entry={"known_hosts": "ipsecbot.yaml/known_hosts"}),
)


@pytest.mark.parametrize("case", HALF_DEAD, ids=lambda case: case.name)
def test_one_end_that_cannot_be_asked(desk: Desk, case: Failing) -> None:
    """The other end is still diagnosed; the report says what is missing and why; the exit code follows the verdict."""
    with routers(**{HQ: case.how}) as lab:
        desk.write(lab, {HQ: case.entry}, timeout=2)
        answer = desk.diagnose(lab, *BRIEFLY, **case.environment)
    answer.assert_clean()
    document = answer.document
    (missing,) = [item for item in document["missing"] if item["what"] == "access to the device"]
    assert missing["device"] == HQ
    assert case.sentence in missing["why"]
    assert f"{HQ}: could not be asked: " in answer.stderr
    assert any(note.startswith(f"{BRANCH}: debug for peer") and "proves it off" in note for note in document["notes"])
    assert answer.status == {"fault": 1, "undetermined": 3}[document["verdict"]]
    assert document["confidence"] < 0.9, "half of the evidence is missing"


def test_a_closed_port_and_a_cut_session_in_words(desk: Desk) -> None:
    """The same in the terminal report, for a port at which nothing listens."""
    with routers() as lab:
        desk.write(lab, {HQ: {"port": 1}})
        answer = desk.diagnose(lab)
    answer.assert_clean()
    text = " ".join(answer.stdout.split())
    assert (
        "hq: access to the device: it could not be asked: nothing listens at 127.0.0.1 port 1; check address and port" in text
    )
    assert answer.status in (1, 3)


def test_both_ends_dead(desk: Desk) -> None:
    """Nothing to diagnose: exit code 4, and the headline says why for each end."""
    with routers(**{BRANCH: Misbehaviour(refuse_password=True)}) as lab:
        desk.write(lab, {HQ: {"port": 1}})
        answer = desk.diagnose(lab, *BRIEFLY)
    answer.assert_clean()
    assert answer.status == 4
    document = answer.document
    assert (document["verdict"], document["cause"]) == ("undetermined", None)
    assert "no device could be asked. hq: nothing listens" in document["headline"]
    assert "branch: user netops was refused" in document["headline"]
    assert {item["device"] for item in document["missing"]} == {HQ, BRANCH}
    assert len(document["missing"]) == 2


@contextmanager
def a_port_that_says(words: bytes) -> Iterator[int]:
    """Something that listens and is no SSH server: it says `words` to the first who comes, then nothing."""
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def serve() -> None:
            try:
                connection, _ = server.accept()
                taken.append(connection)
                connection.sendall(words)
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for connection in taken:
            connection.close()


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["silent", "http"])
def test_a_port_that_speaks_no_ssh(desk: Desk, words: bytes) -> None:
    """A port that accepts and does not get on, or speaks something else, is told from a dead one."""
    with routers() as lab, a_port_that_says(words) as port:
        desk.write(lab, {HQ: {"port": port}}, timeout=2)
        answer = desk.diagnose(lab, "--json")
    answer.assert_clean()
    (missing,) = [item for item in answer.document["missing"] if item["what"] == "access to the device"]
    assert "accepts connections" in missing["why"] or "accepts the connection" in missing["why"]


def test_session_cut_during_debug(desk: Desk) -> None:
    """The monitoring session dies under the debug: it is switched off on the other one, and the cause is found all the same."""
    with routers(**{HQ: Misbehaviour(cut_at_debug=5)}) as lab:
        desk.write(lab)
        answer = desk.diagnose(lab, *WATCHED)
    answer.assert_clean()
    assert (answer.status, answer.document["cause"]) == (1, "ike-proposal-mismatch")
    notes = " ".join(answer.document["notes"])
    assert "hq: debug for peer 203.0.113.20 was cut" in notes
    assert "show debugging proves it off again" in notes


def test_every_crypto_command_is_invalid_input(desk: Desk) -> None:
    """Two routers without a single crypto command: each refusal is in the report, no debug is tried without its condition."""
    deaf = Misbehaviour(reject_crypto=True)
    with routers(**{HQ: deaf, BRANCH: deaf}) as lab:
        desk.write(lab)
        answer = desk.diagnose(lab, *WATCHED)
        assert not any(heard.line.startswith("debug crypto i") for name in lab.names for heard in lab.sent(name))
    answer.assert_clean()
    document = answer.document
    refused = {gap["source"] for gap in document["gaps"] if gap["why"] == "Invalid input detected"}
    assert {"show crypto isakmp sa", "show crypto ipsec sa", "show crypto map"} <= refused
    assert sum("debug refused" in note for note in document["notes"]) == 2
    assert answer.status == (1 if document["verdict"] == "fault" else 3)


def test_sha1_only_routers_work(desk: Desk) -> None:
    """Old routers that offer nothing newer than SHA-1 are diagnosed like others."""
    old = Misbehaviour(old_ssh=True)
    with routers(**{HQ: old, BRANCH: old}) as lab:
        desk.write(lab)
        answer = desk.diagnose(lab, "--json")
    answer.assert_clean()
    assert (answer.status, answer.document["cause"], answer.document["attribute"]) == (1, "ike-proposal-mismatch", "dh")
    assert not [item for item in answer.document["missing"] if item["what"] == "access to the device"]


def test_banner_noise_and_a_pager(desk: Desk) -> None:
    """A banner with prompt characters, syslog messages in every answer, and --More-- that cannot be switched off."""
    nuisance = Misbehaviour(banner="*** Property of nobody #1 > go away ***\n", noise=0.1, more_always=True)
    with routers(**{HQ: nuisance, BRANCH: nuisance}) as lab:
        desk.write(lab)
        answer = desk.diagnose(lab, *WATCHED)
    answer.assert_clean()
    assert (answer.status, answer.document["cause"], answer.document["attribute"]) == (1, "ike-proposal-mismatch", "dh")
    assert not [item for item in answer.document["missing"] if item["what"] == "access to the device"]
