"""Two configurations, or two sets of them → which tunnels they make, and which they do not."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ipsecbot.abridge.reading import Limits
from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.diagnose.hygiene import hygiene, rekey_together
from ipsecbot.diagnose.weigh import users_of, weigh
from ipsecbot.errors import InputError
from ipsecbot.explain import fingerprinter_of_run, read_ends
from ipsecbot.model.comparison import Agreement, ComparedTunnel, Comparison
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.match import match
from ipsecbot.negotiate.orientation import oriented
from ipsecbot.pasted import STDIN, Pasted, Reading, read_device

_GRAVEST = tuple(Agreement)
_HOSTNAME = re.compile(rb"^[ \t]{0,4}hostname[ \t]+(\S{1,64})", re.MULTILINE)
_CONFIGURED = re.compile(rb"^[ \t]{0,8}(connections[ \t]{0,8}\{|conn[ \t]+\S|hostname[ \t]|crypto[ \t])", re.MULTILINE)
_HEAD = 65536
_MOST_NAMES = 6
_TOLD = 200  # devices of a set between two lines of progress
Progress = Callable[[str, str], None]


def _silent(_argument: str, _step: str) -> None:
    """Progress for nobody."""


@contextmanager
def _no_collection() -> Iterator[None]:
    """What is read and compared are values without cycles, by the hundred thousand: looking for cycles among them takes a third
    of the time and finds none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_no_collection()
def compare_texts(left: str, right: str, progress: Progress = _silent) -> Comparison:
    """Compare what two arguments hold: a file, a folder with one device's files, a folder of several devices, or `-`.

    `progress` is told of sets of devices and of long texts, which take their time. Each side may take half the room.
    InputError when one cannot be read or holds no connection.
    """
    if left == right:
        raise InputError(f"{left} stands on both sides: give the two ends of the tunnel.")
    fingerprinter = fingerprinter_of_run()
    notes: list[str] = []
    given = [tuple(_devices(argument, fingerprinter, notes, progress)) for argument in (left, right)]
    names = [[device.name for device in devices] for devices in given]
    sides = []
    for side, argument in enumerate((left, right)):
        devices = _told_apart(given[side], names[1 - side], argument, (left, right)[1 - side])
        sides.append(tuple(end for device in devices for end in read_ends(device, alone=False)))
        must_be_configured(argument, sides[side])
        if len(sides[side]) > 1:
            progress(argument, f"{len(sides[side])} devices read")
    found = compare_ends(_called(left, sides[0]), _called(right, sides[1]), sides[0], sides[1])
    return replace(found, notes=(*notes, *found.notes))


@_no_collection()
def compare_ends(left_name: str, right_name: str, lefts: Sequence[Endpoint], rights: Sequence[Endpoint]) -> Comparison:
    """Which connections belong together, and what becomes of each pair. Deterministic, no I/O; time grows with the number of
    connections."""
    if len(lefts) == 1 and len(rights) == 1:
        turned = oriented(lefts[0], rights[0])
        lefts, rights = (turned[0],), (turned[1],)
    ends = (*lefts, *rights)
    users = users_of(ends)
    matched = match(lefts, rights)
    tunnels = sorted((weigh(one, users) for one in matched.matches), key=_gravity)
    return Comparison(
        left_name,
        right_name,
        tuple(lefts),
        tuple(rights),
        tuple(tunnels),
        matched.unpaired,
        cautions=(
            *(caution for end in ends for caution in hygiene(end)),
            *rekey_together(matched.matches),
        ),
        gaps=tuple(gap for end in ends for gap in end.gaps),
        notes=tuple(_notes(lefts, rights)),
    )


def _gravity(one: ComparedTunnel) -> int:
    return _GRAVEST.index(one.agreement)


def _notes(lefts: Sequence[Endpoint], rights: Sequence[Endpoint]) -> Iterator[str]:
    for ends in (lefts, rights):
        if len(ends) > 1:
            yield f"Read as {len(ends)} devices: {', '.join(end.device.name for end in ends[:_MOST_NAMES])}" + (
                f" and {len(ends) - _MOST_NAMES} more." if len(ends) > _MOST_NAMES else "."
            )


def must_be_configured(argument: str, ends: Sequence[Endpoint]) -> None:
    """InputError where there is nothing to compare."""
    if not any(end.connections for end in ends):
        raise InputError(
            f"{argument}: no IPsec connection found in it; give a running-config, swanctl.conf or ipsec.conf of this end."
        )


def _called(argument: str, ends: Sequence[Endpoint]) -> str:
    return ends[0].device.name if len(ends) == 1 else Path(argument).name or argument


def _devices(argument: str, fingerprinter: Fingerprinter, notes: list[str], progress: Progress) -> Iterator[Pasted]:
    """One device per argument, unless it is a folder that plainly holds several; of those, what cannot be read is noted."""

    def watch(name: str, read: int) -> None:
        progress(argument, f"{read / 1e6:.0f} MB of {name} read")

    reading = Reading(Limits().share(2), watch=watch)
    parts = () if argument == STDIN else _parts(Path(argument))
    if not parts:
        yield read_device(argument, fingerprinter, reading)
    for number, part in enumerate(parts):
        if number and number % _TOLD == 0:
            progress(argument, f"{number} of {len(parts)} devices sorted out")
        try:
            yield read_device(str(part), fingerprinter, reading)
        except InputError as error:
            notes.append(f"Left out: {error}")


def _parts(folder: Path) -> tuple[Path, ...]:
    """The files or folders of several devices in one folder: files that give themselves different host names, or nothing but
    folders, of which two at least hold a configuration. Empty: it is one device's."""
    try:
        inside = sorted(one for one in folder.iterdir() if not one.name.startswith(".")) if folder.is_dir() else []
        files = [one for one in inside if one.is_file()]
        if not files:
            several = list(islice((one for one in inside if one.is_dir() and _is_configured(one)), 2))
            return tuple(one for one in inside if one.is_dir()) if len(several) > 1 else ()
        names = Counter(name for one in files if (name := _found(_HOSTNAME, one)) is not None)
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or 'cannot be read'}.") from error
    return tuple(files) if len(names) > 1 and max(names.values()) == 1 else ()


def _is_configured(folder: Path) -> bool:
    return any(_found(_CONFIGURED, file) is not None for file in folder.rglob("*") if file.is_file())


def _found(pattern: re.Pattern[bytes], file: Path) -> bytes | None:
    try:
        with file.open("rb") as stream:
            found = pattern.search(stream.read(_HEAD))
    except OSError:  # who reads the file says so
        return None
    return found[1] if found is not None else None


def _told_apart(devices: Sequence[Pasted], others: Sequence[str], argument: str, opposite: str) -> Iterator[Pasted]:
    """The devices under names that no device of the other side has: where the file names are alike, with that folder in front
    which tells the two sides apart (`moon/swanctl` of `moon/etc/swanctl/swanctl.conf`)."""
    taken = frozenset(others)
    above = _telling_folder(Path(argument), Path(opposite), several=len(devices) > 1)
    for device in devices:
        yield replace(device, name=f"{above}/{device.name}") if device.name in taken and above else device


def _telling_folder(path: Path, opposite: Path, *, several: bool) -> str:
    """The nearest folder above a path that has another name than the one at the same height above the other path."""
    heights = [(one.resolve() / "device" if several else one.resolve()).parents for one in (path, opposite)]
    pairs = zip(*heights, strict=False)
    return next((mine.name for mine, theirs in pairs if mine.name != theirs.name and mine.name), heights[0][0].name)
