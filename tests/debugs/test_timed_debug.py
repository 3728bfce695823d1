"""The timed debug: refused when it is not safe, one peer only, off again whatever happens, and proved."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from debug_routers import PSK, READERS, F, broken_pair, clock, line_on, target

from ipsecbot.collect.line import Line, open_line
from ipsecbot.collect.session import open_session
from ipsecbot.collect.trigger import Ping, fire
from ipsecbot.debugs.arming import switches_for
from ipsecbot.debugs.line import StoppedBy, TimedDebug
from ipsecbot.debugs.timed import Request, run
from ipsecbot.errors import DebugRefused, SessionLost, Unreachable
from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour
from ipsecbot.model.snapshot import OutputKind, RawOutput

REQUEST = Request(peer="192.0.2.2", seconds=15, ike_version=1)


def settled(text: str) -> bool:
    return "deleting SA" in text or "no offers accepted" in text.lower()


def trigger(lab: IosLab, folder: Path, name: str = "r1") -> tuple[RawOutput, ...]:
    """A ping from the protected network of `name`, on a session of its own."""
    session = open_session(target(lab[name], folder))
    try:
        source, destination = ("10.1.0.1", "10.2.0.1") if name == "r1" else ("10.2.0.1", "10.1.0.1")
        return fire(session, Ping(source, destination, count=1), fingerprinter=F)
    finally:
        session.close()


def debug(lab: IosLab, folder: Path, line: Line, request: Request = REQUEST, **changes: object) -> TimedDebug:
    settings: dict[str, object] = {
        "opener": lambda: open_line(target(lab["r1"], folder), F),
        "readers": READERS,
        "settled": settled,
        "clock": clock,
        "trigger": lambda: trigger(lab, folder),
    }
    return run(line, request, **{**settings, **changes})  # type: ignore[arg-type]


def test_a_negotiation_is_watched_and_a_verdict_ends_the_wait(tmp_path: Path) -> None:
    """Condition first, then the debugs; the story told ends the wait long before the time; everything off and proved."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as line:
        started = time.monotonic()
        done = debug(lab, tmp_path, line)
        assert time.monotonic() - started < 12
        assert lab.debugging("r1") == frozenset()
        heard = [entry.line for entry in lab.sent("r1")]
    assert done.stopped_by is StoppedBy.SETTLED
    assert done.armed == ("debug crypto condition peer ipv4 192.0.2.2", "debug crypto isakmp", "debug crypto ipsec")
    assert done.proved_off
    assert done.disarmed_proof is not None
    (text,) = [output.text for output in done.outputs if output.kind is OutputKind.DEBUG]
    assert "ISAKMP" in text
    assert any(output.kind is OutputKind.PING for output in done.outputs)
    assert heard.index("no debug crypto ipsec") < heard.index("no debug crypto condition peer ipv4 192.0.2.2")
    assert not any(line.startswith(("undebug", "clear", "conf")) or line == "no debug all" for line in heard)
    assert PSK not in repr(done)


def test_one_login_arms_and_another_one_monitors(tmp_path: Path) -> None:
    """The VTY that gets debug lines is never the one that arms and disarms."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as line:
        debug(lab, tmp_path, line)
        heard = lab.sent("r1")
    monitors = {entry.vty for entry in heard if entry.line == "terminal monitor"}
    switches = {entry.vty for entry in heard if "debug crypto" in entry.line}
    assert len(monitors) == len(switches) == 1
    assert monitors.isdisjoint(switches)


def test_silence_ends_with_the_time(tmp_path: Path) -> None:
    """Nothing happens: the debug ends after its seconds, off and proved."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as line:
        started = time.monotonic()
        done = debug(lab, tmp_path, line, Request("192.0.2.2", 1, 1), trigger=None)
        assert time.monotonic() - started < 5
        assert lab.debugging("r1") == frozenset()
    assert (done.stopped_by, done.proved_off) == (StoppedBy.TIME, True)


@pytest.mark.parametrize(
    ("misbehaviour", "logging", "reason"),
    [
        (Misbehaviour(cpu=(75, 20, 10)), "logging console warnings", "75 % busy over 5 seconds"),
        (Misbehaviour(cpu=(5, 61, 10)), "logging console warnings", "61 % busy over 1 minute"),
        (Misbehaviour(foreign_debug=True), "logging console warnings", "somebody else's debugging is on"),
        (Misbehaviour(), "logging console debugging", "logging console is at debugging level"),
        (Misbehaviour(reject_crypto=True), "logging console warnings", "refuse"),
    ],
    ids=["5-second CPU", "1-minute CPU", "foreign debugging", "console", "no crypto"],
)
def test_an_unsafe_debug_is_refused_and_nothing_is_switched_on(
    tmp_path: Path, misbehaviour: Misbehaviour, logging: str, reason: str
) -> None:
    """DebugRefused with a plain reason; what was on before is on as before, and nothing else."""
    with broken_pair(misbehaviour, logging) as lab, line_on(lab["r1"], tmp_path) as line:
        before = lab.debugging("r1")
        with pytest.raises(DebugRefused, match=reason):
            debug(lab, tmp_path, line)
        assert lab.debugging("r1") == before
        accepted = [entry.line for entry in lab.sent("r1") if entry.line.startswith("debug ")]
    if not misbehaviour.reject_crypto:
        assert accepted == []


def test_a_load_at_the_limit_is_allowed(tmp_path: Path) -> None:
    """The limit itself is no refusal, and it can be raised."""
    with broken_pair(Misbehaviour(cpu=(60, 60, 60))) as lab, line_on(lab["r1"], tmp_path) as line:
        assert debug(lab, tmp_path, line, Request("192.0.2.2", 1, 1), trigger=None).proved_off
        with pytest.raises(DebugRefused):
            debug(lab, tmp_path, line, Request("192.0.2.2", 1, 1, cpu_limit=59), trigger=None)


