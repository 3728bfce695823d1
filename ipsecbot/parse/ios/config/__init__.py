"""`show running-config` of IOS → EndConfig (parse/read.py)."""

from __future__ import annotations

import re

from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.config.acl import ACL, settle_entries
from ipsecbot.parse.ios.config.assemble import connections
from ipsecbot.parse.ios.config.blocks import read_blocks
from ipsecbot.parse.ios.config.ikev2 import IKEV2
from ipsecbot.parse.ios.config.interfaces import SYSTEM
from ipsecbot.parse.ios.config.ipsec import IPSEC
from ipsecbot.parse.ios.config.isakmp import ISAKMP
from ipsecbot.parse.ios.config.reader import Reader, apply
from ipsecbot.parse.read import EndConfig, Parsed

__all__ = ["read_config"]

_CRYPTO = (*ISAKMP, *IKEV2, *IPSEC)
_OURS = re.compile(r"(?:no\s+)?crypto\s")
_OTHERS = (*SYSTEM, *ACL)


def read_config(output: RawOutput, device: str) -> Parsed[EndConfig]:
    """The crypto parts of a running configuration, whole or filtered (`| section crypto`), with prompts and echo around it.

    An unknown crypto command is a gap; the rest of a configuration is not ours and no gap. A filtered configuration says less:
    what it does not show stays `None` instead of becoming a problem. Never raises on odd input. Linear in the text's length.
    """
    reader = Reader(output, device)
    for line in read_blocks(output):
        if _OURS.match(line.text):
            if not apply(reader, line, _CRYPTO):
                reader.gap(line, "unknown crypto command")
        else:
            apply(reader, line, _OTHERS)
    settle_entries(reader)
    found = connections(reader)
    addresses = tuple(
        dict.fromkeys(address for interface in reader.router.interfaces.values() for address in interface.addresses)
    )
    return Parsed(EndConfig(found, tuple(reader.router.keys), addresses, reader.router.isakmp_disabled), tuple(reader.gaps))
