"""What people wrote around the text of a device."""

from __future__ import annotations

import re

_FOREIGN = re.compile(r"[^\W\d_a-zA-Z]")
_WORD = re.compile(r"[A-Za-z][a-z']+")
# Words of sentences; debugs and tables use few of them, and never two in a line without a mark of their own.
_GLUE = re.compile(
    r"\b(?:the|a|an|is|are|was|were|I|I'm|we|my|our|you|your|this|that|these|have|has|had|but|with|please|here|below|above|"
    r"it|it's|and|when|where|which|does|doesn't|don't|can|can't|should|would|could|any|some|there|then|so|if|what|why|how|"
    r"thanks|hello|hi|not|to|of|on|in|be)\b"
)


def is_prose(line: str) -> bool:
    """Whether an unmarked line is a sentence rather than the continuation of what a device printed."""
    text = line.strip()
    foreign = len(_FOREIGN.findall(text))
    if foreign >= 4 and foreign * 10 >= len(text):
        return True
    words = _WORD.findall(text)
    return len(words) >= 4 and len(_GLUE.findall(text)) >= 3 and "=" not in text
