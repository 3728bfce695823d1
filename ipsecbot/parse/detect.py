"""What is this pasted text? Its lines sorted into outputs as a device would have given them, by content alone."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import Gap, OutputKind, RawOutput
from ipsecbot.parse.paste.bases import bases
from ipsecbot.parse.paste.charon import framed
from ipsecbot.parse.paste.segments import Segment, segment
from ipsecbot.parse.paste.signatures import PLUTO_ONLY
from ipsecbot.parse.paste.typed import as_configured
from ipsecbot.parse.read import Parsed

__all__ = ["Part", "detect", "sort_out", "unread"]

_MOST_LINES = 4_000_000  # of all outputs of one text together, blank ones too


@dataclass(frozen=True, slots=True)
class Part:
    """One output found in a text. `host` is the name that the prompts (or the configuration) around it give the device;
    `is_translated`: its lines are not word for word those of the text."""

    platform: Platform
    host: str | None
    output: RawOutput
    is_pluto: bool = False
    is_translated: bool = False


def detect(text: str, name: str) -> tuple[Part, ...]:
    """The outputs that `text` (lines ending in line feeds, secrets redacted) holds; prose around them is nobody's.

    Each output's text has its lines where the whole text has them: all others are blank. `name` becomes the output's name.
    """
    return sort_out(text, name, name).value


def unread(text: str, name: str, device: str) -> tuple[Gap, ...]:
    """A gap for each typed show command whose answer nothing here reads."""
    return sort_out(text, name, device).gaps


def sort_out(text: str, name: str, device: str) -> Parsed[tuple[Part, ...]]:
    """`detect` and `unread` in one look at the text."""
    lines = text.split("\n")
    found = segment(lines)
    gaps = [
        Gap(device, name, f"nothing here reads the answer of {one.command!r}", one.lines[0] + 1)
        for one in found
        if one.kind is None and one.command is not None
    ]
    known = [one for one in found if one.kind is not None]
    for one in known:
        if one.kind is OutputKind.SWANCTL_CONF:
            one.lines = sorted({*one.lines, *bases(lines)})
    kept = _within_bounds(known)
    if len(kept) < len(known):
        why = f"the text holds {len(known)} answers: the first {len(known) - len(kept)} were left out"
        gaps.append(Gap(device, name, f"{why}; give a part of it to see them"))
    return Parsed(tuple(_part(one, lines, name) for one in kept), tuple(gaps))


def _within_bounds(found: list[Segment]) -> list[Segment]:
    """All of them, of thousands of answers in one text the last ones: each takes as many lines as stand before its end."""
    room = _MOST_LINES - sum(one.lines[-1] for one in found if one.whole)
    kept: list[Segment] = []
    for one in reversed(found):
        room -= 0 if one.whole else one.lines[-1]
        if one.whole or room >= 0:
            kept.append(one)
    return kept[::-1]


def _part(one: Segment, lines: list[str], name: str) -> Part:
    assert one.kind is not None
    last = one.lines[-1]
    body = [""] * (last + 1)
    for number in one.lines:
        body[number] = lines[number]
    pluto = one.pluto
    given = body
    if one.kind is OutputKind.RUNNING_CONFIG and one.platform is not Platform.STRONGSWAN:
        body = given = [as_configured(line) for line in body]
    if one.kind is OutputKind.LOG and one.platform is Platform.STRONGSWAN and not pluto:
        body = framed(body)
    if one.kind in (OutputKind.IPSEC_CONF, OutputKind.IPSEC_SECRETS):
        pluto = pluto or any(PLUTO_ONLY.search(lines[number]) for number in one.lines)
    return Part(one.platform, one.host, RawOutput(one.kind, name, "\n".join(body)), pluto, body != given)
