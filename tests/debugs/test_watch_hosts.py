"""Watching real strongSwan hosts: by charon's own log, by swanctl --log, and what happens when the session ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from debug_routers import F, clock

from ipsecbot.collect.line import Line, open_line
from ipsecbot.collect.logs import LogPlace
from ipsecbot.collect.session import open_session
from ipsecbot.collect.trigger import Initiate, fire
from ipsecbot.debugs.line import StoppedBy
from ipsecbot.debugs.watch import watch
from ipsecbot.lab.strongswan.host import Host
from ipsecbot.lab.strongswan.hostconfig import HostConfig
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.requirements import requirements
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.model.target import Login, Target

MISSING = requirements()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(MISSING), reason=f"left out: the strongSwan laboratory ({'; '.join(MISSING)})"),
]
LOG = LogPlace("/var/log/charon.log", own=True)


def config(me: int, psk: str) -> HostConfig:
    peer = 3 - me
    return HostConfig(
        swanctl_conf=f"""
connections {{ t {{
  version = 2
  local_addrs = 192.0.2.{me}
  remote_addrs = 192.0.2.{peer}
  proposals = aes128-sha256-x25519
  local {{ auth = psk }}
  remote {{ auth = psk }}
  children {{ net {{
    local_ts = 10.{me}.0.0/16
    remote_ts = 10.{peer}.0.0/16
  }} }}
}} }}
secrets {{ ike-1 {{ secret = "{psk}" }} }}
"""
    )


@pytest.fixture(scope="module")
def pair() -> Iterator[StrongswanPair]:
    """Two hosts whose keys differ."""
    with StrongswanPair(config(1, "first-key-of-two"), config(2, "other-key-of-two")) as started:
        yield started


def target(host: Host, name: str) -> Target:
    access = host.ssh
    return Target(
        Device(name, Platform.STRONGSWAN, access.address, access.port),
        Login(access.username, key=Path(access.key).read_text()),
        known_hosts=str(access.known_hosts),
    )


def settled(text: str) -> bool:
    return "AUTHENTICATION_FAILED" in text or "AUTH_FAILED" in text


def trigger(host: Host) -> tuple[RawOutput, ...]:
    session = open_session(target(host, "left"))
    try:
        return fire(session, Initiate("net", 8), fingerprinter=F)
    finally:
        session.close()


@pytest.mark.parametrize("logs", [(LOG,), ()], ids=["own log", "swanctl --log"])
def test_the_responder_is_heard_while_the_initiator_starts(pair: StrongswanPair, logs: tuple[LogPlace, ...]) -> None:
    """The text of this attempt and no older one, ended by its verdict, the trigger's own words beside it."""
    line = open_line(target(pair.right, "right"), F)
    started = time.monotonic()
    done = watch(line, logs, 20, vici=True, settled=settled, clock=clock, trigger=lambda: trigger(pair.left))
    line.close()
    assert time.monotonic() - started < 15
    assert done.stopped_by is StoppedBy.SETTLED
    heard, told = done.outputs
    assert "[IKE]" in heard.text
    assert heard.text.count("received packet: from 192.0.2.1") >= 2
    assert heard.text.count("IKE_SA_INIT request 0 [") == 1
    assert "initiating" in told.text.lower()
    assert (done.armed, done.proved_off) == ((), True)


def test_a_host_without_any_log_is_triggered_all_the_same(pair: StrongswanPair) -> None:
    """Nothing to follow: the trigger is fired once and its words are kept."""
    fired: list[int] = []

    def once() -> tuple[RawOutput, ...]:
        fired.append(1)
        return ()

    line = open_line(target(pair.right, "right"), F)
    done = watch(line, (), 5, vici=False, settled=settled, clock=clock, trigger=once)
    line.close()
    assert fired == [1]
    assert done.stopped_by is StoppedBy.TIME


def test_a_session_that_ends_is_a_value(pair: StrongswanPair) -> None:
    """The session is cut while watching: stopped_by says so, and what a follower started on the host ends by itself."""
    line = open_line(target(pair.right, "right"), F)

    def cut() -> tuple[RawOutput, ...]:
        line.close()
        return ()

    done = watch(line, (LOG,), 3, vici=True, settled=settled, clock=clock, trigger=cut)
    assert done.stopped_by is StoppedBy.SESSION_LOST
    assert any("ended early" in note for note in done.notes)
    until = time.monotonic() + 10
    while " -F /var/log/charon.log" in pair.right.exec(["ps", "-eo", "args"]).stdout:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_refused_name_is_never_sent(pair: StrongswanPair) -> None:
    """A connection name with shell characters does not get past the table."""
    from ipsecbot.collect.commands import CommandRefused

    session = open_session(target(pair.left, "left"))
    with pytest.raises(CommandRefused):
        fire(session, replace(Initiate("net"), connection="net; reboot"), fingerprinter=F)
    session.close()


def test_lines_come_whole_and_clean(pair: StrongswanPair) -> None:
    """What a line follows is cut at line ends, so that no secret passes in two halves."""
    line = Line(open_session(target(pair.right, "right")), F)
    pieces = line._whole_lines(iter(['secrets {\n secret = "half-', 'and-half"\n', "end"]))
    text = "".join(pieces)
    line.close()
    assert "half" not in text
    assert text.endswith("end")
