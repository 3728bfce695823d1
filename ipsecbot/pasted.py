"""DEVICE arguments → texts → snapshots: what `explain` and `eval` are given, as if the devices had been asked."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO

from ipsecbot.abridge.reading import Limits, Watch, read_text, unwatched
from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.errors import InputError
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.sa import SaState
from ipsecbot.model.snapshot import Gap, OutputKind, Snapshot
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.parse.detect import Part, sort_out
from ipsecbot.parse.paste.fragments import fragments
from ipsecbot.parse.paste.repair import Repaired, repair

STDIN = "-"
_MOST_PEERS = 20
_SPEAKING = (OutputKind.LOG, OutputKind.RUNNING_CONFIG, OutputKind.SWANCTL_CONF, OutputKind.IPSEC_CONF)


@dataclass(frozen=True, slots=True)
class Pasted:
    """All that was given of one device: its parts, what nothing here reads, and the files that had to be repaired.

    `is_folder`: whether the person said that all of it is one device's."""

    name: str
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...] = ()
    repaired: Mapping[str, Repaired] = field(default_factory=dict)
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are read: within which limits, whose negotiations go last where there is no room for all, and who watches."""

    limits: Limits = field(default_factory=Limits)
    peer: str | None = None
    watch: Watch = unwatched


def read_device(argument: str, fingerprinter: Fingerprinter, reading: Reading | None = None) -> Pasted:
    """All text of one DEVICE argument: a file, a folder (with the folders in it) or `-`. What is too long is abridged.

    InputError when nothing of it can be read; a file of a folder that cannot be is a gap.
    """
    reading = reading or Reading()
    limits = reading.limits
    if argument == STDIN:
        return _pasted("stdin", [_Text("stdin", limits)], fingerprinter, reading)
    path = Path(argument)
    try:
        if not path.is_dir():
            return _pasted(path.stem, [_Text(path.name, limits, path)], fingerprinter, reading)
        refused: list[OSError] = []
        files = sorted(_files_below(path, refused))
        if not files and refused:
            raise refused[0]
        if not files:
            raise InputError(f"{argument} is a folder without files.")
        shares = _shares([file.stat().st_size for file in files], limits)
        texts = [_Text(str(file.relative_to(path)), share, file) for file, share in zip(files, shares, strict=True)]
        found = _pasted(path.resolve().name, texts, fingerprinter, reading, is_folder=True)
        closed = (Gap(found.name, str(one.filename), f"cannot be looked into: {one.strerror}") for one in refused)
        return replace(found, gaps=(*found.gaps, *closed))
    except OSError as error:
        raise InputError(f"{argument}: {error.strerror or 'cannot be read'}.") from error


def _files_below(folder: Path, refused: list[OSError]) -> Iterator[Path]:
    """Every file but hidden ones; `refused` takes what the folders say that cannot be looked into."""
    for above, _, names in os.walk(folder, onerror=refused.append):
        yield from (file for name in names if not name.startswith(".") and (file := Path(above, name)).is_file())


@dataclass(frozen=True, slots=True)
class _Text:
    """One file (None: standard input)."""

    name: str
    limits: Limits
    path: Path | None = None

    def open(self) -> AbstractContextManager[BinaryIO]:
        return nullcontext(sys.stdin.buffer) if self.path is None else self.path.open("rb")


def _shares(sizes: Sequence[int], limits: Limits) -> list[Limits]:
    """What each file of a folder may take of the room for all: a small one all it needs, the large ones equal parts."""
    shares, room = [limits] * len(sizes), limits.kept
    for done, index in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        mine = room // (len(sizes) - done)
        shares[index] = replace(limits, whole=min(limits.whole, mine), kept=mine)
        room -= min(mine, 2 * sizes[index])  # lines weigh more than their characters
    return shares


def _pasted(
    name: str, texts: Sequence[_Text], fingerprinter: Fingerprinter, reading: Reading, *, is_folder: bool = False
) -> Pasted:
    parts: list[Part] = []
    gaps: list[Gap] = []
    repaired: dict[str, Repaired] = {}
    failures: list[InputError] = []
    nameless: dict[str, str] = {}
    for one in texts:
        file = one.name
        try:
            with one.open() as stream:
                given = read_text(stream, file, one.limits, reading.peer, reading.watch)
        except InputError as error:
            failures.append(error)
            gaps.append(Gap(name, file, str(error)))
            continue
        except OSError as error:
            failures.append(InputError(f"{one.path or file}: {error.strerror or 'cannot be read'}."))
            gaps.append(Gap(name, file, f"cannot be read: {error.strerror}"))
            continue
        sheet = repair(given.text, given.numbers)
        text = redact(sheet.text, None, fingerprinter)
        found = sort_out(text, file, name)
        parts += found.value
        if not found.value:
            nameless[file] = text
        gaps += found.gaps
        if given.left_out is not None:
            gaps.append(Gap(name, file, given.left_out))
        if not sheet.is_untouched or any(part.is_translated for part in found.value):
            repaired[file] = sheet
    if len(failures) == len(texts):
        raise failures[0]
    return Pasted(name, (*parts, *fragments(parts, nameless)), tuple(gaps), repaired, is_folder)


def snapshots_of(device: Pasted) -> tuple[Snapshot, ...]:
    """The parts of one argument as if its device had been asked; several devices where the text shows several: another
    vendor's, or, in one file, prompts of another name with a configuration or a log behind them."""
    hosts = {part.host for part in device.parts if part.host is not None and part.output.kind in _SPEAKING}
    apart = not device.is_folder and len(hosts) > 1
    groups: dict[tuple[bool, str | None], list[Part]] = {}
    last: str | None = None
    parts = _of_main_platform(device.parts) if device.is_folder else device.parts
    for part in parts:
        if apart and part.host in hosts:
            last = part.host
        groups.setdefault((part.platform is Platform.CISCO_IOS, last if apart else None), []).append(part)
    if not groups:
        return (Snapshot(Device(device.name, None), None, (), device.gaps),)
    several = len(groups) > 1
    return tuple(
        Snapshot(
            Device(_name(device, ios, host, several), _platform(parts)),
            None,
            tuple(part.output for part in parts),
            device.gaps if index == 0 else (),
        )
        for index, ((ios, host), parts) in enumerate(groups.items())
    )


