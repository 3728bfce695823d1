"""IKEv1 parts: ISAKMP policies, keys, keyrings, profiles and global switches.

Source: Cisco IOS Security Command Reference, `crypto isakmp …`, `crypto keyring`; the defaults of a release: defaults.py.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.identity import AuthMethod, SharedKey
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.parse.ios.config.abbreviations import keyword
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.defaults import ISAKMP_POLICY, is_removed, isakmp_policies, removes_weak
from ipsecbot.parse.ios.config.isakmp_profiles import read_profile, self_identity
from ipsecbot.parse.ios.config.keyrings import KEYS
from ipsecbot.parse.ios.config.reader import Command, Reader, command, read_owner, read_secret
from ipsecbot.spellings import by_ios, prf_of

_AUTH = {
    "pre-share": AuthMethod.PSK,
    "rsa-sig": AuthMethod.PUBKEY,
    "rsa-encr": AuthMethod.RSA_ENCR,
    "ecdsa-sig": AuthMethod.PUBKEY,
}
_KINDS = (("encr", TransformType.ENCR), ("hash", TransformType.INTEG), ("group", TransformType.KE))
_COMMANDS = ("encryption", "hash", "authentication", "group", "lifetime")


def _policy(reader: Reader, line: Line, match: re.Match[str]) -> None:
    router, number = reader.router, int(match["number"])
    words = dict(router.policy_words[number][0]) if number in router.policy_words else {}
    for child in line.children:
        command_word, _, value = child.text.partition(" ")
        known = keyword(command_word, _COMMANDS) if len(command_word) > 1 else None
        if known is not None and value.strip():
            words["encr" if known == "encryption" else known] = value.strip()
        elif not re.match(r"no\s|exit$|default\s", child.text):
            reader.gap(child, "unknown command in an ISAKMP policy")
    router.policy_words[number] = (words, reader.source(line, whole=True))


def settle_policies(reader: Reader) -> None:
    """Turns the words of every policy into proposals, once it is known which release this is and what it still allows."""
    router = reader.router
    weak_removed = removes_weak(router.release, shield_disabled=router.shield_disabled)
    for number, (words, source) in sorted(router.policy_words.items()):
        implied = {key: value for key, value in ISAKMP_POLICY.items() if key not in words}
        lost = [key for key, value in implied.items() if weak_removed and is_removed(key, value)]
        proposal, unknown = read_policy(number, {**implied, **words}, without=tuple(lost))
        if unknown:
            reader.gap_at(source, f"unknown words in an ISAKMP policy: {', '.join(unknown)}")
        if lost:
            why = f"no {' and no '.join(lost)} in this policy: what this release takes instead of DES and group 1 is not known"
            reader.gap_at(source, why)
        router.policies.append(replace(proposal, source=source))


def read_policy(number: int, words: dict[str, str], *, without: tuple[str, ...] = ()) -> tuple[Proposal, list[str]]:
    """The proposal of one policy's words and those not known, which stay out of it, as do the keys in `without`."""
    algorithms: list[Algorithm] = []
    unknown: list[str] = []
    for key, kind in _KINDS:
        if key in without:
            continue
        algorithm = by_ios("isakmp", kind, words[key])
        if algorithm is None:
            unknown.append(f"{key} {words[key]}")
            continue
        algorithms.append(algorithm)
        prf = prf_of(algorithm) if kind is TransformType.INTEG else None
        if prf is not None:
            algorithms.append(prf)
    auth = _AUTH.get(keyword(words["authentication"].split()[0], tuple(_AUTH)) or "")
    if auth is None:
        unknown.append(f"authentication {words['authentication']}")
    seconds = words["lifetime"]
    lifetime = timedelta(seconds=int(seconds)) if seconds.isdigit() else None
    return Proposal(Protocol.IKE, tuple(algorithms), number, auth, lifetime), unknown


def default_policies(reader: Reader) -> tuple[Proposal, ...]:
    """The policies of a router that has none of its own; nothing where the release does not tell which those are."""
    router = reader.router
    weak_removed = removes_weak(router.release, shield_disabled=router.shield_disabled)
    rows = isakmp_policies(router.release, router.image, weak_removed=weak_removed)
    return tuple(read_policy(number, words)[0] for number, words in rows or ())


def _group(reader: Reader, line: Line, match: re.Match[str]) -> None:
    """An EasyVPN group: its key belongs to the group name, which the client sends as its key-id."""
    for child in line.children:
        words = child.words
        if words[0] == "key" and len(words) > 1:
            source = reader.source(child)
            reader.router.keys.append(SharedKey(read_secret(words[-1]), (match["name"],), source=source, resolved=()))


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
                    identity = self_identity(words[2:], reader, child)
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


def _shield_disabled(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.shield_disabled = True


ISAKMP: tuple[Command, ...] = (
    command(r"crypto isakmp policy (?P<number>\d+)", _policy),
    *KEYS,
    command(r"crypto isakmp profile (?P<name>\S+)", read_profile),
    command(r"crypto isakmp client configuration group (?P<name>\S+)", _group),
    command(r"crypto isakmp client"),
    command(r"crypto isakmp identity (?P<kind>\S+)", _identity),
    command(r"crypto isakmp aggressive-mode disable", _aggressive_disable),
    command(r"crypto isakmp peer (?:address (?P<address>\S+)|hostname (?P<host>\S+))", _peer),
    command(r"crypto isakmp keepalive (?P<seconds>\d+)", _keepalive),
    command(r"no crypto isakmp enable", _isakmp_off),
    command(r"no crypto isakmp default policy", _no_defaults),
    command(r"crypto isakmp default policy"),
    command(r"crypto engine compliance shield disable", _shield_disabled),
    command(r"crypto isakmp (?:nat|invalid-spi-recovery|enable|xauth|fragmentation|diagnose|fvrf|ccm|error)"),
    command(
        r"no crypto isakmp (?:aggressive-mode|keepalive|invalid-spi-recovery|nat|identity|ccm|fragmentation|xauth|diagnose|"
        r"policy|key|profile|peer|client)"
    ),
)
