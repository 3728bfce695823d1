"""Pasted text → diagnosis: files → parts → snapshots → ends → tunnel → verdict, by the road that live devices take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ipsecbot.abridge.reading import Limits, Watch, unwatched
from ipsecbot.collect.fingerprint import Fingerprinter, KeyedFingerprinter, installation_fingerprinter
from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.hygiene import hygiene
from ipsecbot.errors import InputError
from ipsecbot.ladder.climb import climb
from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.exchange import Outcome
from ipsecbot.model.sa import SaState
from ipsecbot.model.tunnel import Diagnosis, Endpoint
from ipsecbot.parse.endpoint import read_endpoint
from ipsecbot.parse.paste.relocate import Places, relocate
from ipsecbot.pasted import Pasted, Reading, choose, own_addresses, peers_of, read_device, snapshots_of
from ipsecbot.speakers import apart
from ipsecbot.understand import join

_FAILED = (Outcome.REFUSED, Outcome.NO_ANSWER, Outcome.ABORTED)


def explain(arguments: Sequence[str], peer: str | None = None, watch: Watch = unwatched) -> Diagnosis:
    """Say what is wrong with the tunnel that the texts of one or two devices tell of.

    Each argument is a file, a folder or `-`. `peer`: the address of the other end, where the texts tell of several. `watch`
    is told how far the reading of long texts is. InputError when an argument cannot be read or holds no text.
    """
    fingerprinter = fingerprinter_of_run()
    reading = Reading(Limits().share(max(len(arguments), 1)), peer, watch)
    return conclude_texts(tuple(read_device(argument, fingerprinter, reading) for argument in arguments), peer)


def fingerprinter_of_run() -> Fingerprinter:
    """Tokens need only be equal within one run: without a state directory, a key of the moment will do."""
    try:
        return installation_fingerprinter()
    except InputError:
        import secrets

        return KeyedFingerprinter(secrets.token_bytes(32))


def conclude_texts(devices: Sequence[Pasted], peer: str | None = None) -> Diagnosis:
    """The verdict on what the texts of the devices say."""
    ends = [end for device in devices for end in read_ends(device, alone=len(devices) == 1)]
    left, right, unused = choose(ends, [device.name for device in devices])
    if right is None:
        diagnosis = _of_one(left, peer)
    else:
        diagnosis = conclude(join(f"{left.device.name} - {right.device.name}", left, right, None, peer))
    notes = (f"{end.device.name} was not used: a tunnel has two ends." for end in unused)
    undone = (
        f"{device.name}: {file}: undone: {', '.join(sheet.notes)}."
        for device in devices
        for file, sheet in device.repaired.items()
        if sheet.notes
    )
    return replace(
        diagnosis,
        notes=(*notes, *undone, *diagnosis.notes),
        bystanders=unused,
        cautions=(*diagnosis.cautions, *(caution for end in unused for caution in hygiene(end))),
    )


def _of_one(left: Endpoint, peer: str | None) -> Diagnosis:
    """One end alone: each peer is a tunnel of its own; the failing ones come first."""
    ladder = climb(left.events or ())  # the same for all of them
    failing = {one.remote for one in ladder.exchanges if one.outcome in _FAILED or one.child in _FAILED}
    peers = (peer,) if peer else peers_of(left, failing)
    names = (f"{left.device.name} - {one}" if one else left.device.name for one in peers)
    told = [conclude(join(name, left, None, None, one, ladder=ladder)) for name, one in zip(names, peers, strict=True)]
    best = min(told, key=_rank)
    others = [f"{one.tunnel.right_address} ({one.cause or 'undetermined'})" for one in told if one is not best]
    return replace(best, notes=(*best.notes, *((f"Other peers in the text: {', '.join(others)}.",) if others else ())))


def _rank(diagnosis: Diagnosis) -> tuple[int, float]:
    """Faults first, then what looks wrong, then what works, then what says nothing."""
    if diagnosis.conclusion is Conclusion.FAULT:
        return 0, -diagnosis.confidence
    if diagnosis.conclusion is Conclusion.UNDETERMINED:
        address = diagnosis.tunnel.right_address
        unfinished = any(sa.state is SaState.NEGOTIATING and sa.remote == address for sa in diagnosis.tunnel.left.ike_sas or ())
        return (1 if diagnosis.findings or unfinished else 3), -diagnosis.confidence
    return 2, -diagnosis.confidence


def read_ends(device: Pasted, *, alone: bool) -> Iterator[Endpoint]:
    """What pasted text says, each fact at the line where it was given. `alone`: nothing else was given, so that both ends may
    speak in it."""
    places = {file: Places(sheet) for file, sheet in device.repaired.items()}
    for snapshot in snapshots_of(device):
        end = read_endpoint(snapshot)
        parts = apart(snapshot, end) if alone else (snapshot,)
        for one in [end] if len(parts) == 1 else map(read_endpoint, parts):
            yield relocate(replace(one, addresses=own_addresses(one)), places)
