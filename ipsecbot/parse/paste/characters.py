"""Characters that a page, a mail or a chat put in place of others. Every row keeps the number of lines."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repair:
    """`hints`: one of them stands in each text to which the row applies; most texts are passed by that look. Without any,
    `odd`, a class, says which characters beyond ASCII the row is about. An expression that begins with a character or a class
    passes the rest of a text several times as fast as one that begins with a look behind."""

    what: str
    hints: tuple[str, ...]
    odd: re.Pattern[str] | None
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]


def _row(what: str, hint: str | tuple[str, ...], pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Repair:
    hints = (hint,) if isinstance(hint, str) else hint
    return Repair(what, hints, None, re.compile(pattern, re.MULTILINE), replacement)


def _odd(what: str, odd: str, pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Repair:
    return Repair(what, (), re.compile(f"[{odd}]"), re.compile(pattern.replace("ODD", f"[{odd}]"), re.MULTILINE), replacement)


def _entity(match: re.Match[str]) -> str:
    told = html.unescape(match[0])
    return " " if told in ("\xa0", "\n", "\r") else told


_TAGS = "span|b|i|u|s|strong|em|font|code|pre|samp|kbd|tt|a|p|div|li|ul|ol|td|tr|th|table|tbody|blockquote|h[1-6]|small|img|hr"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

_QUOTED = "(?:CRYPTO|CERM|CERM_DP)"  # facilities whose messages people quote inside a sentence

# In this order: entities first, since what they stand for may need another row.
REPAIRS: tuple[Repair, ...] = (
    _row(
        "HTML entities",
        "&",
        r"&(?:#\d{2,5}|#[xX][0-9A-Fa-f]{2,4}|nbsp|lt|gt|amp|quot|apos|ensp|emsp|thinsp|ndash|mdash|[lr][sd]quo|hellip|bull);",
        _entity,
    ),
    _row("ampersands in place of blanks", "&", r"&(?:&{2,}|(?<! &)&|&(?! )|(?<=[^\s&]&)(?= )|(?=\*|$))", " "),
    _row("HTML tags", "<", rf"</?(?:{_TAGS})(?:\s[^<>]{{0,200}})?/?>", ""),
    _row(
        "bulletin board tags",
        "[/",
        r"(?i:\[/?(?:b|i|u|s|size|color|font|code|pre|quote|php|url|spoiler)(?:=[^\]\n]{0,80})?\])",
        "",
    ),
    _row("time and thread without a blank", "M", r"M(?<=\d [AP]M)(?=\d\d\[[A-Z]{3}\] )", "M "),
    _odd("zero-width characters", "\u200b-\u200f\u2060\ufeff\u00ad", "ODD", ""),
    _odd("wide blanks", "\xa0\u2000-\u200a\u202f\u205f\u3000", "ODD", " "),
    _odd("typographic quotes", "\u201c\u201d\u201e\u00ab\u00bb", "ODD", '"'),
    _odd("typographic apostrophes", "\u2018\u2019\u201a\u00b4", "ODD", "'"),
    _odd("typographic dashes", "\u2010-\u2012\u2212", "ODD", "-"),
    _odd("wide punctuation", "\uff01-\uff5e", "ODD", lambda match: chr(ord(match[0]) - 0xFEE0)),
    _row("Markdown escapes", "\\", r"\\([#_*|<>`\[\]()~-])", r"\1"),
    _row("Markdown emphasis", "**", r"^([^\S\n>]*(?:>[^\S\n]?)*)\*\*(?=\S)(.*?)\*\*[^\S\n]*$", r"\1\2"),
    _row("Markdown fences", "```", r"^[^\S\n]*(?:>[^\S\n]?)*```.*$", ""),
    _odd(
        "bullets in place of stars",
        "\u2022\u00b7\u25cf\u25aa\u25e6\u2219\u2023\u2217\u204e•·",
        rf"^[^\S\n]*ODD[^\S\n]*(?={_MONTH}\s)",
        "*",
    ),
    _odd("stars and check marks as decoration", "\u2605\u2606\u2b50\u2705\u274c\u2713\u2714\u26a0", "ODD\ufe0f?[^\\S\\n]?", ""),
    _odd("remarks behind an arrow", "\u2190\u21d0\u27f5\u2b05", r"(?<=\S)[^\S\n]+ODD[^\n]*$", ""),
    _row("remarks behind an arrow", ("<--", "<==", "<<"), r"(?<=\S)[^\S\n]+<(?:--+|==+|<<*)(?![->=<])[^\n]*$", ""),
    _row("empty cells of a table", "|", r"[^\S\n]\|(?<=\S[^\S\n]\|)(?:[^\S\n]\|)+[^\S\n]*$", ""),
    _odd("bullets", "\u2022\u25cf\u25aa\u25e6\u2023", r"^[^\S\n]*ODD[^\S\n]+(?=\S)", ""),
    # `logging debug-trace` sends every debug line as a message of this number
    _row("debug lines wrapped in messages", "711001: ", r"%(?:ASA|FTD|PIX)-\d-711001: (?=\S)", ""),
    _row("hyphens lost from mnemonics", "CRYPTO", r"[%#]CRYPTO(\d)(?=[A-Z]{2,}_)", r"%CRYPTO-\1-"),
    _row("prose in front of a message", "%C", rf"^(?:[A-Za-z][a-z',.]*[^\S\n]+){{4,60}}(?=%{_QUOTED}-\d-[A-Z])", ""),
    _row("colons lost behind mnemonics", "%C", rf"(%{_QUOTED}-\d-[A-Z][A-Z0-9_]+)(?=[^\S\n]+[A-Z][a-z])", r"\1:"),
    _row("blanks lost behind a stamp", ":%", r"(?<=[\ddhwy]):(?=%[A-Z][A-Z0-9_]+-\d-)", ": "),
    _row("blanks behind the star", "*", rf"^[^\S\n]*\*[^\S\n]+(?={_MONTH}\s+\d)", "*"),
    _row(
        "blanks inside IPv6 addresses",
        "::",
        r"([0-9A-Fa-f](?<![\w:.].)[0-9A-Fa-f]{0,3}(?::[0-9A-Fa-f]{1,4}){0,6}:) "
        r"(?=[0-9A-Fa-f]{0,4}::?[0-9A-Fa-f]{1,4}(?!\w*[G-Zg-z]))(?=[0-9A-Fa-f:]{0,40}::)",
        r"\1",
    ),
    _row("terminal escapes", "\x1b", r"\x1b\[[0-9;?]{0,12}[A-Za-z]|\x1b[()][AB0]", ""),
    _row("backspaces and bells", ("\x07", "\x08"), "[\x07\x08]", ""),
)
_ODD = re.compile(r"[^\x00-\x7f]+")


def clean_characters(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with every row applied, and what was repaired. The number of lines stays."""
    odd = _odd_of(text)
    done: list[str] = []
    for repair in REPAIRS:
        if repair.odd is not None and (not odd or repair.odd.search(odd) is None):
            continue
        if repair.hints and not any(hint in text for hint in repair.hints):
            continue
        text, count = repair.pattern.subn(repair.replacement, text)
        if count:
            done.append(repair.what)
            odd = _odd_of(text)
    return text, tuple(done)


def _odd_of(text: str) -> str:
    """The characters beyond ASCII that the text holds, each once."""
    return "" if text.isascii() else "".join(set().union(*_ODD.findall(text)))
