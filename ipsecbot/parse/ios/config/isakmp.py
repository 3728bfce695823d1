"""IKEv1 parts: ISAKMP policies, keys, keyrings, profiles and global switches.

Source: Cisco IOS Security Command Reference, `crypto isakmp …`, `crypto keyring`; defaults from "Configuring Internet Key
Exchange for IPsec VPNs": a policy without a line has DES, SHA, RSA signatures, group 1, 86400 seconds; a router without any
policy has the eight default policies 65507 to 65514 (12.4(20)T and later).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, SharedKey
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import IsakmpProfile
from ipsecbot.parse.ios.config.reader import Command, Reader, command, read_address_pattern, read_owner, read_secret
from ipsecbot.spellings import by_ios, prf_of

_AUTH = {
    "pre-share": AuthMethod.PSK,
    "rsa-sig": AuthMethod.PUBKEY,
    "rsa-encr": AuthMethod.RSA_ENCR,
    "ecdsa-sig": AuthMethod.PUBKEY,
}
_DEFAULTS = {"encr": "des", "hash": "sha", "authentication": "rsa-sig", "group": "1", "lifetime": "86400"}
_KINDS = (("encr", TransformType.ENCR), ("hash", TransformType.INTEG), ("group", TransformType.KE))
_POLICY_LINE = re.compile(r"(?P<key>encr|hash|authentication|group|lifetime)\w*\s+(?P<value>\S.*)$", re.IGNORECASE)


def _policy(reader: Reader, line: Line, match: re.Match[str]) -> None:
    words = dict(_DEFAULTS)
    for child in line.children:
        setting = _POLICY_LINE.match(child.text)
        if setting is not None:
            words[setting["key"].lower()] = setting["value"].strip()
        elif not re.match(r"no\s|exit$", child.text):
            reader.gap(child, "unknown command in an ISAKMP policy")
    proposal, unknown = read_policy(int(match["number"]), words)
    if unknown:
        reader.gap(line, f"unknown words in an ISAKMP policy: {', '.join(unknown)}")
    reader.router.policies.append(replace(proposal, source=reader.source(line, whole=True)))


def read_policy(number: int, words: dict[str, str]) -> tuple[Proposal, list[str]]:
    """The proposal of one policy's words and those not known, which stay out of it."""
    algorithms: list[Algorithm] = []
    unknown: list[str] = []
    for key, kind in _KINDS:
        algorithm = by_ios("isakmp", kind, words[key])
        if algorithm is None:
            unknown.append(f"{key} {words[key]}")
            continue
        algorithms.append(algorithm)
        prf = prf_of(algorithm) if kind is TransformType.INTEG else None
        if prf is not None:
            algorithms.append(prf)
    auth = _AUTH.get(words["authentication"].lower())
    if auth is None:
        unknown.append(f"authentication {words['authentication']}")
    seconds = words["lifetime"]
    lifetime = timedelta(seconds=int(seconds)) if seconds.isdigit() else None
    return Proposal(Protocol.IKE, tuple(algorithms), number, auth, lifetime), unknown


_DEFAULT_POLICIES = (
    (65507, "aes", "sha", "rsa-sig", "5"),
    (65508, "aes", "sha", "pre-share", "5"),
    (65509, "aes", "md5", "rsa-sig", "5"),
    (65510, "aes", "md5", "pre-share", "5"),
    (65511, "3des", "sha", "rsa-sig", "2"),
    (65512, "3des", "sha", "pre-share", "2"),
    (65513, "3des", "md5", "rsa-sig", "2"),
    (65514, "3des", "md5", "pre-share", "2"),
)


def default_policies() -> tuple[Proposal, ...]:
    """The policies 65507 to 65514 of a router that has none of its own."""
    keys = ("encr", "hash", "authentication", "group")
    found = []
    for number, *words in _DEFAULT_POLICIES:
        proposal, _ = read_policy(number, {**_DEFAULTS, **dict(zip(keys, map(str, words), strict=True))})
        found.append(proposal)
    return tuple(found)


def _key(reader: Reader, line: Line, match: re.Match[str]) -> None:
    _shared_key(reader, line, match, None, None)


def _shared_key(reader: Reader, line: Line, match: re.Match[str], keyring: str | None, vrf: str | None) -> None:
    groups = match.groupdict()
    if groups.get("hostname"):
        owner: str | None = groups["hostname"].lower()
    else:
        owner = read_owner(groups["address"] or "", groups.get("mask"))
    if owner is None:
        reader.gap(line, "a key whose peer cannot be read")
        return
    secret = read_secret(groups["key"] or "")
    source = reader.source(line)
    reader.router.keys.append(SharedKey(secret, (owner,), keyring, vrf, source=source))


def _keyring(reader: Reader, line: Line, match: re.Match[str]) -> None:
    for child in line.children:
        key = _KEYRING_KEY.match(child.text)
        if key is not None:
            _shared_key(reader, child, key, match["name"], match["vrf"])
        elif not _KEYRING_KNOWN.match(child.text):
            reader.gap(child, "unknown command in a keyring")