def _of_main_platform(parts: Sequence[Part]) -> Sequence[Part]:
    """Of a folder that is one device's, what the vendor's words prevail of: stray lines of another kind are misread."""
    lines: Counter[bool] = Counter()
    for part in parts:
        lines[part.platform is Platform.CISCO_IOS] += sum(1 for line in part.output.text.split("\n") if line)
    ios = lines[True] >= lines[False]
    return [part for part in parts if (part.platform is Platform.CISCO_IOS) is ios]


def _name(device: Pasted, ios: bool, host: str | None, several: bool) -> str:
    if not several:
        return device.name
    return host or f"{device.name} ({'IOS' if ios else 'host'})"


def _platform(parts: Sequence[Part]) -> Platform:
    if parts[0].platform is Platform.CISCO_IOS:
        return Platform.CISCO_IOS
    lines: Counter[bool] = Counter()
    for part in parts:
        weight_of = 4 if part.output.kind is OutputKind.LOG else 1
        lines[part.is_pluto] += weight_of * sum(1 for line in part.output.text.split("\n") if line)
    return Platform.LIBRESWAN if lines[True] > lines[False] else Platform.STRONGSWAN


def choose(ends: Sequence[Endpoint], given: Sequence[str]) -> tuple[Endpoint, Endpoint | None, tuple[Endpoint, ...]]:
    """(left, right, unused). Two arguments are the two ends of one tunnel; what else a text holds is a second end only when
    the two name each other's addresses or both speak of the same negotiation."""
    asked = [max((end for end in ends if _is_of(end, name)), key=weight, default=None) for name in given]
    mains = [end for end in asked if end is not None] or list(ends[:1])
    if len(mains) == 1:
        left = max(ends, key=weight)
        mains = [left, *(end for end in ends if end is not left and are_peers(left, end))]
    elif len(mains) > 2:
        # what only a configuration is known of may describe both ends (ipsec.conf does): who speaks is an end
        heaviest = sorted(mains, key=lambda end: (_speaks(end), weight(end)), reverse=True)[:2]
        mains = [end for end in mains if end in heaviest]
    left, right = mains[0], mains[1] if len(mains) > 1 else None
    return left, right, tuple(end for end in ends if end is not left and end is not right)


def _is_of(end: Endpoint, name: str) -> bool:
    return end.device.name == name or end.device.name.startswith(f"{name} (")


def weight(end: Endpoint) -> int:
    """How much is known of an end: what was negotiated counts most, then what exists, then what is configured."""
    events = end.events or ()
    return 4 * len(events) + 3 * len((*(end.ike_sas or ()), *(end.child_sas or ()))) + 2 * len(end.connections or ())


def _speaks(end: Endpoint) -> bool:
    """Whether more than a configuration is known of an end."""
    return bool(end.events or end.ike_sas or end.child_sas)


def are_peers(left: Endpoint, right: Endpoint) -> bool:
    """Whether one of two ends names an address that the other has."""
    return bool(_named(left) & _owned(right)) or bool(_named(right) & _owned(left))


def _named(end: Endpoint) -> set[str]:
    wanted = {address for connection in end.connections or () for address in connection.remote_addresses}
    return wanted | {event.remote for event in end.events or () if event.remote}


def _owned(end: Endpoint) -> set[str]:
    local = {address for connection in end.connections or () for address in connection.local_addresses}
    return {*end.addresses, *local} | {event.local for event in end.events or () if event.local}


def own_addresses(end: Endpoint) -> tuple[str, ...]:
    """The addresses an end is configured with, and those it was seen to speak from: a pasted configuration is often a part.

    Nothing where no address was configured: a packet's address may be one that a NAT gave it."""
    if not end.addresses:
        return ()
    spoken = (*(event.local for event in end.events or ()), *(sa.local for sa in end.child_sas or ()))
    return tuple(dict.fromkeys((*end.addresses, *(address for address in spoken if address and _is_peer(address)))))


def peers_of(end: Endpoint, failing: Set[str | None] = frozenset()) -> tuple[str | None, ...]:
    """The addresses of the peers that an end negotiates or has SAs with, the busiest first; `(None,)` when it names none.

    Of very many some: the `failing` ones, those with an SA in the making, and the busiest of the others."""
    remotes = [*(sa.remote for sa in end.ike_sas or ()), *(sa.remote for sa in end.child_sas or ())]
    seen = Counter(event.remote for event in end.events or () if event.remote and _is_peer(event.remote))
    troubled = [sa.remote for sa in end.ike_sas or () if sa.remote and sa.state is not SaState.ESTABLISHED]
    found = dict.fromkeys((*(peer for peer, _ in seen.most_common()), *troubled, *(remote for remote in remotes if remote)))
    peers = [peer for peer in found if _is_peer(peer)]
    chosen = sorted(peers, key=lambda peer: peer not in failing and peer not in troubled)[:_MOST_PEERS]
    return tuple(peer for peer in peers if peer in chosen) or (None,)


def _is_peer(address: str) -> bool:
    try:
        return not ip_address(address).is_unspecified
    except ValueError:
        return bool(address)
