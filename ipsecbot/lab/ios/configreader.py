"""Running-config text → RouterConfig. What the emulator does not simulate is simply not looked at."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network, NetmaskValueError

from ipsecbot.lab.ios import config as ios
from ipsecbot.lab.ios.configtree import Block, read_tree
from ipsecbot.lab.ios.ikev2config import read_keyrings, read_policies, read_profiles, read_proposals

PROTOCOLS = {"ip": 0, "icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51, "ospf": 89}


def network(address: str, mask: str = "255.255.255.255") -> IPv4Network:
    return IPv4Network(f"{address}/{mask}", strict=False)


def _group(words: list[str] | None) -> int | None:
    if words is None:
        return None
    return int(words[0].removeprefix("group")) if words else 1


def _interface(block: Block) -> ios.Interface:
    address = next((words for words in block.each("ip", "address") if words[-1] != "secondary"), None)
    lender = block.child("ip", "unnumbered")
    source = block.child("tunnel", "source")
    destination = block.child("tunnel", "destination")
    mode = block.child("tunnel", "mode")
    protection = block.child("tunnel", "protection", "ipsec", "profile")
    crypto_map = block.child("crypto", "map")
    description = block.child("description")
    fixed = address and len(address) >= 2
    return ios.Interface(
        name=block.line.split(None, 1)[1].replace(" ", ""),
        address=IPv4Interface(f"{address[0]}/{address[1]}") if address and fixed else None,
        shutdown=block.has("shutdown"),
        crypto_map=crypto_map[0] if crypto_map else None,
        tunnel_source=source[0] if source else None,
        tunnel_destination=IPv4Address(destination[0]) if destination else None,
        tunnel_mode=" ".join(mode) if mode else "gre ip",
        protection=protection[0] if protection else None,
        description=" ".join(description) if description else None,
        unnumbered=lender[0] if lender else None,
    )


def _acl_address(words: list[str]) -> IPv4Network:
    """Takes one address specification off the front of `words`: `any`, `host A`, or `A wildcard`."""
    first = words.pop(0)
    if first == "any":
        return ios.ANY
    if first == "host":
        return network(words.pop(0))
    wildcard = IPv4Address(words.pop(0))
    return network(first, str(IPv4Address(int(wildcard) ^ 0xFFFFFFFF)))


def acl_entry(words: list[str]) -> ios.AclEntry | None:
    """`permit ip 10.1.0.0 0.0.255.255 any`; None for a remark or for a spelling that is not simulated (ports)."""
    text = " ".join(words)
    rest = list(words)
    try:
        action, protocol = rest.pop(0), rest.pop(0)
        if action not in {"permit", "deny"}:
            return None
        number = PROTOCOLS.get(protocol) if not protocol.isdigit() else int(protocol)
        if number is None:
            return None
        source = _acl_address(rest)
        return ios.AclEntry(action == "permit", number, source, _acl_address(rest), text)
    except (IndexError, AddressValueError, NetmaskValueError, ValueError):
        return None


def _acls(roots: list[Block]) -> tuple[tuple[str, tuple[ios.AclEntry, ...]], ...]:
    found: dict[str, list[ios.AclEntry]] = {}
    for block in roots:
        words = block.words
        if words[:3] == ["ip", "access-list", "extended"]:
            entries = found.setdefault(words[3], [])
            for child in block.children:
                body = child.words[1:] if child.words[0].isdigit() else child.words
                entry = acl_entry(body)
                if entry:
                    entries.append(entry)
        elif words[0] == "access-list" and len(words) > 3:
            entry = acl_entry(words[2:])
            entries = found.setdefault(words[1], [])
            if entry:
                entries.append(entry)
    return tuple((name, tuple(entries)) for name, entries in found.items())


def _policy(block: Block) -> ios.IsakmpPolicy:
    encryption = block.child("encr") or block.child("encryption") or ["des"]
    bits = int(encryption[1]) if len(encryption) > 1 else (128 if encryption[0] == "aes" else 0)
    lifetime = block.child("lifetime")
    return ios.IsakmpPolicy(
        priority=int(block.words[3]),
        encryption=encryption[0],
        key_bits=bits,
        hash=(block.child("hash") or ["sha"])[0],
        authentication=(block.child("authentication") or ["rsa-sig"])[0],
        group=int((block.child("group") or ["1"])[0]),
        lifetime=int(lifetime[-1]) if lifetime else 86400,
    )


def _key(words: list[str], keyring: str | None) -> ios.IsakmpKey | None:
    """`[0|6] SECRET address A [M] [no-xauth]` or `… hostname H`; in a keyring the key stands last."""
    if words[0] in {"address", "hostname"}:
        place = words.index("key") if "key" in words else len(words)
        secret, where = words[place + 1 :], words[:place]
        secret = secret[1:] if len(secret) > 1 and secret[0] in {"0", "6"} else secret
    else:
        body = words[1:] if words[0] in {"0", "6"} and len(words) > 3 else words
        secret, where = body[:1], body[1:]
    if not secret or len(where) < 2:
        return None
    if where[0] == "hostname":
        return ios.IsakmpKey(secret[0], hostname=where[1], keyring=keyring)
    mask = where[2] if len(where) > 2 and where[2][0].isdigit() else None
    if mask is None:
        mask = "0.0.0.0" if where[1] == "0.0.0.0" else "255.255.255.255"
    return ios.IsakmpKey(secret[0], network=network(where[1], mask), keyring=keyring)


def _keys(roots: list[Block]) -> tuple[ios.IsakmpKey, ...]:
    keys: list[ios.IsakmpKey | None] = []
    for block in roots:
        if block.words[:3] == ["crypto", "isakmp", "key"]:
            keys.append(_key(block.words[3:], None))
        elif block.words[:2] == ["crypto", "keyring"]:
            keys += [_key(words, block.words[2]) for words in block.each("pre-shared-key")]
    return tuple(key for key in keys if key)


def _isakmp_profile(block: Block) -> ios.IsakmpProfile:
    identities: list[tuple[str, str]] = []
    for words in block.each("match", "identity"):
        if words[0] == "address":
            identities.append(("address", str(network(words[1], words[2] if len(words) > 2 else "255.255.255.255"))))
        elif words[0] == "host":
            identities.append(("host", words[-1] if words[1] != "domain" else "*." + words[-1]))
    own = block.child("self-identity")
    keyring = block.child("keyring")
    return ios.IsakmpProfile(
        name=block.words[3],
        keyring=keyring[0] if keyring and keyring[0] != "default" else None,
        identities=tuple(identities),
        self_identity=(own[0], own[1] if len(own) > 1 else "") if own else None,
        aggressive=block.has("initiate mode aggressive"),
    )


def _aggressive_peer(block: Block) -> ios.AggressivePeer:
    endpoint = block.child("set", "aggressive-mode", "client-endpoint")
    password = block.child("set", "aggressive-mode", "password")
    return ios.AggressivePeer(
        address=block.words[4],
        client_endpoint=(endpoint[0], endpoint[1]) if endpoint and len(endpoint) > 1 else None,
        password=password[-1] if password else None,
    )


def _transform_set(block: Block) -> ios.TransformSet:
    mode = block.child("mode") or ["tunnel"]
    return ios.TransformSet(block.words[3], tuple(block.words[4:]), mode[0] == "transport", mode[1:] == ["require"])


def _lifetime(block: Block) -> int | None:
    words = block.child("set", "security-association", "lifetime", "seconds")
    return int(words[0]) if words else None


def _map_entry(block: Block) -> ios.CryptoMapEntry:
    words = block.words
    sets = block.child("set", "transform-set")
    acl = block.child("match", "address")
    isakmp = block.child("set", "isakmp-profile")
    ikev2 = block.child("set", "ikev2-profile")
    return ios.CryptoMapEntry(
        name=words[2],
        sequence=int(words[3]),
        peers=tuple(peer[0] for peer in block.each("set", "peer")),
        transform_sets=tuple(sets or ()),
        acl=acl[-1] if acl else None,
        pfs=_group(block.child("set", "pfs")),
        isakmp_profile=isakmp[0] if isakmp else None,
        ikev2_profile=ikev2[0] if ikev2 else None,
        lifetime=_lifetime(block),
        dynamic=words[words.index("dynamic") + 1] if "dynamic" in words else None,
    )


def _ipsec_profile(block: Block) -> ios.IpsecProfile:
    sets = block.child("set", "transform-set")
    isakmp = block.child("set", "isakmp-profile")
    ikev2 = block.child("set", "ikev2-profile")
    return ios.IpsecProfile(
        name=block.words[3],
        transform_sets=tuple(sets or ()),
        pfs=_group(block.child("set", "pfs")),
        isakmp_profile=isakmp[0] if isakmp else None,
        ikev2_profile=ikev2[0] if ikev2 else None,
        lifetime=_lifetime(block),
    )


def _beginning(roots: list[Block], *prefix: str) -> list[Block]:
    return [block for block in roots if tuple(block.words[: len(prefix)]) == prefix]


def _word(roots: list[Block], default: str, *prefix: str) -> str:
    found = _beginning(roots, *prefix)
    return found[-1].words[len(prefix)] if found and len(found[-1].words) > len(prefix) else default


def _map_entries(roots: list[Block], kind: str) -> tuple[ios.CryptoMapEntry, ...]:
    blocks = [b for b in _beginning(roots, "crypto", kind) if len(b.words) > 3 and b.words[3].isdigit()]
    return tuple(sorted((_map_entry(block) for block in blocks), key=lambda entry: (entry.name, entry.sequence)))


def _routes(roots: list[Block]) -> tuple[ios.Route, ...]:
    rows = (block.words[2:] for block in _beginning(roots, "ip", "route"))
    return tuple(ios.Route(network(row[0], row[1]), row[2]) for row in rows if len(row) >= 3 and row[0][0].isdigit())


def _map_sources(roots: list[Block]) -> tuple[tuple[str, str], ...]:
    rows = (block.words for block in _beginning(roots, "crypto", "map"))
    return tuple((row[2], row[4]) for row in rows if len(row) > 4 and row[3] == "local-address")


def _release(roots: list[Block]) -> tuple[int, int]:
    major, _, minor = _word(roots, "15.7", "version").partition(".")
    return int(major), int(minor or 0)


def _vty_count(roots: list[Block]) -> int:
    last = [int(block.words[-1]) for block in _beginning(roots, "line", "vty") if block.words[-1].isdigit()]
    return max(last, default=4) + 1


def read_config(text: str) -> ios.RouterConfig:
    """Reads what the emulator simulates. Raises ValueError (or its AddressValueError) for a number or address that is none."""
    roots = read_tree(text)
    lines = {block.line for block in roots}
    profiles = [b for b in _beginning(roots, "crypto", "ipsec", "profile") if len(b.words) > 3]
    return ios.RouterConfig(
        hostname=_word(roots, "Router", "hostname"),
        release=_release(roots),
        interfaces=tuple(_interface(block) for block in _beginning(roots, "interface")),
        acls=_acls(roots),
        routes=_routes(roots),
        isakmp_enabled="no crypto isakmp enable" not in lines,
        aggressive_disabled="crypto isakmp aggressive-mode disable" in lines,
        isakmp_identity=_word(roots, "address", "crypto", "isakmp", "identity"),
        nat_traversal="no crypto ipsec nat-transparency udp-encapsulation" not in lines,
        domain=_word(roots, _word(roots, "", "ip", "domain-name"), "ip", "domain", "name") or None,
        policies=tuple(sorted((_policy(b) for b in _beginning(roots, "crypto", "isakmp", "policy")), key=lambda p: p.priority)),
        keys=_keys(roots),
        isakmp_profiles=tuple(_isakmp_profile(b) for b in _beginning(roots, "crypto", "isakmp", "profile")),
        aggressive_peers=tuple(_aggressive_peer(b) for b in _beginning(roots, "crypto", "isakmp", "peer", "address")),
        transform_sets=tuple(_transform_set(b) for b in _beginning(roots, "crypto", "ipsec", "transform-set")),
        crypto_maps=_map_entries(roots, "map"),
        dynamic_maps=_map_entries(roots, "dynamic-map"),
        map_sources=_map_sources(roots),
        ipsec_profiles=tuple(_ipsec_profile(block) for block in profiles),
        ikev2_proposals=read_proposals(_beginning(roots, "crypto", "ikev2", "proposal")),
        ikev2_policies=read_policies(_beginning(roots, "crypto", "ikev2", "policy")),
        ikev2_keyrings=read_keyrings(_beginning(roots, "crypto", "ikev2", "keyring")),
        ikev2_profiles=read_profiles(_beginning(roots, "crypto", "ikev2", "profile")),
        privileged_users=tuple(b.words[1] for b in _beginning(roots, "username") if "privilege 15" in b.line),
        vty_count=_vty_count(roots),
    )
