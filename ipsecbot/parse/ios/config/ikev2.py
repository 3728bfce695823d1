"""IKEv2 parts: proposals, policies, keyrings, profiles, and the smart defaults.

Source: Cisco FlexVPN and Internet Key Exchange Version 2 Configuration Guide ("IKEv2 Smart Defaults");
`show crypto ikev2 proposal default` of 15.x (groups 5 and 2) and of IOS XE 16 and later (groups 19, 14, 21 and 5).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, Secret, SharedKey
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Ikev2Policy, Ikev2Profile
from ipsecbot.parse.ios.config.reader import Command, Reader, command, read_address_pattern, read_owner, read_secret
from ipsecbot.spellings import by_ios, prf_of

_KINDS = {
    "encryption": TransformType.ENCR,
    "integrity": TransformType.INTEG,
    "prf": TransformType.PRF,
    "group": TransformType.KE,
}
_OLD_DEFAULT = {
    "encryption": "aes-cbc-256 aes-cbc-192 aes-cbc-128",
    "integrity": "sha512 sha384 sha256 sha1 md5",
    "group": "5 2",
}
_NEW_DEFAULT = {"encryption": "aes-cbc-256 aes-cbc-192 aes-cbc-128", "integrity": "sha512 sha384", "group": "19 14 21 5"}
_FIRST_NEW_RELEASE = (16, 0)
_AUTH = {
    "pre-share": AuthMethod.PSK,
    "rsa-sig": AuthMethod.PUBKEY,
    "ecdsa-sig": AuthMethod.PUBKEY,
    "eap": AuthMethod.EAP,
    "anyconnect-eap": AuthMethod.EAP,
}


def default_proposal(release: tuple[int, int] | None) -> Proposal:
    """The smart default of a release (major, minor); an unknown release is taken for IOS XE 16 or later."""
    algorithms, _ = _algorithms(_default_words(release))
    return Proposal(Protocol.IKE, algorithms, 1, name="default")


def _default_words(release: tuple[int, int] | None) -> dict[str, str]:
    return _OLD_DEFAULT if release is not None and release < _FIRST_NEW_RELEASE else _NEW_DEFAULT


def _algorithms(settings: dict[str, str]) -> tuple[tuple[Algorithm, ...], list[str]]:
    """The algorithms of a proposal's lines and the words not known. Without `prf` the PRFs follow from `integrity`."""
    found: list[Algorithm] = []
    unknown: list[str] = []
    for key, kind in _KINDS.items():
        for word in settings.get(key, "").split():
            algorithm = by_ios("ikev2", kind, word)
            if algorithm is None:
                unknown.append(word)
            else:
                found.append(algorithm)
    if "prf" not in settings:
        hashes = [algorithm for algorithm in found if algorithm.type is TransformType.INTEG]
        found += [prf for hashed in hashes if (prf := prf_of(hashed)) is not None]
    return tuple(found), unknown


def _proposal(reader: Reader, line: Line, match: re.Match[str]) -> None:
    settings: dict[str, str] = {}
    for child in line.children:
        words = child.text.split(None, 1)
        if words[0] in _KINDS and len(words) > 1:
            settings[words[0]] = words[1]
        elif not re.match(r"no\s|exit$", child.text):
            reader.gap(child, "unknown command in an IKEv2 proposal")
    if match["name"] == "default":  # what stands there changes the smart default, the rest of it stays
        settings = {**_default_words(reader.router.release), **settings}
    algorithms, unknown = _algorithms(settings)
    if unknown:
        reader.gap(line, f"unknown algorithm in an IKEv2 proposal: {' '.join(unknown)}")
    name = match["name"]
    source = reader.source(line, whole=True)
    reader.router.ikev2_proposals[name] = Proposal(Protocol.IKE, algorithms, name=name, source=source)


