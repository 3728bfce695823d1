"""IKEv2 keyrings and profiles.

Source: Cisco FlexVPN and Internet Key Exchange Version 2 Configuration Guide (`crypto ikev2 keyring`, `crypto ikev2 profile`,
`match identity remote`, `match certificate`, `identity local`, `authentication`, `keyring`, `dpd`, `nat force-encap`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, Secret, SharedKey
from ipsecbot.parse.ios.config.abbreviations import IKEV2_PEER, IKEV2_PROFILE, keyword, understood
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Ikev2Profile
from ipsecbot.parse.ios.config.reader import Reader, read_address_pattern, read_owner, read_secret

_AUTH = {
    "pre-share": AuthMethod.PSK,
    "rsa-sig": AuthMethod.PUBKEY,
    "ecdsa-sig": AuthMethod.PUBKEY,
    "eap": AuthMethod.EAP,
    "anyconnect-eap": AuthMethod.EAP,
}


def read_keyring(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.keyrings.add(match["name"])
    for child in line.children:
        if child.words[0] == "peer":
            _keyring_peer(reader, child, match["name"])
        elif not re.match(r"no\s|exit$", child.text):
            reader.gap(child, "unknown command in an IKEv2 keyring")


_PEER_KEY = re.compile(r"pre-shared-key\s+(?:(?P<direction>local|remote)\s+)?(?:(?:[067]|hex)\s+)?(?P<key>\S+)", re.IGNORECASE)


def _keyring_peer(reader: Reader, line: Line, keyring: str) -> None:
    owners: list[str] = []
    keys: list[tuple[Secret, str | None, Line]] = []

    def read(child: Line) -> bool:
        words = child.words
        key = _PEER_KEY.match(child.text)
        if key is not None:
            direction = key["direction"]
            keys.append((read_secret(key["key"]), direction.lower() if direction else None, child))
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
        else:
            return words[0] in ("description", "no", "exit", "default")
        return True

    for child in line.children:
        if not understood(child, read, IKEV2_PEER):
            reader.gap(child, "unknown command in a keyring's peer")
    name = line.words[1] if len(line.words) > 1 else None
    for secret, direction, child in keys:
        source = reader.source(child)
        reader.router.keys.append(SharedKey(secret, tuple(owners), keyring, direction=direction, source=source, name=name))


def _owner_identity(words: list[str]) -> str:
    if words[1] == "address":
        return read_owner(words[2], None) or words[2]
    value = words[-1] if words[2] != "domain" else f"*.{words[-1]}"
    return value.lower() if words[1] == "fqdn" else value


# profiles


def read_profile(reader: Reader, line: Line, match: re.Match[str]) -> None:
    profile = Ikev2Profile(match["name"], reader.source(line, whole=True))
    reader.router.ikev2_profiles[profile.name] = profile
    for child in line.children:
        if not understood(child, lambda one: _profile_line(reader, one, profile), IKEV2_PROFILE):
            reader.gap(child, "unknown command in an IKEv2 profile")


_PROFILE_IGNORED = re.compile(
    r"(?:pki|aaa|ivrf|virtual-template|nat keepalive|initial-contact|description|ipsec|"
    r"config-exchange|redirect|reconnect|request|lifetime certificate|anyconnect|config-mode|ppk|no\s|exit|default\s|shutdown)",
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
    elif words[:2] == ["match", "certificate"] and len(words) > 2:
        profile.certificate_maps.append((line.text.split()[2], source))
    elif words[:2] == ["match", "fvrf"] and len(words) > 2:
        profile.front.append((line.text.split()[2], source))
    elif words[:3] == ["match", "address", "local"] and len(words) > 3:
        profile.local_places.append((words[-1], source))
    elif words[:2] == ["identity", "local"] and len(words) > 2:
        profile.local_id_kind, profile.local_id_source = words[2].lower(), source
        profile.local_id = _local_identity(words[2:])
    elif words[0] == "authentication":
        return _authentication(words, profile, reader, line)
    elif words[0] == "keyring" and len(words) > 1:
        if words[1] == "aaa":  # a server keeps the keys: there is one, which nobody can compare
            reader.router.keys.append(SharedKey(Secret(None), (), profile.name, source=source))
            profile.keyring = profile.name
            reader.router.keyrings.add(profile.name)
        else:
            profile.keyring = next((word for word in words[1:] if word != "local"), None)
        profile.keyring_source = source
    elif words[0] == "lifetime" and len(words) > 1 and words[1].isdigit():
        profile.lifetime = timedelta(seconds=int(words[1]))
    elif words[:2] == ["pki", "trustpoint"] and len(words) > 2:
        profile.trustpoints.append((words[2], source))
    elif words[:2] == ["nat", "force-encap"]:
        profile.force_encapsulation = True
    elif words[0] == "dpd" and len(words) > 1 and words[1].isdigit():
        profile.dpd = timedelta(seconds=int(words[1]))
    else:
        return _PROFILE_IGNORED.match(line.text) is not None
    return True


def _authentication(words: list[str], profile: Ikev2Profile, reader: Reader, line: Line) -> bool:
    """`authentication local pre-share [key …]`, `authentication remote rsa-sig`, and the older one for both ends.

    Several methods for the remote end leave open which one it takes."""
    side = words[1] if len(words) > 2 and words[1] in ("local", "remote") else "both"
    word = keyword(words[1 if side == "both" else 2], tuple(_AUTH)) if len(words) > 1 else None
    if word is None:
        return False
    method = _AUTH[word]
    profile.auth_source = profile.auth_source or reader.source(line)
    if side in ("local", "both"):
        profile.local_auth = method
    if side in ("remote", "both"):
        profile.remote_auths.append(method)
    if "key" in words and words[-1] != "key":
        secret = read_secret(words[-1])
        reader.router.keys.append(
            SharedKey(secret, (), profile.name, direction=None if side == "both" else side, source=reader.source(line))
        )
        profile.keyring = profile.keyring or profile.name
        reader.router.keyrings.add(profile.name)
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
