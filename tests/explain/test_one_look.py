"""The looks that pass most lines of a long text: what they pass, the tables would have passed too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.collect.redaction_rules import RULES, may_hold_secret
from ipsecbot.parse.paste.signatures import CHARON_LOG, IOS_LOG, PLUTO_LOG, SIGNATURES, has_mark, may_be_marked

CASES = Path(__file__).parents[1] / "cases"
LINES = tuple(
    dict.fromkeys(
        line
        for file in sorted(CASES.rglob("*"))[::3]
        if file.is_file() and file.suffix != ".yaml"
        for line in file.read_text(errors="replace").split("\n")
    )
)


def test_a_line_with_a_signature_passes_the_look_at_all_of_them() -> None:
    """With its blanks, with others in front, and cut in its middle."""
    tried = [line for one in LINES for line in (one, f" \t{one}", one[len(one) // 2 :])]
    marked = [line for line in tried if any(signature.pattern.match(line) for signature in SIGNATURES)]
    assert len(marked) > 100
    assert [line for line in marked if not may_be_marked(line)] == []


def test_a_line_that_holds_a_secret_passes_the_look_for_words() -> None:
    """What any rule takes a secret from holds one of the words."""
    found = [line for line in LINES if any(rule.expression.search(line) for rule in RULES)]
    assert found
    assert [line for line in found if not may_hold_secret(line)] == []
    assert "Zwetschge" not in redact(": PIN %smartcard:50 Zwetschge\n: EAP Zwetschge", None, KeyedFingerprinter(b"k" * 32))


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (IOS_LOG, "ISAKMP:(1001):SA has been authenticated"),
        (IOS_LOG, "%CRYPTO-4-IKMP_NO_SA: IKE message from 192.0.2.1 has no SA"),
        (CHARON_LOG, "05[IKE] initiating IKE_SA a[1] to 192.0.2.1"),
        (CHARON_LOG, "charon: 05[IKE] x"),
        (PLUTO_LOG, '"a" #1: initiating Main Mode'),
        (PLUTO_LOG, "packet from 192.0.2.1:500: x"),
    ],
)
def test_a_mark_counts_at_the_beginning_of_a_line_and_behind_a_blank(pattern: re.Pattern[str], line: str) -> None:
    """And not far behind the beginning."""
    assert has_mark(pattern, line)
    assert has_mark(pattern, f"Jun  3 10:00:00 gw {line}")
    assert not has_mark(pattern, " ".join(("word",) * 60) + f" {line}")