_PEER = (
    r"(?:address\s+(?:ipv6\s+)?(?P<address>[\dA-Fa-f.:/]+)(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?|hostname\s+(?P<hostname>\S+))"
)
_KEYRING_KEY = re.compile(rf"pre-shared-key\s+{_PEER}\s+key\s+(?:[067]\s+)?(?P<key>\S+)", re.IGNORECASE)
_KEYRING_KNOWN = re.compile(r"(?:local-address|rsa-pubkey|description|no\s|exit)", re.IGNORECASE)


def _group(reader: Reader, line: Line, match: re.Match[str]) -> None:
    """An EasyVPN group: its key belongs to the group name, which the client sends as its key-id."""
    for child in line.children:
        words = child.words
        if words[0] == "key" and len(words) > 1:
            source = reader.source(child)
            reader.router.keys.append(SharedKey(read_secret(words[-1]), (match["name"],), source=source))


# profiles


def _profile(reader: Reader, line: Line, match: re.Match[str]) -> None:
    profile = IsakmpProfile(match["name"], reader.source(line, whole=True))
    reader.router.isakmp_profiles[profile.name] = profile
    for child in line.children:
        if not _profile_line(reader, child, profile):
            reader.gap(child, "unknown command in an ISAKMP profile")


_PROFILE_IGNORED = re.compile(
    r"(?:vrf|ca trust-point|client|isakmp authorization|accounting|virtual-template|local-address|description|qos-group|"
    r"match certificate|no\s|exit)",
    re.IGNORECASE,
)
_MATCH_IDENTITY = re.compile(
    r"match identity\s+(?:address\s+(?:ipv6\s+)?(?P<address>[\dA-Fa-f.:/]+)(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?(?:\s+\S+)?|"
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
    elif words[0] == "keyring" and len(words) > 1:
        profile.keyring = words[1] if words[1] != "default" else None  # the keys of `crypto isakmp key`
    elif words[0] == "self-identity" and len(words) > 1:
        profile.self_identity_kind = words[1].lower()
        profile.self_identity = _self_identity(words, reader, line)
    elif words[:3] == ["initiate", "mode", "aggressive"]:
        profile.aggressive = reader.source(line)
    elif words[0] == "keepalive" and len(words) > 1 and words[1].isdigit():
        profile.keepalive = timedelta(seconds=int(words[1]))
    else:
        return _PROFILE_IGNORED.match(line.text) is not None
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


def _self_identity(words: list[str], reader: Reader, line: Line) -> IkeIdentity | None:
    """`address` follows from the interface and `fqdn` alone from the host name: both are settled later."""
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


# switches


def _identity(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.identity = match["kind"].lower()
    reader.router.identity_source = reader.source(line)


def _aggressive_disable(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.aggressive_disabled = reader.source(line)


def _peer(reader: Reader, line: Line, match: re.Match[str]) -> None:
    for child in line.children:
        if child.text.startswith("set aggressive-mode"):
            owner = read_owner(match["address"], None) if match["address"] else match["host"].lower()
            if owner is not None:
                reader.router.aggressive_peers[owner] = reader.source(child)
                words = child.text.split()
                if words[2:3] == ["client-endpoint"] and len(words) > 4:
                    identity = _self_identity(words[2:], reader, child)
                    if identity is not None:
                        reader.router.aggressive_identities[owner] = identity
                if words[2:3] == ["password"] and len(words) > 3:  # with or without the type digit before it
                    reader.router.keys.append(SharedKey(read_secret(words[-1]), (owner,), source=reader.source(child)))
        else:
            reader.gap(child, "unknown command in an ISAKMP peer")


def _keepalive(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.keepalive = timedelta(seconds=int(match["seconds"]))


def _isakmp_off(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.isakmp_disabled = reader.source(line)


def _no_defaults(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.no_default_policies = True


ISAKMP: tuple[Command, ...] = (
    command(r"crypto isakmp policy (?P<number>\d+)", _policy),
    command(rf"crypto isakmp key\s+(?:[067]\s+)?(?P<key>\S+)\s+{_PEER}(?P<rest>.*)$", _key),
    command(r"crypto keyring (?P<name>\S+)(?:\s+vrf\s+(?P<vrf>\S+))?", _keyring),
    command(r"crypto isakmp profile (?P<name>\S+)", _profile),
    command(r"crypto isakmp client configuration group (?P<name>\S+)", _group),
    command(r"crypto isakmp client"),
    command(r"crypto isakmp identity (?P<kind>\S+)", _identity),
    command(r"crypto isakmp aggressive-mode disable", _aggressive_disable),
    command(r"crypto isakmp peer (?:address (?P<address>\S+)|hostname (?P<host>\S+))", _peer),
    command(r"crypto isakmp keepalive (?P<seconds>\d+)", _keepalive),
    command(r"no crypto isakmp enable", _isakmp_off),
    command(r"no crypto isakmp default policy", _no_defaults),
    command(r"crypto isakmp (?:nat|invalid-spi-recovery|enable|xauth|fragmentation|diagnose|fvrf)"),
    command(r"no crypto isakmp (?:aggressive-mode|keepalive|invalid-spi-recovery|nat|identity|ccm)"),
)