def _policy(reader: Reader, line: Line, match: re.Match[str]) -> None:
    policy = Ikev2Policy(match["name"], reader.source(line, whole=True))
    reader.router.ikev2_policies[policy.name] = policy
    for child in line.children:
        words = child.words
        if words[0] == "proposal" and len(words) > 1:
            policy.proposals.append(words[1])
        elif words[:3] == ["match", "address", "local"] and len(words) > 3:
            owner = read_owner(words[3], None)
            policy.local_addresses.append(owner if owner is not None else words[3])
        elif words[:2] != ["match", "fvrf"] and not re.match(r"no\s|exit$", child.text):
            reader.gap(child, "unknown command in an IKEv2 policy")


# keyrings


def _keyring(reader: Reader, line: Line, match: re.Match[str]) -> None:
    for child in line.children:
        if child.words[0] == "peer":
            _keyring_peer(reader, child, match["name"])
        elif not re.match(r"no\s|exit$", child.text):
            reader.gap(child, "unknown command in an IKEv2 keyring")


_PEER_KEY = re.compile(r"pre-shared-key\s+(?:(?P<direction>local|remote)\s+)?(?:(?:[067]|hex)\s+)?(?P<key>\S+)", re.IGNORECASE)


def _keyring_peer(reader: Reader, line: Line, keyring: str) -> None:
    owners: list[str] = []
    keys: list[tuple[Secret, str | None, Line]] = []
    for child in line.children:
        words = child.words
        key = _PEER_KEY.match(child.text)
        if key is not None:
            keys.append((read_secret(key["key"]), key["direction"], child))
        elif words[0] == "address" and len(words) > 1:
            owner = read_owner(words[1], words[2] if len(words) > 2 and "." in words[2] else None)
            if owner is None:
                reader.gap(child, "a peer whose address cannot be read")
            else:
                owners.append(owner)
        elif words[0] == "identity" and len(words) > 2:
            owners.append(_owner_identity(words))
        elif words[0] == "hostname" and len(words) > 1:
            owners.append(words[1].lower())
        elif words[0] not in ("description", "no", "exit"):
            reader.gap(child, "unknown command in a keyring's peer")
    for secret, direction, child in keys:
        source = reader.source(child)
        reader.router.keys.append(SharedKey(secret, tuple(owners), keyring, direction=direction, source=source))


def _owner_identity(words: list[str]) -> str:
    if words[1] == "address":
        return read_owner(words[2], None) or words[2]
    value = words[-1] if words[2] != "domain" else f"*.{words[-1]}"
    return value.lower() if words[1] == "fqdn" else value


# profiles


def _profile(reader: Reader, line: Line, match: re.Match[str]) -> None:
    profile = Ikev2Profile(match["name"], reader.source(line, whole=True))
    reader.router.ikev2_profiles[profile.name] = profile
    for child in line.children:
        if not _profile_line(reader, child, profile):
            reader.gap(child, "unknown command in an IKEv2 profile")


_PROFILE_IGNORED = re.compile(
    r"(?:match fvrf|match address local|pki|aaa|ivrf|virtual-template|nat|initial-contact|description|config-exchange|ipsec|"
    r"redirect|reconnect|request|no\s|exit|shutdown)",
    re.IGNORECASE,
)


def _profile_line(reader: Reader, line: Line, profile: Ikev2Profile) -> bool:
    words = line.words
    source = reader.source(line)
    if words[:3] == ["match", "identity", "remote"] and len(words) > 3:
        identity = _remote_identity(words[3:])
        if identity is None:
            return False
        profile.remote_ids.append(replace(identity, source=source))
    elif words[:2] == ["match", "certificate"]:
        reader.gap(line, "a certificate map decides who matches this profile; it is not evaluated")
    elif words[:2] == ["identity", "local"] and len(words) > 2:
        profile.local_id_kind, profile.local_id_source = words[2].lower(), source
        profile.local_id = _local_identity(words[2:])
    elif words[0] == "authentication":
        return _authentication(words, profile, reader, line)
    elif words[0] == "keyring" and len(words) > 1:
        if words[1] == "aaa":  # a server keeps the keys: there is one, which nobody can compare
            reader.router.keys.append(SharedKey(Secret(None), (), profile.name, source=source))
            profile.keyring = profile.name
        else:
            profile.keyring = next((word for word in words[1:] if word != "local"), None)
    elif words[0] == "lifetime" and len(words) > 1 and words[1].isdigit():
        profile.lifetime = timedelta(seconds=int(words[1]))
    elif words[0] == "dpd" and len(words) > 1 and words[1].isdigit():
        profile.dpd = timedelta(seconds=int(words[1]))
    else:
        return _PROFILE_IGNORED.match(line.text) is not None
    return True


