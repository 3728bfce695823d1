"""ISAKMP profiles: whom they match, as whom they speak, with which keyring.

Source: Cisco IOS Security Command Reference, `crypto isakmp profile`, `match identity`, `self-identity`, `keyring`,
`initiate mode`, `keepalive (isakmp profile)`; "VRF-Aware IPsec" (`match identity address … vrf`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import IsakmpProfile
from ipsecbot.parse.ios.config.reader import Reader, read_address_pattern


def read_profile(reader: Reader, line: Line, match: re.Match[str]) -> None:
    profile = IsakmpProfile(match["name"], reader.source(line, whole=True))
    reader.router.isakmp_profiles[profile.name] = profile
    for child in line.children:
        if not _profile_line(reader, child, profile):
            reader.gap(child, "unknown command in an ISAKMP profile")


_IGNORED = re.compile(
    r"(?:vrf|client|isakmp authorization|accounting|virtual-template|description|qos-group|no\s|exit|default\s)",
    re.IGNORECASE,
)
_MATCH_IDENTITY = re.compile(
    r"match identity\s+(?:address\s+(?:ipv6\s+)?(?P<address>[\dA-Fa-f.:/]+)(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?"
    r"(?:\s+(?P<front>\S+))?|"
    r"host\s+domain\s+(?P<domain>\S+)|host\s+(?P<host>\S+)|user\s+domain\s+(?P<userdomain>\S+)|user\s+(?P<user>\S+)|"
    r"group\s+(?P<group>\S+))",
    re.IGNORECASE,
)


def _profile_line(reader: Reader, line: Line, profile: IsakmpProfile) -> bool:
    words = line.words
    identity = _MATCH_IDENTITY.match(line.text)
    if identity is not None:
        found = _matched_identity(identity)
        if found is None:
            return False
        profile.remote_ids.append(replace(found, source=reader.source(line)))
        if identity["address"]:
            profile.front.append((identity["front"] or "", reader.source(line)))
    elif words[0] == "local-address" and len(words) > 1:
        profile.local_places.append((words[1], reader.source(line)))
    elif words[:2] == ["match", "certificate"] and len(words) > 2:
        profile.certificate_maps.append((line.text.split()[2], reader.source(line)))
    elif words[:2] == ["ca", "trust-point"] and len(words) > 2:
        profile.trustpoints.append((words[2], reader.source(line)))
    elif words[0] == "keyring" and len(words) > 1:
        profile.keyring = words[1] if words[1] != "default" else None  # the keys of `crypto isakmp key`
        profile.keyring_source = reader.source(line)
    elif words[0] == "self-identity" and len(words) > 1:
        profile.self_identity_kind = words[1].lower()
        profile.self_identity_source = reader.source(line)
        profile.self_identity = self_identity(words, reader, line)
    elif words[:3] == ["initiate", "mode", "aggressive"]:
        profile.aggressive = reader.source(line)
    elif words[0] == "keepalive" and len(words) > 1 and words[1].isdigit():
        profile.keepalive = timedelta(seconds=int(words[1]))
    else:
        return _IGNORED.match(line.text) is not None
    return True


def _matched_identity(match: re.Match[str]) -> IkeIdentity | None:
    if match["address"]:
        return read_address_pattern(match["address"], match["mask"])
    if match["domain"]:
        return IkeIdentity(IdType.FQDN, f"*.{match['domain'].lower()}")
    if match["host"]:
        return IkeIdentity(IdType.FQDN, match["host"].lower())
    if match["userdomain"]:
        return IkeIdentity(IdType.EMAIL, f"*@{match['userdomain'].lower()}")
    if match["user"]:
        return IkeIdentity(IdType.EMAIL, match["user"])
    return IkeIdentity(IdType.KEY_ID, match["group"])


def self_identity(words: list[str], reader: Reader, line: Line) -> IkeIdentity | None:
    """Of `self-identity fqdn r9.example.net`: `address` follows from the interface and `fqdn` alone from the host name, both
    are settled later."""
    kind = words[1].lower()
    value = words[2] if len(words) > 2 else None
    source = reader.source(line)
    if kind == "address" and value not in (None, "ipv6"):
        return IkeIdentity(IdType.IPV4, value or "", source)
    if kind == "fqdn" and value is not None:
        return IkeIdentity(IdType.FQDN, value.lower(), source)
    if kind == "user-fqdn" and value is not None:
        return IkeIdentity(IdType.EMAIL, value, source)
    return None
