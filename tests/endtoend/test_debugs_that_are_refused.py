"""When a debug is not safe it is not tried, the report says why, and the diagnosis goes on without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest
from broken_pair import BRANCH, HQ, Desk, configs, routers

from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour

WATCHED = ("--json", "--debug", "8", "--trigger")
REASONS = {
    "somebody else's debugging": (
        Misbehaviour(foreign_debug=True),
        "somebody else's debugging is on (ICMP packet debugging is on)",
    ),
    "a busy CPU": (Misbehaviour(cpu=(91, 77, 50)), "the CPU was 91 % busy over 5 seconds, the limit is 60 %"),
    "console at debugging level": (Misbehaviour(console_debugging=True), "logging console is at debugging level"),
}


@pytest.mark.parametrize("how", REASONS, ids=str)
def test_not_safe_on_one_router(desk: Desk, how: str) -> None:
    """No debug command is sent there; the other router is watched, and the cause is found."""
    misbehaviour, reason = REASONS[how]
    with routers(**{HQ: misbehaviour}) as lab:
        desk.write(lab)
        before = lab.debugging(HQ)
        answer = desk.diagnose(lab, *WATCHED)
        sent = [heard.line for heard in lab.sent(HQ)]
    assert answer.debugging == {HQ: before, BRANCH: frozenset()}
    assert not any(line.startswith(("debug", "no debug", "undebug", "terminal monitor")) for line in sent), sent
    assert any(note.startswith(f"{HQ}: debug refused: {reason}") for note in answer.document["notes"])
    assert (answer.status, answer.document["cause"]) == (1, "ike-proposal-mismatch")


@contextmanager
def logged_in(lab: IosLab, name: str, times: int) -> Iterator[None]:
    """That many of the router's VTYs taken by somebody else."""
    clients = [paramiko.SSHClient() for _ in range(times)]
    try:
        for client in clients:
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            access = lab[name]
            client.connect(
                access.address, access.port, access.username, access.password, allow_agent=False, look_for_keys=False
            )
            client.invoke_shell()
        yield
    finally:
        for client in clients:
            client.close()


def test_no_second_vty(desk: Desk) -> None:
    """One VTY is left: the debug is read from the log buffer, and is off afterwards."""
    with routers() as lab, logged_in(lab, HQ, 4):
        desk.write(lab)
        answer = desk.diagnose(lab, *WATCHED)
        answer.assert_clean()
    assert any("The log buffer was read instead" in note for note in answer.document["notes"])
    assert (answer.status, answer.document["cause"]) == (1, "ike-proposal-mismatch")


def test_no_vty_at_all(desk: Desk) -> None:
    """Every VTY is taken: that end cannot be asked, and the sentence thinks of VTYs."""
    with routers() as lab, logged_in(lab, HQ, 5):
        desk.write(lab, timeout=2)
        answer = desk.diagnose(lab, "--json")
        answer.assert_clean()
    (missing,) = [item for item in answer.document["missing"] if item["what"] == "access to the device"]
    assert "VTYs" in missing["why"]
    assert answer.status in (1, 3)


def test_a_healthy_tunnel_is_left_alone(desk: Desk) -> None:
    """Exit code 0; a second diagnosis finds it up, triggers nothing and clears nothing."""
    with routers(configs(groups=(14, 14))) as lab:
        desk.write(lab)
        first = desk.diagnose(lab, "--json", "--trigger")
        first.assert_clean()
        pings = sum(heard.line.startswith("ping") for heard in lab.sent(HQ))
        second = desk.diagnose(lab, "--json", "--trigger", "--debug", "1")
        second.assert_clean()
        sent = [heard.line for name in lab.names for heard in lab.sent(name)]
    assert (first.status, second.status) == (0, 0), (first.stdout, second.stdout)
    assert first.document["cause"] == second.document["cause"] == "healthy"
    assert sum(line.startswith("ping") for line in sent) == pings
    assert not any(line.startswith(("clear", "conf", "undebug all")) for line in sent)
    assert any("nothing was triggered" in note for note in second.document["notes"])
