"""The inventory, and which tunnel a PEER argument means."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from ipsecbot.errors import AmbiguousPeer, UnknownPeer
from ipsecbot.inventory.entries import DeviceEntry, TunnelEnd, TunnelEntry


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every device and tunnel of one file, in its order."""

    path: str
    devices: tuple[DeviceEntry, ...]
    tunnels: tuple[TunnelEntry, ...]

    def match(self, peer: str) -> TunnelEntry:
        """The tunnel that `peer` means: a tunnel name, a device name, an address, or a unique part of one.

        Exact beats partial, a tunnel's name beats the rest, upper and lower case are the same. A device that stands in
        no tunnel is an entry with one end. AmbiguousPeer names the candidates, UnknownPeer the nearest names.
        """
        wanted = _canonical(peer)
        if not wanted:
            raise UnknownPeer(peer, self._nearest(peer))
        by_name = tuple(tunnel for tunnel in self.tunnels if _canonical(tunnel.name) == wanted)
        exact = by_name or self._meant(lambda word: word == wanted)
        found = exact or self._meant(lambda word: wanted in word)
        if not found:
            raise UnknownPeer(peer, self._nearest(peer))
        if len(found) > 1:
            raise AmbiguousPeer(peer, tuple(tunnel.name for tunnel in found))
        return found[0]

    def device_called(self, name: str) -> DeviceEntry:
        """The device that `name` means: its name, its address, or a unique part of one; exact beats partial.

        UnknownPeer names the nearest devices, AmbiguousPeer the candidates.
        """
        wanted = _canonical(name)
        exact = [entry for entry in self.devices if wanted in _words(entry)]
        found = exact or [entry for entry in self.devices if wanted and any(wanted in word for word in _words(entry))]
        if not found:
            names = {word: entry.name for entry in self.devices for word in _words(entry)}
            raise UnknownPeer(name, tuple(names[near] for near in difflib.get_close_matches(wanted, list(names), n=3)))
        if len(found) > 1:
            raise AmbiguousPeer(name, tuple(entry.name for entry in found))
        return found[0]

    def _meant(self, fits: Callable[[str], bool]) -> tuple[TunnelEntry, ...]:
        tunnels = tuple(tunnel for tunnel in self.tunnels if any(map(fits, _words_of(tunnel))))
        placed = {device.name for tunnel in self.tunnels for device in tunnel.devices}
        alone = tuple(entry for entry in self.devices if entry.name not in placed and any(map(fits, _words(entry))))
        return tunnels + tuple(TunnelEntry(entry.name, (TunnelEnd(entry),), line=entry.line) for entry in alone)

    def _nearest(self, peer: str) -> tuple[str, ...]:
        names = {_canonical(word): word for tunnel in self.tunnels for word in (tunnel.name, *_words_of(tunnel))}
        names |= {_canonical(entry.name): entry.name for entry in self.devices}
        return tuple(names[near] for near in difflib.get_close_matches(_canonical(peer), list(names), n=3))


def _canonical(text: str) -> str:
    """Lower case, and one spelling for an address however it was written."""
    text = text.strip().lower()
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return text


def _words(entry: DeviceEntry) -> tuple[str, ...]:
    return tuple(_canonical(word) for word in (entry.name, entry.device.address or "") if word)


def _words_of(tunnel: TunnelEntry) -> tuple[str, ...]:
    words = [_canonical(tunnel.name)]
    for end in tunnel.ends:
        words.extend(_words(end.device) if end.device is not None else ())
        words.extend([_canonical(end.address)] if end.address else [])
    return tuple(words)
