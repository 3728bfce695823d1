"""The door: text of a device comes in, the same text without secrets goes out.

Every secret becomes one token (fingerprint.py); the number of lines and everything else on each line stay as they were, so
that later stages can quote lines. What the places of secrets are stands in redaction_rules.py.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ipsecbot.collect.fingerprint import UNKNOWN, Fingerprinter
from ipsecbot.collect.redaction_rules import (
    BLOCKS,
    MASKED,
    OPEN_QUOTE,
    PREFIX,
    QUOTE_MIDDLE,
    QUOTE_TAIL,
    RULES,
    Form,
    Rule,
    may_hold_secret,
)
from ipsecbot.model.device import Platform

_LONG = 2000  # characters; few lines of a device are longer
_REACH = 120  # characters behind an announcing word in which its secret may begin
_BLANK = re.compile(r"\s")


def redact(text: str, platform: Platform | None, fingerprinter: Fingerprinter, known: Iterable[str] = ()) -> str:
    """`text` with each secret replaced by its token. `platform` None (pasted text): the rules of every platform.

    `known` are secrets that the caller holds (the login password): they become tokens wherever they stand by themselves.
    """
    rules = tuple(rule for rule in RULES if platform in (None, rule.platform))
    literal = _literal(known)
    section, block, quoted_until = "", -1, -1
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number <= quoted_until:
            lines[number] = line = _sub(QUOTE_TAIL if number == quoted_until else QUOTE_MIDDLE, line, _unknown)
        elif '"' in line and OPEN_QUOTE.search(line[-_LONG:]):
            quoted_until = _closing_line(lines, number)
        if block >= 0 and BLOCKS[block][2].search(line):
            block = -1
        if block >= 0:
            lines[number] = _sub(BLOCKS[block][3], line, _unknown)
            continue
        block = _block_of(line[:_LONG])
        if line[:1] not in (" ", "\t", "", "\r"):
            section = line
        lines[number] = _clean(line, rules, section, fingerprinter)
        if literal is not None:
            lines[number] = literal.sub(lambda match: fingerprinter.token(match.group().encode()), lines[number])
    return "\n".join(lines)


def _block_of(line: str) -> int:
    """Which text of several lines a line opens; -1: none."""
    for index, (word, opens, _, _) in enumerate(BLOCKS):
        if word in line and opens.search(line):
            return index
    return -1


def _closing_line(lines: list[str], opened: int) -> int:
    """The line in which a quoted secret ends that began in line `opened`; -1 when the text was cut off there."""
    ahead = range(opened + 1, min(opened + 6, len(lines)))
    return next((number for number in ahead if '"' in lines[number]), -1)


def _unknown(_match: re.Match[str]) -> str:
    return UNKNOWN


def _literal(known: Iterable[str]) -> re.Pattern[str] | None:
    # a short or common word ("cisco") must not be torn out of every line that happens to hold it
    words = sorted({word for word in known if len(word) >= 6}, key=len, reverse=True)
    if not words:
        return None
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])")


def _windows(line: str) -> Iterator[str]:
    """A line that no device prints, in parts: several expressions take quadratic time on it.

    A part ends at a blank with no word before it that may announce a secret, as far as there is such a place.
    """
    start = 0
    while len(line) - start > _LONG:
        end = start + _LONG
        blanks = [m.end() for m in _BLANK.finditer(line, end - _LONG // 2, end)]
        good = (at for at in reversed(blanks) if not may_hold_secret(line[max(start, at - _REACH) : at]))
        cut = next(good, blanks[-1] if blanks else end)
        yield line[start:cut]
        start = cut
    yield line[start:]


def _clean(line: str, rules: tuple[Rule, ...], section: str, fingerprinter: Fingerprinter) -> str:
    if not may_hold_secret(line):
        return line
    if len(line) > _LONG:
        return "".join(_clean(part, rules, section, fingerprinter) for part in _windows(line))
    lead = PREFIX.match(line)
    start = lead.end() if lead else 0
    head, body = line[:start], line[start:]
    for rule in rules:
        if rule.section is not None and section.startswith(rule.section.removeprefix("!")):
            continue
        body = _sub(rule.expression, body, partial(_token, form=rule.form, fingerprinter=fingerprinter))
    return head + body


def _sub(expression: re.Pattern[str], line: str, replacement: Callable[[re.Match[str]], str]) -> str:
    """`line` with the group `secret` of each match replaced by what `replacement` makes of the match."""
    pieces, at = [], 0
    for match in expression.finditer(line):
        first, last = match.span("secret")
        pieces += [line[at:first], replacement(match)]
        at = last
    return "".join((*pieces, line[at:]))


def _token(match: re.Match[str], form: Form, fingerprinter: Fingerprinter) -> str:
    kind = match.groupdict().get("type")
    opening = match.string[: match.start("secret")][-1:]
    if form in (Form.QUOTED, Form.STRONGSWAN) and opening in ("'", '"') and not match.group().endswith(opening):
        return UNKNOWN  # goes on in the next line, or was cut off: no whole secret to compare
    secret = _bytes_of(match.group("secret"), form, kind)
    return UNKNOWN if secret is None else fingerprinter.token(secret)


def _bytes_of(text: str, form: Form, kind: str | None) -> bytes | None:
    """The secret as the daemon uses it, or None when it cannot be known."""
    if form is Form.UNCOMPARABLE or MASKED.fullmatch(text):
        return None
    if form is Form.IOS:
        return _of_ios_type(text, kind)
    if form is Form.IOS_HEX:
        return bytes.fromhex(text) if len(text) % 2 == 0 else None
    if form is Form.QUOTED:
        text = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1]), text)
    return _of_strongswan(text)


def _of_ios_type(text: str, kind: str | None) -> bytes | None:
    if kind in (None, "0"):
        return text.encode()
    if kind != "7":
        return None
    try:
        return _of_type7(text)
    except ValueError:
        return None


# netutils.password has this too, but importing it loads `crypt`, which warns on 3.11 and is gone from 3.13
_TYPE7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def _of_type7(text: str) -> bytes:
    """IOS type 7: two decimal digits of salt, then each byte in hexadecimal, XORed with Cisco's fixed string."""
    salt, scrambled = int(text[:2]), bytes.fromhex(text[2:])
    return bytes(byte ^ _TYPE7_KEY[(salt + index) % len(_TYPE7_KEY)] for index, byte in enumerate(scrambled))


def _of_strongswan(text: str) -> bytes | None:
    try:
        if text[:2].lower() == "0x":
            digits = text[2:].replace(":", "").replace("_", "")
            return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")
        if text[:2].lower() == "0s":
            return base64.b64decode(text[2:] + "=" * (-len(text[2:]) % 4))
    except (ValueError, binascii.Error):
        return None
    return text.encode()
