"""Whether a bare line is one of charon's sentences.

`ipsec up`, apps, ticket systems and people leave the frame (time stamp, thread, group) away. A line that is, from end to end,
a sentence of the phrase tables is charon's all the same, when enough of the sentence stands for itself.
"""

from __future__ import annotations

import re

from ipsecbot.model.exchange import EventKind
from ipsecbot.parse.phrase import PhraseBook
from ipsecbot.parse.strongswan.phrases_exchange import CHOICE, LIFE, WIRE
from ipsecbot.parse.strongswan.phrases_host import HARMLESS, HOST, UNFRAMED
from ipsecbot.parse.strongswan.phrases_identity import CERTIFICATES, IDENTITY, USERS

_CHOICE = re.compile(r"\{([^{}?/]+)(?:/[^{}]*)\}")
_PLACE = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
_CALLER = re.compile(r"(?P<before>[^\n]{0,80}?)\b(?:NetworkManager|nm-[\w-]{1,40})\[\d{1,10}\]: (?P<said>\S.*)")
_ENOUGH = 14  # letters that never vary: fewer may be anybody's words
_LONGEST = 400

# What swanctl says of a daemon it cannot reach is about the host, and stays as it is.
_TOOLS = tuple(phrase for phrase in UNFRAMED if phrase.kind is not EventKind.DAEMON_STOPPED)


def _is_telling(sentence: str) -> bool:
    fixed = _PLACE.sub("", _CHOICE.sub(r"\1", sentence))
    return fixed[:1].isalpha() and sum(map(str.isalpha, fixed)) >= _ENOUGH


_BOOK = PhraseBook(
    tuple(
        phrase
        for phrase in (*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST, *_TOOLS, *HARMLESS)
        if _is_telling(phrase.sentence)
    )
)


def of_caller(line: str) -> tuple[str, str] | None:
    """What NetworkManager's plugins log of the tools they run: what stands before their name, and what the tool said."""
    match = _CALLER.match(line)
    return (match["before"], match["said"]) if match is not None else None


def is_sentence(line: str) -> bool:
    """Whether `line`, without what Markdown puts around code, is a sentence of charon of which enough never varies.

    The line may stand behind the name of a program that runs `ipsec up` and logs what it says.
    """
    caller = of_caller(line)
    bare = (caller[1] if caller is not None else line).strip().strip("`").strip()
    return bool(bare) and len(bare) <= _LONGEST and _BOOK.find(bare) is not None
