"""An old complaint of the log does not stand against an IKE SA that exists now."""

from __future__ import annotations

from pathlib import Path

from ipsecbot.explain import explain
from ipsecbot.model.evidence import Conclusion

_COMPLAINT = "*Mar  1 00:10:01.000: %CRYPTO-4-IKMP_NO_PRESHARED_KEY: Pre-shared key for remote peer at 192.0.2.2 is missing\n"
_TYPED = "R1(config)#crypto isakmp key XXX address 192.0.2.2\n"
_TABLE = """\
R1#show crypto isakmp sa
dst             src             state          conn-id status
192.0.2.2       192.0.2.1       {state}       1002 ACTIVE
"""


def test_an_active_ike_sa_overrules_the_missing_key(tmp_path: Path) -> None:
    """The key was typed in, and only the IKE SA's table was shown afterwards: nothing is known of its children."""
    (tmp_path / "one.txt").write_text(_COMPLAINT + _TYPED + _TABLE.format(state="QM_IDLE"))
    assert explain([str(tmp_path / "one.txt")]).conclusion is Conclusion.UNDETERMINED


def test_an_ike_sa_in_the_making_does_not(tmp_path: Path) -> None:
    """MM_NO_STATE fits a missing key."""
    (tmp_path / "one.txt").write_text(_COMPLAINT + _TABLE.format(state="MM_NO_STATE"))
    assert explain([str(tmp_path / "one.txt")]).cause == "psk-missing"


def test_a_key_typed_alone_is_no_whole_configuration(tmp_path: Path) -> None:
    """One line does not show that the router has nothing else for the peer; and the key that was missing is there now."""
    (tmp_path / "one.txt").write_text(_COMPLAINT + _TYPED)
    assert explain([str(tmp_path / "one.txt")]).conclusion is Conclusion.UNDETERMINED
