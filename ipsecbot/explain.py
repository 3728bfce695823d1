"""Pasted text → diagnosis: files → parts → snapshots → ends → tunnel → verdict, by the road that live devices take."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ipsecbot.collect.fingerprint import Fingerprinter, KeyedFingerprinter, installation_fingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.diagnose.conclude import conclude
from ipsecbot.errors import InputError
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.snapshot import Gap, Snapshot
from ipsecbot.model.tunnel import Diagnosis, Endpoint
from ipsecbot.parse.detect import Part, detect, unread
from ipsecbot.parse.endpoint import read_endpoint
from ipsecbot.parse.paste.decode import decode
from ipsecbot.understand import join

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Pasted:
    """All that was given of one device: its parts, and what nothing here reads."""

    name: str
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...] = ()


def explain(arguments: Sequence[str], peer: str | None = None) -> Diagnosis:
    """Say what is wrong with the tunnel that the texts of one or two devices tell of.

    Each argument is a file, a folder or `-`. `peer`: the address of the other end, where the texts tell of several.
    InputError when an argument cannot be read or holds no text.
    """
    fingerprinter = _fingerprinter()
    return conclude_texts(tuple(read_device(argument, fingerprinter) for argument in arguments), peer)


def _fingerprinter() -> Fingerprinter:
    """Tokens need only be equal within one run: without a state directory, a key of the moment will do."""
    try:
        return installation_fingerprinter()
    except InputError:
        import secrets

        return KeyedFingerprinter(secrets.token_bytes(32))


def read_device(argument: str, fingerprinter: Fingerprinter) -> Pasted:
    """The parts of one DEVICE argument. InputError when nothing of it can be read."""
    if argument == STDIN:
        return _pasted("stdin", [("stdin", sys.stdin.buffer.read())], fingerprinter)
    path = Path(argument)
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            if not files:
                raise InputError(f"{argument} is a folder without files.")
            texts = [(str(file.relative_to(path)), file.read_bytes()) for file in files]
            return _pasted(path.resolve().name, texts, fingerprinter)
        return _pasted(path.stem, [(path.name, path.read_bytes())], fingerprinter)
    except OSError as error:
        raise InputError(f"{argument}: {error.strerror or 'cannot be read'}.") from error


def _pasted(name: str, texts: Sequence[tuple[str, bytes]], fingerprinter: Fingerprinter) -> Pasted:
    parts: list[Part] = []
    gaps: list[Gap] = []
    failures: list[InputError] = []
    for file, raw in texts:
        try:
            text = redact(decode(raw, file), None, fingerprinter)
        except InputError as error:
            failures.append(error)
            gaps.append(Gap(name, file, str(error)))
            continue
        parts += detect(text, file)
        gaps += unread(text, file, name)
    if failures and len(failures) == len(texts):
        raise failures[0]
    return Pasted(name, tuple(parts), tuple(gaps))


def conclude_texts(devices: Sequence[Pasted], peer: str | None = None) -> Diagnosis:
    """The verdict on what the texts of the devices say."""
    ends = [read_endpoint(snapshot_of(device)) for device in devices]
    left, right = ends[0], ends[1] if len(ends) > 1 else None
    notes = tuple(f"{end.device.name} was not used: a tunnel has two ends." for end in ends[2:])
    if right is None and peer is None:
        diagnosis = _worst(left)
    else:
        diagnosis = conclude(join(_name(left, right, peer), left, right, None, peer))
    return replace(diagnosis, notes=(*notes, *diagnosis.notes))


def _name(left: Endpoint, right: Endpoint | None, peer: str | None) -> str:
    other = right.device.name if right is not None else peer
    return f"{left.device.name} - {other}" if other else left.device.name


def _worst(left: Endpoint) -> Diagnosis:
    """One end alone: each peer that negotiations name is a tunnel of its own; the failing ones come first."""
    peers = [peer for peer, _ in Counter(e.remote for e in left.events or () if e.remote).most_common(20)]
    if len(peers) < 2:
        address = peers[0] if peers else None
        return conclude(join(_name(left, None, address), left, None, None, address))
    order = (Conclusion.FAULT, Conclusion.UNDETERMINED, Conclusion.HEALTHY)
    told = [conclude(join(_name(left, None, peer), left, None, None, peer)) for peer in peers]
    return min(told, key=lambda one: (order.index(one.conclusion), -one.confidence))


def snapshot_of(device: Pasted) -> Snapshot:
    """The parts of one device as if it had been asked."""
    weight: Counter[Platform] = Counter()
    for part in device.parts:
        weight[part.platform] += len(part.output.text) + 1
    platform = weight.most_common(1)[0][0] if weight else None
    outputs = tuple(part.output for part in device.parts if part.platform is platform)
    return Snapshot(Device(device.name, platform), None, outputs, device.gaps)
