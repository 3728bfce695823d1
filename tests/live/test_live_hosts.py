"""The whole program against hosts of every habit: other control programs, other logs, other accounts, no answer at all."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from swan_confs import OTHER_SECRET, End
from swan_diagnosis import run_diagnosis
from swan_pairs import NAMED, V2

from ipsecbot.lab.strongswan.hostconfig import HostConfig, HostTraits, Tools, strongswan_conf
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.requirements import requirements

MISSING = requirements()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(MISSING), reason=f"left out: the strongSwan laboratory ({'; '.join(MISSING)})"),
]

WEAK = replace(V2, ike="aes128-sha256-modp2048")
SUDO = HostTraits(username="netops", sudo=True)


def logging(end: End, *, file: str | None = None, syslog: bool = False) -> HostConfig:
    return replace(end.swanctl(), strongswan_conf=strongswan_conf(log_file=file, syslog=syslog))


def assert_found(pair: StrongswanPair, cause: str, attribute: str | None = None, *options: str) -> None:
    answer = run_diagnosis(pair, *options)
    told = answer.diagnosis.get("headline"), answer.stderr
    assert (answer.diagnosis.get("cause"), answer.diagnosis.get("attribute")) == (cause, attribute), told
    assert answer.exit_code == 1


def test_one_end_has_only_stroke_and_the_other_only_swanctl() -> None:
    """Neither end is asked for a program that it lacks without getting over it."""
    traits = {"left_traits": HostTraits(tools=Tools.STROKE), "right_traits": HostTraits(tools=Tools.SWANCTL)}
    with StrongswanPair(WEAK.stroke(), V2.mirrored().swanctl(), **traits) as pair:
        pair.initiate("left", "net")
        assert_found(pair, "ike-proposal-mismatch", "encryption")


def test_the_log_is_where_strongswan_conf_says() -> None:
    """The responder's reason stands in a filelog of another name; the initiator has it in its syslog."""
    configs = logging(NAMED.with_child(esp="aes192-sha256")), logging(NAMED.mirrored(), file="/var/log/vpn-debug.txt")
    with StrongswanPair(*configs, left_traits=HostTraits(syslog=True)) as pair:
        pair.reconfigure(replace(configs[0], strongswan_conf=strongswan_conf(log_file=None, syslog=True)), configs[1])
        pair.initiate("left", "data")
        answer = run_diagnosis(pair)
        assert answer.diagnosis["cause"] == "esp-proposal-mismatch", answer.stderr
        outputs = {evidence["source"] for evidence in answer.best["evidence"]}
        assert any("/var/log/vpn-debug.txt" in source for source in outputs), outputs
        assert {exchange["device"] for exchange in answer.diagnosis["exchanges"]} == {"left", "right"}


def test_without_any_log_the_configurations_tell() -> None:
    """Both hosts log nowhere: what they want still differs, and the missing log is named."""
    with StrongswanPair(logging(WEAK), logging(V2.mirrored())) as pair:
        pair.initiate("left", "net")
        assert_found(pair, "ike-proposal-mismatch", "encryption")


def test_keys_are_compared_by_fingerprint_alone() -> None:
    """No log anywhere: two keys that differ are found to differ, and neither is printed."""
    with StrongswanPair(logging(V2.with_secret(OTHER_SECRET)), logging(V2.mirrored())) as pair:
        pair.initiate("left", "net")
        assert_found(pair, "psk-mismatch")


def test_the_program_triggers_the_negotiation_itself() -> None:
    """`--trigger`: nothing has been negotiated before, the program starts it and reads what comes of it."""
    with StrongswanPair(V2.swanctl(), V2.mirrored().with_child(esp="aes256-sha512").swanctl()) as pair:
        assert "initiating" not in pair.left.log_text()
        assert_found(pair, "esp-proposal-mismatch", "integrity", "--trigger")
        assert "initiating" in pair.left.log_text() + pair.right.log_text()


def test_the_program_triggers_through_stroke() -> None:
    """`--trigger` with `ipsec up` where that is the only way."""
    traits = {"left_traits": HostTraits(tools=Tools.STROKE), "right_traits": HostTraits(tools=Tools.STROKE)}
    with StrongswanPair(WEAK.stroke(), V2.mirrored().stroke(), **traits) as pair:
        assert_found(pair, "ike-proposal-mismatch", "encryption", "--trigger")


def test_a_working_tunnel_is_left_alone() -> None:
    """`--trigger` on a healthy pair: the SA that was up is the SA that is up."""
    with StrongswanPair(V2.swanctl(), V2.mirrored().swanctl()) as pair:
        pair.initiate("left", "net")
        before = pair.left.exec(["swanctl", "--list-sas", "--raw"]).stdout.count("initiator-spi")
        answer = run_diagnosis(pair, "--trigger")
        assert (answer.exit_code, answer.diagnosis["cause"]) == (0, "healthy"), answer.stderr
        assert pair.left.exec(["swanctl", "--list-sas", "--raw"]).stdout.count("initiator-spi") == before == 1
        assert pair.ping()


@pytest.mark.skipif(shutil.which("sudo") is None, reason="left out: a user with sudo -n (sudo is not installed)")
def test_an_ordinary_user_with_sudo_sees_everything() -> None:
    """A login that is not root uses `sudo -n`, at both ends."""
    with StrongswanPair(WEAK.swanctl(), V2.mirrored().swanctl(), left_traits=SUDO, right_traits=SUDO) as pair:
        pair.initiate("left", "net")
        assert_found(pair, "ike-proposal-mismatch", "encryption")


def test_an_end_that_refuses_sudo_does_not_stop_the_other() -> None:
    """The left login has no rights: the right end, which knows the reason, is still heard, and what is missing is said."""
    plain = HostTraits(username="netops")
    with StrongswanPair(WEAK.swanctl(), V2.mirrored().swanctl(), left_traits=plain) as pair:
        pair.initiate("left", "net")
        answer = run_diagnosis(pair)
        assert answer.exit_code in (1, 3), answer.stderr
        causes = {finding["cause"] for finding in answer.diagnosis["findings"]}
        assert "ike-proposal-mismatch" in causes
        said = [str(item) for key in ("missing", "gaps") for item in answer.diagnosis[key]]
        assert any("left" in text for text in said), answer.diagnosis


def test_an_end_without_ssh_does_not_stop_the_other() -> None:
    """Nobody answers on the left management address: the right end is still diagnosed."""
    with StrongswanPair(WEAK.swanctl(), V2.mirrored().swanctl()) as pair:
        pair.initiate("left", "net")
        pair.left.require(["pkill", "-x", "sshd"])
        answer = run_diagnosis(pair)
        assert answer.exit_code in (1, 3), answer.stderr
        assert "ike-proposal-mismatch" in {finding["cause"] for finding in answer.diagnosis["findings"]}
        assert any(item["device"] == "left" for item in answer.diagnosis["missing"]), answer.diagnosis["missing"]


def test_two_ends_without_ssh_are_exit_code_four() -> None:
    """Nobody can be asked: one sentence per device on stderr, exit code 4."""
    with StrongswanPair(V2.swanctl(), V2.mirrored().swanctl()) as pair:
        for host in (pair.left, pair.right):
            host.require(["pkill", "-x", "sshd"])
        answer = run_diagnosis(pair)
        assert answer.exit_code == 4
        assert "left" in answer.stderr
        assert "right" in answer.stderr
