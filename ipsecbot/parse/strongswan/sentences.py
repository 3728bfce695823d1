"""Whether a bare line is one of charon's sentences.

`ipsec up`, apps, ticket systems and people leave the frame (time stamp, thread, group) away. A line that is, from end to end,
a sentence of the phrase tables is charon's all the same, when enough of the sentence stands for itself.
"""

from __future__ import annotations

import re

from ipsecbot.parse.phrase import PhraseBook
from ipsecbot.parse.strongswan.phrases_exchange import CHOICE, LIFE, WIRE
from ipsecbot.parse.strongswan.phrases_host import HARMLESS, HOST
from ipsecbot.parse.strongswan.phrases_identity import CERTIFICATES, IDENTITY, USERS

_CHOICE = re.compile(r"\{([^{}?/]+)(?:/[^{}]*)\}")
_PLACE = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
_ENOUGH = 14  # letters that never vary: fewer may be anybody's words
_LONGEST = 400


def _is_telling(sentence: str) -> bool:
    fixed = _PLACE.sub("", _CHOICE.sub(r"\1", sentence))
    return fixed[:1].isalpha() and sum(map(str.isalpha, fixed)) >= _ENOUGH


_BOOK = PhraseBook(
    tuple(
        phrase
        for phrase in (*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST, *HARMLESS)
        if _is_telling(phrase.sentence)
    )
)


def is_sentence(line: str) -> bool:
    """Whether `line`, without what Markdown puts around code, is a sentence of charon of which enough never varies."""
    bare = line.strip().strip("`").strip()
    return bool(bare) and len(bare) <= _LONGEST and _BOOK.find(bare) is not None
