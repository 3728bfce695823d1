"""`show running-config` of IOS → EndConfig (parse/read.py)."""

from __future__ import annotations

import re
from functools import partial
from ipaddress import ip_address

from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.config.abbreviations import TOP, understood
from ipsecbot.parse.ios.config.acl import ACL, settle_entries
from ipsecbot.parse.ios.config.around import AROUND, surroundings
from ipsecbot.parse.ios.config.assemble import connections
from ipsecbot.parse.ios.config.blocks import read_blocks
from ipsecbot.parse.ios.config.drafts import Router
from ipsecbot.parse.ios.config.ikev2 import IKEV2
from ipsecbot.parse.ios.config.interfaces import SYSTEM
from ipsecbot.parse.ios.config.ipsec import IPSEC
from ipsecbot.parse.ios.config.isakmp import ISAKMP, settle_policies
from ipsecbot.parse.ios.config.keyrings import NAMES, settle_keys
from ipsecbot.parse.ios.config.pki import PKI, settle_maps
from ipsecbot.parse.ios.config.reader import Reader, apply
from ipsecbot.parse.ios.config.shown import SHOWN, WHOLE_ENTRY, restated
from ipsecbot.parse.read import EndConfig, Parsed

__all__ = ["SHOWN", "read_config"]

_CRYPTO = (*ISAKMP, *IKEV2, *PKI, *IPSEC)
_OURS = re.compile(r"(?:no\s+)?cry\w*\s")
_OTHERS = (*SYSTEM, *NAMES, *ACL, *AROUND)


def read_config(output: RawOutput, device: str, others: tuple[RawOutput, ...] = (), image: str = "") -> Parsed[EndConfig]:
    """The crypto parts of a running configuration, whole or filtered (`| section crypto`), with prompts and echo around it.

    An unknown crypto command is a gap; the rest of a configuration is not ours and no gap. A filtered configuration says less:
    what it does not show stays `None` instead of becoming a problem. Never raises on odd input. Linear in the text's length.

    `others`: more parts of the same configuration, and answers that restate some of it (kinds in SHOWN), which count where
    no configuration says otherwise. `image`: the release as `show version` names it, which decides about the defaults.
    """
    router = Router(image=image)
    readers: list[Reader] = []
    for one in (output, *others):
        readers.append(Reader(one, device, router))
        known = {id(entry) for entries in router.maps.values() for entry in entries.values()}
        for line in restated(one, device, router) if one.kind in SHOWN else read_blocks(one):
            if _OURS.match(line.text):
                if not understood(line, partial(apply, readers[-1], commands=_CRYPTO), TOP):
                    readers[-1].gap(line, "unknown crypto command")
            else:
                apply(readers[-1], line, _OTHERS)
        if one.kind in SHOWN:
            _mark_excerpts(router, one, known)
    for reader in readers:
        settle_entries(reader)
    settle_policies(readers[0])
    settle_keys(router)
    settle_maps(readers[0])
    found = connections(readers[0])
    addresses = _own_addresses(router)
    gaps = tuple(gap for reader in readers for gap in sorted(reader.gaps, key=lambda gap: gap.line or 0))
    return Parsed(EndConfig(found, tuple(router.keys), addresses, router.isakmp_disabled, surroundings(router)), gaps)


def _mark_excerpts(router: Router, shown: RawOutput, known: set[int]) -> None:
    """What only an answer told of may be a part of the entry."""
    for entries in router.maps.values():
        for entry in entries.values():
            entry.is_excerpt |= id(entry) not in known and not WHOLE_ENTRY.search(shown.text)


def _own_addresses(router: Router) -> tuple[str, ...]:
    """The addresses of the interfaces, and where an excerpt shows a tunnel but not the interface it starts from, that address:
    only an own one can stand behind `tunnel source`."""
    shown = [address for interface in router.interfaces.values() for address in interface.addresses]
    sources = (interface.tunnel_source for interface in router.interfaces.values())
    return tuple(dict.fromkeys((*shown, *(source for source in sources if source is not None and _is_address(source)))))


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False