def test_a_monitor_that_is_cut_leaves_nothing_on(tmp_path: Path) -> None:
    """The monitoring session is cut in the middle of the debug: what came is kept, debugging is off and proved."""
    with broken_pair(Misbehaviour(cut_at_debug=5)) as lab, line_on(lab["r1"], tmp_path) as line:
        done = debug(lab, tmp_path, line, trigger=lambda: trigger(lab, tmp_path, "r2"))
        assert lab.debugging("r1") == frozenset()
    assert done.stopped_by is StoppedBy.SESSION_LOST
    assert done.proved_off
    (output,) = [output for output in done.outputs if output.kind is OutputKind.DEBUG]
    assert "ISAKMP" in output.text
    assert not output.complete
    assert any("ended early" in note for note in done.notes)


def test_when_the_arming_session_is_lost_a_new_login_disarms(tmp_path: Path) -> None:
    """The line that armed is gone: a new login switches everything off, proves it, and a note says so."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as line:

        def cut() -> tuple[RawOutput, ...]:
            line.close()
            return ()

        done = debug(lab, tmp_path, line, Request("192.0.2.2", 1, 1), trigger=cut)
        assert lab.debugging("r1") == frozenset()
    assert done.proved_off
    assert any("new login" in note for note in done.notes)


def test_what_cannot_be_proved_off_is_said_loudly(tmp_path: Path) -> None:
    """The router is gone in the middle: no exception, no proof, and a note that names what to undo."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as line:
        openings: list[int] = []

        def opener() -> Line:
            openings.append(1)
            if len(openings) > 1:
                raise Unreachable("r1", "nothing listens.")
            return open_line(target(lab["r1"], tmp_path), F)

        def cut() -> tuple[RawOutput, ...]:
            line.close()
            return ()

        done = debug(lab, tmp_path, line, Request("192.0.2.2", 1, 1), trigger=cut, opener=opener)
    assert not done.proved_off
    assert done.disarmed_proof is None
    assert any("NOT PROVED OFF" in note and "debug crypto isakmp" in note for note in done.notes)


def test_an_interrupt_switches_everything_off(tmp_path: Path) -> None:
    """Ctrl-C while watching: the exception goes on, debugging does not."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as line:

        def interrupted(_text: str) -> bool:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            debug(lab, tmp_path, line, settled=interrupted)
        assert lab.debugging("r1") == frozenset()


def test_without_a_second_vty_the_log_buffer_is_read(tmp_path: Path) -> None:
    """No second login: the log buffer tells the story where it holds debugging, else the debug is refused."""

    def full() -> Line:
        raise SessionLost("r1", "the device closed the session.")

    with broken_pair(logging="logging console warnings\nlogging buffered 64000 debugging") as lab:
        with line_on(lab["r1"], tmp_path) as line:
            done = debug(lab, tmp_path, line, opener=full)
            assert lab.debugging("r1") == frozenset()
        (text,) = [output.text for output in done.outputs if output.kind is OutputKind.DEBUG]
        assert "ISAKMP" in text
        assert done.stopped_by is StoppedBy.SETTLED
    no_buffer = "logging console warnings\nlogging buffered 64000 warnings"
    with broken_pair(logging=no_buffer) as lab, line_on(lab["r1"], tmp_path) as line:
        with pytest.raises(DebugRefused, match="no second login"):
            debug(lab, tmp_path, line, opener=full)
        assert lab.debugging("r1") == frozenset()


def test_both_ends_are_debugged_at_once(tmp_path: Path) -> None:
    """Two debugs in two threads, triggered when both are armed: both see their side, both are off."""
    with broken_pair() as lab, line_on(lab["r1"], tmp_path) as left, line_on(lab["r2"], tmp_path) as right:
        ready = threading.Barrier(2, timeout=20)
        done: dict[str, TimedDebug] = {}

        def one(name: str, line: Line, peer: str) -> None:
            def together() -> tuple[RawOutput, ...]:
                ready.wait()
                return trigger(lab, tmp_path) if name == "r1" else ()

            request = Request(peer, 15, 1)
            opener = lambda: open_line(target(lab[name], tmp_path), F)  # noqa: E731
            done[name] = debug(lab, tmp_path, line, request, trigger=together, opener=opener)

        threads = [
            threading.Thread(target=one, args=("r1", left, "192.0.2.2")),
            threading.Thread(target=one, args=("r2", right, "192.0.2.1")),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
        assert {name: lab.debugging(name) for name in lab.names} == {"r1": frozenset(), "r2": frozenset()}
    for name in ("r1", "r2"):
        (text,) = [output.text for output in done[name].outputs if output.kind is OutputKind.DEBUG]
        assert "ISAKMP" in text, name
        assert done[name].proved_off


def test_what_is_switched_on_for_each_version() -> None:
    """The condition stands first and knows its family; an unknown version watches both."""
    assert [switch.name for switch in switches_for("192.0.2.2", 1)] == ["condition-ipv4", "debug-isakmp", "debug-ipsec"]
    assert [switch.name for switch in switches_for("2001:db8::2", 2)] == ["condition-ipv6", "debug-ikev2", "debug-ipsec"]
    names = [switch.name for switch in switches_for("192.0.2.2", None, kmi=True)]
    assert names == ["condition-ipv4", "debug-isakmp", "debug-ikev2", "debug-ipsec", "debug-kmi"]
