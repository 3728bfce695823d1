"""One text in which both ends of a tunnel speak: a document that shows both debugs, a ticket where they were mixed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ipsecbot.model.device import Device
from ipsecbot.model.exchange import EventKind, LogEvent
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.parse.endpoint import read_endpoint
from ipsecbot.parse.paste.order import stamp_of

_FEWEST = 3  # events heard from each address before two of them count as two speakers
_LOGS = (OutputKind.LOG, OutputKind.LOGGING, OutputKind.DEBUG)
# A configuration that names the same thing a second time is another router's.
_HEAD = re.compile(r"(?:interface|hostname|crypto isakmp policy|crypto ikev2 (?:proposal|profile)|crypto ipsec profile)\s+\S+")
# Events whose lines say to or from whom a packet goes.
_SPOKEN = (
    EventKind.SENT,
    EventKind.RECEIVED,
    EventKind.RETRANSMITTED,
    EventKind.REPEATED,
    EventKind.CONFIGURED,
    EventKind.SELECTORS_CONFIGURED,
    EventKind.SELECTORS_OFFERED,
    EventKind.SELECTORS_SELECTED,
)
# At the start of a line, or glued to the end of what was printed before it.
_PROMPT = re.compile(
    r"(?:^\s{0,3}|(?<=\)))(?P<host>[A-Za-z][\w.\-]{0,62})\(config[\w-]{0,20}\)#|^\s{0,3}(?P<bare>[A-Za-z][\w.\-]{0,62})#"
)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Turn:
    """From which line of which output on the device at `own` speaks."""

    output: str
    line: int
    own: str


Turns = Mapping[str, Sequence[_Turn]]  # of each output, in the order of its lines


def apart(snapshot: Snapshot, end: Endpoint) -> tuple[Snapshot, ...]:
    """`snapshot` as those of the two devices that speak in it, or itself. `end` is what was read from it.

    Two speak when what is local in some lines is remote in others, and the reverse. Each line of a log belongs to whoever
    spoke last; configurations and tables belong to the device whose peer they name, else to whoever spoke last.
    """
    pair = _both_sides(end.events or ())
    if pair is None:
        return (snapshot,)
    found = _back_in_time(_turns(end.events or (), pair), snapshot)
    first = found[0].own
    turns = {output: [turn for turn in found if turn.output == output] for output in {turn.output for turn in found}}
    parts = tuple(_part(snapshot, own, pair, turns) for own in (first, _other(pair, first)))
    names = [_prompted(part) for part in parts]
    if names[0] == names[1]:
        return parts
    return tuple(
        replace(part, device=replace(part.device, name=name or part.device.name))
        for part, name in zip(parts, names, strict=True)
    )


def _prompted(part: Snapshot) -> str | None:
    """The name in the prompts of one speaker's lines, where all of them agree."""
    prompts = (_PROMPT.search(line) for output in part.outputs for line in output.text.split("\n"))
    names = {match["host"] or match["bare"] for match in prompts if match is not None}
    return names.pop() if len(names) == 1 else None


def _other(pair: Pair, own: str) -> str:
    return pair[1] if own == pair[0] else pair[0]


def _both_sides(events: Sequence[LogEvent]) -> Pair | None:
    seen = Counter((event.local, event.remote) for event in events if event.local and event.remote)
    heard = Counter(event.remote for event in events if event.remote)
    for (local, remote), _ in seen.most_common():
        if local and remote and local != remote and heard[local] >= _FEWEST and heard[remote] >= _FEWEST:
            return local, remote
    return None


def _turns(events: Sequence[LogEvent], pair: Pair) -> list[_Turn]:
    """Where the speaker changes, in the order of the text. Only lines that name an address count: both devices may number
    their SAs alike."""
    turns: list[_Turn] = []
    for event in events:
        own = None
        if event.remote in pair and event.kind in _SPOKEN:
            own = _other(pair, event.remote or "")
        if own is not None and (not turns or turns[-1].own != own or turns[-1].output != event.source.output):
            turns.append(_Turn(event.source.output, event.source.first_line, own))
    return turns


