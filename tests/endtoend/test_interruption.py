"""Ctrl-C, SIGTERM and a closed terminal in the middle of an armed debug: it goes off, one line says so, the code tells why."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from broken_pair import BRANCH, HQ, NEVER, TUNNEL, Desk, configs, routers

from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour

QUIET_PAIR = configs(groups=(14, 14))  # nothing asks for the tunnel, so a debug runs its whole time


@contextmanager
def diagnosing(desk: Desk, lab: IosLab, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "ipsecbot", "diagnose", *arguments, TUNNEL],
        cwd=desk.folder,
        env=desk.environment(lab),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def armed(lab: IosLab) -> bool:
    return all({"isakmp", "ipsec"} <= lab.debugging(name) for name in lab.names)


def assert_off(lab: IosLab) -> None:
    assert {name: lab.debugging(name) for name in lab.names} == {HQ: frozenset(), BRANCH: frozenset()}


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=lambda value: str(int(value))
)
def test_a_signal_under_an_armed_debug(desk: Desk, number: signal.Signals, status: int) -> None:
    """Both routers are disarmed long before the debug's time is over; the line names each and says that it is proved."""
    with routers(QUIET_PAIR) as lab:
        desk.write(lab)
        with diagnosing(desk, lab, "--json", "--debug", "60") as process:
            wait_until(lambda: armed(lab))
            process.send_signal(number)
            stdout, stderr = process.communicate(timeout=30)
        assert_off(lab)
    assert (process.returncode, stdout) == (status, "")
    (line,) = [line for line in stderr.splitlines() if line.startswith("ipsecbot: ")]
    assert line.startswith("ipsecbot: interrupted; ")
    for name in (HQ, BRANCH):
        assert f"{name}: debug for peer" in line
    assert line.count("was interrupted") == line.count("show debugging proves it off again") == 2
    assert not any(word in stderr for word in NEVER), stderr


def test_impatience_does_not_leave_a_debug_on(desk: Desk) -> None:
    """A second and a third Ctrl-C while a slow router is being disarmed change nothing but are answered."""
    with routers(QUIET_PAIR, **{HQ: Misbehaviour(slow=0.15)}) as lab:
        desk.write(lab)
        with diagnosing(desk, lab, "-q", "--debug", "60") as process:
            wait_until(lambda: armed(lab))
            process.send_signal(signal.SIGINT)
            wait_until(lambda: "ipsec" not in lab.debugging(HQ))
            for number in (signal.SIGINT, signal.SIGTERM):
                process.send_signal(number)
            _, stderr = process.communicate(timeout=30)
        assert_off(lab)
    assert process.returncode == 130
    assert "what was switched on is being switched off first" in stderr


def test_nobody_reads_the_progress(desk: Desk) -> None:
    """`2>&1 | head -1`: the pipe of stderr is closed while the debug is on; it goes off all the same."""
    with routers(QUIET_PAIR) as lab:
        desk.write(lab)
        with diagnosing(desk, lab, "--json", "--debug", "2") as process:
            assert process.stderr is not None
            assert "logging in" in process.stderr.readline()
            process.stderr.close()
            wait_until(lambda: armed(lab))
            assert process.stdout is not None
            process.stdout.read()
            process.wait(30)
        assert_off(lab)
    assert process.returncode in (0, 1, 3)


def test_a_signal_while_a_router_hangs(desk: Desk) -> None:
    """Nothing is switched on yet, so nobody waits for a login that does not get on."""
    with routers(QUIET_PAIR, **{HQ: Misbehaviour(hang_after_login=True)}) as lab:
        desk.write(lab, timeout=60)
        with diagnosing(desk, lab, "--debug", "60") as process:
            wait_until(lambda: lab.users(HQ) == 1 and lab.users(BRANCH) == 1)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=30)
            assert time.monotonic() - begun < 10
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == "ipsecbot: interrupted; nothing had been switched on"
