"""IKEv2 parts: proposals, policies and switches; keyrings and profiles: ikev2_profiles.py.

Source: Cisco FlexVPN and Internet Key Exchange Version 2 Configuration Guide (`crypto ikev2 proposal`, `crypto ikev2 policy`,
`match fvrf`, `match address local`); `show crypto ikev2 policy` (a policy without `match fvrf` is of the global table).
"""

from __future__ import annotations

import re
from datetime import timedelta

from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.parse.ios.config.abbreviations import keyword
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.defaults import DEFAULT, Release, ikev2_proposal
from ipsecbot.parse.ios.config.drafts import Ikev2Policy
from ipsecbot.parse.ios.config.ikev2_profiles import read_keyring, read_profile
from ipsecbot.parse.ios.config.reader import Command, Reader, command, read_owner
from ipsecbot.spellings import by_ios, prf_of

_KINDS = {
    "encryption": TransformType.ENCR,
    "integrity": TransformType.INTEG,
    "prf": TransformType.PRF,
    "group": TransformType.KE,
}


def default_proposal(release: Release) -> Proposal:
    """The smart default of a release (major, minor)."""
    algorithms, _ = _algorithms(ikev2_proposal(release))
    return Proposal(Protocol.IKE, algorithms, 1, name=DEFAULT)


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
        kind = keyword(words[0], tuple(_KINDS))
        if kind is not None and len(words) > 1:
            settings[kind] = words[1]
        elif not re.match(r"no\s|exit$|default\s", child.text):
            reader.gap(child, "unknown command in an IKEv2 proposal")
    if match["name"] == DEFAULT:  # what stands there changes the smart default, the rest of it stays
        settings = {**ikev2_proposal(reader.router.release), **settings}
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
        elif words[:2] == ["match", "fvrf"] and len(words) > 2:
            policy.front = words[2]
        elif not re.match(r"no\s|exit$|default\s", child.text):
            reader.gap(child, "unknown command in an IKEv2 policy")


def _dpd(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.ikev2_dpd = timedelta(seconds=int(match["seconds"]))


def _fragmentation(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.ikev2_fragmentation = not line.text.lower().startswith("no")


def _no_default_policy(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.no_default_ikev2 = True


def _no_default_proposal(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.no_default_ikev2_proposal = True


IKEV2: tuple[Command, ...] = (
    command(r"crypto ikev2 proposal (?P<name>\S+)", _proposal),
    command(r"crypto ikev2 policy (?P<name>\S+)", _policy),
    command(r"crypto ikev2 keyring (?P<name>\S+)", read_keyring),
    command(r"crypto ikev2 profile (?P<name>\S+)", read_profile),
    command(r"crypto ikev2 dpd (?P<seconds>\d+)", _dpd),
    command(r"(?:no )?crypto ikev2 fragmentation", _fragmentation),
    command(r"no crypto ikev2 policy default", _no_default_policy),
    command(r"no crypto ikev2 proposal default", _no_default_proposal),
    command(r"no crypto ikev2 dpd"),
    command(
        r"(?:no )?crypto ikev2 (?:authorization|cookie|limit|nat|window|diagnose|name-mangler|http-url|certificate|client|"
        r"disconnect|redirect|reconnect|cluster|fips|cts)"
    ),
)