def _authentication(words: list[str], profile: Ikev2Profile, reader: Reader, line: Line) -> bool:
    """`authentication local pre-share [key …]`, `authentication remote rsa-sig`, and the older one for both ends."""
    side = words[1] if len(words) > 2 and words[1] in ("local", "remote") else "both"
    method = _AUTH.get(words[1 if side == "both" else 2].lower()) if len(words) > 1 else None
    if method is None:
        return False
    profile.auth_source = profile.auth_source or reader.source(line)
    if side in ("local", "both"):
        profile.local_auth = method
    if side in ("remote", "both"):
        profile.remote_auth = profile.remote_auth or method
    if "key" in words and words[-1] != "key":
        secret = read_secret(words[-1])
        reader.router.keys.append(
            SharedKey(secret, (), profile.name, direction=None if side == "both" else side, source=reader.source(line))
        )
        profile.keyring = profile.keyring or profile.name
    return True


def _remote_identity(words: list[str]) -> IkeIdentity | None:
    kind = words[0].lower()
    if kind == "any":
        return IkeIdentity(IdType.ANY, "%any")
    if len(words) < 2:
        return None
    if kind == "address":
        return read_address_pattern(words[1], words[2] if len(words) > 2 and "." in words[2] else None)
    domain = words[1] == "domain" and len(words) > 2
    if kind == "fqdn":
        return IkeIdentity(IdType.FQDN, f"*.{words[2].lower()}" if domain else words[1].lower())
    if kind == "email":
        return IkeIdentity(IdType.EMAIL, f"*@{words[2].lower()}" if domain else words[1])
    return IkeIdentity(IdType.KEY_ID, words[1]) if kind == "key-id" else None


def _local_identity(words: list[str]) -> IkeIdentity | None:
    """None for `dn` (it follows from the certificate) and for an address that cannot be read."""
    kind, value = words[0].lower(), words[-1]
    if len(words) < 2:
        return None
    if kind == "address":
        return read_address_pattern(value, None)
    types = {"fqdn": IdType.FQDN, "email": IdType.EMAIL, "key-id": IdType.KEY_ID}
    return IkeIdentity(types[kind], value.lower() if kind == "fqdn" else value) if kind in types else None


def _dpd(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.ikev2_dpd = timedelta(seconds=int(match["seconds"]))


def _fragmentation(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.ikev2_fragmentation = not line.text.lower().startswith("no")


def _no_default(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.no_default_ikev2 = True


IKEV2: tuple[Command, ...] = (
    command(r"crypto ikev2 proposal (?P<name>\S+)", _proposal),
    command(r"crypto ikev2 policy (?P<name>\S+)", _policy),
    command(r"crypto ikev2 keyring (?P<name>\S+)", _keyring),
    command(r"crypto ikev2 profile (?P<name>\S+)", _profile),
    command(r"crypto ikev2 dpd (?P<seconds>\d+)", _dpd),
    command(r"(?:no )?crypto ikev2 fragmentation", _fragmentation),
    command(r"no crypto ikev2 (?:proposal|policy) default", _no_default),
    command(
        r"(?:no )?crypto ikev2 (?:authorization|cookie|limit|nat|window|diagnose|name-mangler|http-url|certificate|client|"
        r"disconnect|redirect|reconnect|cluster|fips|cts)"
    ),
)
