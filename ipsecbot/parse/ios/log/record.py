"""One message of a router, and how a message is introduced."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from ipsecbot.model.evidence import Source
from ipsecbot.parse.draft import source_at


class Record(NamedTuple):
    """`tag` is what introduces the message (ISAKMP, IPSEC, IKEv2, a %MNEMONIC, or empty), `context` the text in the brackets
    behind it, `body` the message on one line, `number` and `text` the first physical line it came from, `more` the other ones
    (number, text). `second` and `fraction` make up its time; most records are never asked for it."""

    tag: str
    context: str | None
    body: str
    number: int
    text: str
    second: datetime | None
    fraction: timedelta | None = None
    more: tuple[tuple[int, str], ...] = ()

    @property
    def at(self) -> datetime | None:
        return self.second if self.fraction is None or self.second is None else self.second + self.fraction

    def source(self, device: str, output: str) -> Source:
        return source_at(device, output, self.number, self.more[-1][0] if self.more else self.number, self.text)

    def source_of(self, needle: str, device: str, output: str) -> Source:
        """The one line that holds `needle`, when it is in one line; else the whole record."""
        for number, text in ((self.number, self.text), *self.more):
            if needle in text:
                return source_at(device, output, number, number, text)
        return self.source(device, output)


TAGS = r"""
    (?P<tag>ISAKMP(?:-[A-Z]+)?(?=\s?[:(])|I?KEv2(?:-[A-Z]+(?:-\d)?)?(?=:)|IPSEC(?=\(|:\()|CRYPTO_PKI
      |\[IKEv[12]\w*(?:\ (?:DEBUG|DECODE))?\])
      \s?:?\s?
      (?P<context>\((?=SESSION|SA|[\d:A-Z/]+\))[^()]*\))?
      \s?:{0,2}\s?
    | (?P<syslog>%?[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)?-[0-7]-[A-Z0-9_]+)\s?:\s*
    | (?P<trace>SA\ ID:\d+\ SESSION\ ID:\d+)\s+
    """
TAG = re.compile(TAGS, re.VERBOSE)
MAX_BODY = 4000
