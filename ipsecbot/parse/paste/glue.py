"""Several log lines in one: where each of them begins."""

from __future__ import annotations

import re
from itertools import pairwise

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?"
_IOS_STAMP = (
    rf"(?:(?<!\d)\d{{1,9}}: ?)?(?:[*.]?{_MONTH}\s{{1,2}}\d{{1,2}}\s(?:\d{{4}}\s)?{_CLOCK}"
    r"(?: [AP]M)?(?: [A-Z]{1,5})?:? ?:?\s{0,3}|"
    rf"[*.]?(?<!\d){_CLOCK}: |(?<!\w)\d{{1,3}}w\d{{1,2}}d: |(?<!\w)\d{{1,3}}d\d\dh: )"
)
_IOS_TAG = (
    r"(?:ISAKMP(?:-[A-Z]+)?\s?:?\s?\((?=[\d:A-Z/]+\))|ISAKMP(?:-[A-Z]+)?:(?!:)|IPSEC\((?=\w+\))|IKEv2(?:-[A-Z]+)*:(?=\S|\s)|"
    r"CRYPTO_PKI: |%[A-Z][A-Z0-9_]{1,20}-\d-[A-Z0-9_]{3,40}: )"
)
_GROUPS = "DMN|MGR|IKE|CHD|JOB|CFG|KNL|NET|ASN|ENC|TNC|IMC|IMV|PTS|TLS|APP|ESP|LIB"
_HOST_STAMP = (
    rf"(?:(?:{_MONTH}\s{{1,2}}\d{{1,2}}\s{_CLOCK}|\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{{0,7}}(?:Z|[+-]\d\d:?\d\d)?)\s"
    r"(?:[\w.-]{1,60}\s)?(?:(?:charon|pluto|ipsec|strongswan)[\w-]{0,10}(?:\[\d{1,7}\])?:\s)?|charon(?:\[\d{1,7}\])?: )"
)
_HOST_TAG = rf"(?:(?<![\d<|])\d\d\[(?:{_GROUPS})\d?\] |(?<=\s)\[(?:{_GROUPS})\] (?=[a-zA-Z]))"
_PLUTO_TAG = r'(?:(?<!\w)\d{3} )?"[\w./%-]{1,80}"(?:\[\d{1,6}\] [0-9a-fA-F.:]{3,45})? #\d{1,9}: '

# Each begins a line of its own; the first of a line stays where it is, whatever stands before it.
_STARTS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:{_IOS_STAMP})?{_IOS_TAG}"),
    re.compile(rf"(?:{_HOST_STAMP})?{_HOST_TAG}"),
    re.compile(rf"(?:{_HOST_STAMP})?{_PLUTO_TAG}"),
)
_MARK = re.compile(r'ISAKMP|IPSEC\(|IKEv2|: %|\[(?:IKE|ENC|NET|CFG)\]|CRYPTO_PKI|" #')
# The stamp of a message glued to the end of the one before.
_AT_A_WORD = re.compile(
    rf"[^\s#>:*.][*.]{_MONTH}\s{{1,2}}\d{{1,2}}\s|[a-z)\"]{_MONTH}\s{{1,2}}\d{{1,2}}\s(?:\d{{4}}\s)?\d\d:\d\d:"
)
# The same beginning with the month, which a search finds many times as fast.
_MONTH_AT_A_WORD = re.compile(rf"{_MONTH}(?:(?<=[^\s#>:*.][*.]...)|(?<=[a-z)\"]...))\s")
_BREAK = re.compile(r"<br\s?/?>|</(?:p|div|li|tr|pre)>(?=.)", re.IGNORECASE)
_ESCAPED = re.compile(r"(?:\\r)?\\n")


def split_glued(line: str) -> list[str]:
    """The log lines that one physical line holds, and the end of another one in front of them; `[line]` for most.

    Linear in its length.
    """
    marks = len(_MARK.findall(line))
    if marks == 0 or (marks == 1 and (_MONTH_AT_A_WORD.search(line) is None or _AT_A_WORD.search(line) is None)):
        return [line]
    for start in _STARTS:
        places = [match.start() for match in start.finditer(line)]
        if places and not (places[0] > 0 and _AT_A_WORD.match(line, places[0] - 1)):
            places = places[1:]  # what stands before the first one is its stamp, host or prompt
        if places:
            edges = [0, *places, len(line)]
            return [part for first, last in pairwise(edges) if (part := line[first:last].rstrip())]
    return [line]


def has_page_breaks(text: str) -> bool:
    """Whether line ends stand in the text as marks of a page or as the escapes of a JSON string."""
    return ("<" in text and _BREAK.search(text) is not None) or _is_escaped(text)


def _is_escaped(text: str) -> bool:
    return "\\n" in text and text.count("\\n") > 3 * text.count("\n")


def split_breaks(line: str) -> list[str]:
    """The lines between such marks."""
    return [part for piece in _BREAK.split(line) for part in _ESCAPED.split(piece)]
