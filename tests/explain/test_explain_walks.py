"""A walk over proposals is judged by its last word: one transform refused says little, and nothing once another is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipsecbot.explain import explain
from ipsecbot.model.evidence import Conclusion

_IOS_REFUSED = """\
*Mar  1 00:10:12.000: ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
*Mar  1 00:10:12.000: ISAKMP:      encryption DES-CBC
*Mar  1 00:10:12.000: ISAKMP:(0):Encryption algorithm offered does not match policy!
*Mar  1 00:10:12.000: ISAKMP:(0):atts are not acceptable. Next payload is 3
"""
_IOS_CHOSEN = """\
*Mar  1 00:10:12.000: ISAKMP:(0):Checking ISAKMP transform 2 against priority 10 policy
*Mar  1 00:10:12.000: ISAKMP:      encryption AES-CBC
*Mar  1 00:10:12.000: ISAKMP:(0):atts are acceptable. Next payload is 0
"""
_IOS_NONE = "*Mar  1 00:10:12.000: ISAKMP:(0):no offers accepted!\n"
_CHARON_CHOSEN = """\
06[CFG] selecting proposal:
06[CFG]   no acceptable ENCRYPTION_ALGORITHM found
06[CFG] selecting proposal:
06[CFG]   proposal matches
06[CFG] selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
"""


@pytest.mark.parametrize("text", [_IOS_REFUSED + _IOS_CHOSEN, _CHARON_CHOSEN], ids=["ios", "charon"])
def test_a_refused_transform_is_no_fault_once_another_is_chosen(text: str, tmp_path: Path) -> None:
    """The text ends with the choice, so that nothing after it proves that both ends went on."""
    (tmp_path / "one.txt").write_text(text)
    assert explain([str(tmp_path / "one.txt")]).conclusion is Conclusion.UNDETERMINED


def test_a_refusal_after_the_choice_counts(tmp_path: Path) -> None:
    """A second walk in the same text that ends with the router's last word is a fault, whatever was chosen before it."""
    (tmp_path / "one.txt").write_text(_IOS_CHOSEN + _IOS_REFUSED + _IOS_NONE)
    assert explain([str(tmp_path / "one.txt")]).cause == "ike-proposal-mismatch"


def test_a_walk_without_its_last_word_is_not_sure(tmp_path: Path) -> None:
    """`Next payload is 3` announces another transform: one refusal alone stays below 0.8, the last word lifts it."""
    (tmp_path / "cut.txt").write_text(_IOS_REFUSED)
    (tmp_path / "whole.txt").write_text(_IOS_REFUSED + _IOS_NONE)
    cut, whole = explain([str(tmp_path / "cut.txt")]), explain([str(tmp_path / "whole.txt")])
    assert (cut.cause, whole.cause) == ("ike-proposal-mismatch", "ike-proposal-mismatch")
    assert cut.confidence < 0.7 < 0.8 <= whole.confidence
