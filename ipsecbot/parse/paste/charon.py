"""charon's log as people have it, made into the lines that charon wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ipsecbot.parse.paste.signatures import CHARON_LOG, CHARON_SAYS, has_mark
from ipsecbot.parse.phrase import PhraseBook
from ipsecbot.parse.strongswan.phrases_host import UNFRAMED
from ipsecbot.parse.strongswan.sentences import is_sentence, of_caller

_NEAR = 3  # lines over which one message is wrapped at most
_LOOK = 200
_FRAME = "[IKE] "
_SHORTEST = 50  # a shorter line was not wrapped
_ELLIPSIS = re.compile(r"\W*$")  # `[...]`: somebody left lines out
_OTHERS = re.compile(r"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S{1,30}) \S{1,64} [\w./()-]{1,48}(?:\[\d+\])?: ")
_TOOLS = PhraseBook(UNFRAMED)


def framed(lines: Sequence[str]) -> list[str]:
    """`lines` of one log with a group before each bare message (as `ipsec up` prints them), and wrapped messages in one line.

    The number of lines stays: the rest of a wrapped message leaves an empty line. Where the terminal cut a word cannot be
    told from where it cut between two, unless all lines are cut at one width.
    """
    width = _cut_width(lines)
    found = list(lines)
    start: int | None = None
    last = ""
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if has_mark(CHARON_LOG, line):
            start = index
        elif CHARON_SAYS.match(line) or is_sentence(line):
            caller = of_caller(line)
            before, said = caller if caller is not None else ("", line)
            found[index] = f"{before}charon: {said.strip()}" if before else _FRAME + said.strip().strip("`").strip()
            start = index
        elif _ELLIPSIS.match(line) or _TOOLS.find(line) or _OTHERS.match(line):
            start = None  # not the rest of a message: left out, of a tool, or of another program in the same syslog
        elif start is not None and index - start <= _NEAR and len(last) >= _SHORTEST:
            joint = "" if width is not None and len(last) == width else " "
            longer = found[start].rstrip("\n") + joint + (line if not joint else line.strip())
            if _is_whole(found[start], longer):
                start = None  # somebody's words below a sentence that is quoted alone
            else:
                found[start] = longer
                found[index] = ""
        last = line
    return found


def _is_whole(line: str, longer: str) -> bool:
    """Whether a bare message is a sentence from end to end, and none any more with the next line in it."""
    if not line.startswith(_FRAME):
        return False
    return is_sentence(line.removeprefix(_FRAME)) and not is_sentence(longer.removeprefix(_FRAME))


def _cut_width(lines: Sequence[str]) -> int | None:
    """The width at which a terminal cut: the longest lines, several of them, all of one length."""
    longest = max(map(len, lines), default=0)
    return longest if 60 <= longest <= 200 and sum(1 for line in lines if len(line) == longest) >= 2 else None