def _back_in_time(turns: Sequence[_Turn], snapshot: Snapshot) -> list[_Turn]:
    """Each turn from where the time goes back between the last words of the one speaker and the first address of the other:
    clocks differ, and a second debug is printed from its start."""
    texts = {output.name: output.text.split("\n") for output in snapshot.outputs if output.kind in _LOGS}
    moved: list[_Turn] = []
    for turn in turns:
        before = moved[-1] if moved and moved[-1].output == turn.output else None
        lines = texts.get(turn.output, []) if before is not None else []
        at = None
        start = turn.line
        for number in range(before.line if before is not None else turn.line, turn.line + 1):
            stamp = stamp_of(lines[number - 1]) if number <= len(lines) and lines[number - 1].strip() else None
            if stamp is not None and at is not None and stamp < at:
                start = number
            at = stamp or at
        moved.append(replace(turn, line=start))
    return moved


def _speaker(turns: Turns, output: str, line: int) -> str | None:
    """Who spoke last before a line of an output; whoever speaks first in it for the lines before, None in another output."""
    mine = turns.get(output)
    return mine[max(bisect_right(mine, line, key=lambda turn: turn.line) - 1, 0)].own if mine else None


def _part(snapshot: Snapshot, own: str, pair: Pair, turns: Turns) -> Snapshot:
    outputs: list[RawOutput] = []
    for output in snapshot.outputs:
        if output.kind in _LOGS:
            kept = [
                line if _speaker(turns, output.name, number) in (own, None) else ""
                for number, line in enumerate(output.text.split("\n"), 1)
            ]
            outputs.append(replace(output, text="\n".join(kept)))
        else:
            outputs += _of_speaker(output, snapshot.device, own, pair, turns)
    name = f"{snapshot.device.name} at {own}"
    return replace(snapshot, device=replace(snapshot.device, name=name), outputs=tuple(outputs))


def _of_speaker(output: RawOutput, device: Device, own: str, pair: Pair, turns: Turns) -> list[RawOutput]:
    """What of a configuration or a table is the speaker's: all of it, some of it, nothing."""
    lines = output.text.split("\n")
    kept = [""] * len(lines)
    for piece in _pieces(lines, output.kind is OutputKind.RUNNING_CONFIG):
        text = "\n".join(line if number in piece else "" for number, line in enumerate(lines))
        named = _named(replace(output, text=text), device, pair)
        if (named or _speaker(turns, output.name, min(piece) + 1) or own) == own:
            for number in piece:
                kept[number] = lines[number]
    return [replace(output, text="\n".join(kept))] if any(kept) else []


def _pieces(lines: Sequence[str], is_configuration: bool) -> list[range]:
    """Stretches of lines that belong together: a table is one, a configuration ends where others' lines stand between, or
    where it says something a second time."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not is_configuration or not filled:
        return [range(filled[0], filled[-1] + 1)] if filled else []
    starts: list[int] = []
    heads: set[str] = set()
    before = filled[0]
    for number in filled:
        head = _HEAD.match(lines[number])
        if not starts or number - before > 2 or (head is not None and head[0].lower() in heads):
            starts.append(number)
            heads = set()
        if head is not None:
            heads.add(head[0].lower())
        before = number
    return [range(start, end) for start, end in zip(starts, [*starts[1:], filled[-1] + 1], strict=True)]


def _named(output: RawOutput, device: Device, pair: Pair) -> str | None:
    """Whose words these are, by the peer and the own address that they name."""
    end = read_endpoint(Snapshot(device, None, (output,)))
    own = {sa.local for sa in end.child_sas or ()} | {sa.local for sa in end.ike_sas or ()} | set(end.addresses)
    peers = {address for connection in end.connections or () for address in connection.remote_addresses}
    peers |= {sa.remote for sa in end.child_sas or () if sa.remote is not None}
    told = [address for address in pair if address in own or _other(pair, address) in peers]
    return told[0] if len(told) == 1 else None
