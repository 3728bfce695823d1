"""Lines looked up by their parts, against the regular expressions that read a line of any kind."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.apparatus.debugtext import charon_log, ios_debug
from ipsecbot.parse.ios.log.plain_lines import PlainLines
from ipsecbot.parse.strongswan.log_lines import PlainLines as CharonLines

YEAR = 2024
MARKS = (
    " ",
    ".",
    ":",
    ": ",
    "(",
    ")",
    "):",
    "[",
    "]",
    "<",
    "> ",
    "%",
    "*",
    "\t",
    "\r",
    "\x0b",
    "0",
    "12",
    "٣",
    "ISAKMP:(3):",
    "UTC",
)
IOS_LINES = (
    "*Mar  1 00:21:17.007: IPSEC(sa_request): ,",
    "*Mar  1 00:21:17.007: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON",
    "*Mar  1 00:21:17.007 UTC: ISAKMP:(0): processing SA payload",
    ".Mar  1 00:21:17: ISAKMP (0:1013): received packet from 192.0.2.1 dport 500 sport 500 Global (R) MM_NO_STATE",
    "000123: *Mar  1 2002 00:21:17.007: IKEv2:(SESSION ID = 5,SA ID = 1):Sending Packet",
    "*Mar  1 00:21:17.: ISAKMP:(0): beginning Main Mode exchange",
    "*Mar  1 00:21:17.007: ISAKMP:(0)::: beginning Main Mode exchange",
    "*Mar 41 00:21:17.007: ISAKMP:(0): beginning Main Mode exchange",
    "*Mar  1 00:21:17.0070007: ISAKMP:(0): beginning Main Mode exchange",
    "  ISAKMP:(0): beginning Main Mode exchange",
)
CHARON_LINES = (
    "Jun  1 00:21:17 gw charon[17]: 12[IKE] <a|1> sending DPD request",
    "Jun  1 00:21:17 gw charon: 12[IKE1] [a|1] sending DPD request `",
    "Jun  1 00:21:17 gw charon: 12345[IKE] <1> sending DPD request",
    "Jun  1 00:21:17 gw charon: 12[XYZ] <1> sending DPD request",
    "2024-06-06T18:26:36 05[IKE] <conn|1> a> b> c\r",
    "05[IKE] sending to <b|2> nothing",
)


def damaged(lines: list[str], chance: random.Random) -> Iterator[str]:
    """Each line as it is, and with one to three marks written into or over it."""
    for line in lines:
        yield line
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(min(len(line), 60))
            line = line[:at] + chance.choice(MARKS) + line[at + chance.randrange(2) :]
        yield line


def test_what_is_known_of_ios_lines_changes_nothing() -> None:
    """A reader that has seen the same seconds and sentences before says of each line what one that has seen nothing says."""
    chance = random.Random(1)
    lines = [*IOS_LINES * 3, *ios_debug(20_000, 1).splitlines()]
    known = PlainLines(YEAR)
    for number, line in enumerate((*lines, *damaged(lines, chance), *damaged(lines, chance)), 1):
        assert known.read(number, line) == PlainLines(YEAR).read(number, line), line


def test_what_is_known_of_charon_lines_changes_nothing() -> None:
    """The same for charon's frame."""
    chance = random.Random(2)
    lines = [*CHARON_LINES * 3, *charon_log(20_000, 1).splitlines()]
    known = CharonLines(YEAR)
    for number, line in enumerate((*lines, *damaged(lines, chance), *damaged(lines, chance)), 1):
        assert known.read(number, line) == CharonLines(YEAR).read(number, line), line
