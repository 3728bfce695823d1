"""Trustpoints: with whom this router is enrolled, and whether the certificates are there.

Source: Cisco IOS Security Command Reference, `crypto pki trustpoint` (older: `crypto ca trustpoint`), `crypto pki certificate
chain` (which lists `certificate ca …` and the router's own `certificate …`).
"""

from __future__ import annotations

import re

from ipsecbot.model.evidence import Source
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Ikev2Profile, IsakmpProfile, Router, Trustpoint
from ipsecbot.parse.ios.config.reader import Command, Reader, command

_CERTIFICATE = re.compile(r"certificate\s+(?:(?P<kind>ca|self-signed|rollover)\s+)?[0-9A-Fa-f]+")


def _trustpoint(reader: Reader, line: Line, match: re.Match[str]) -> None:
    name = match["name"]
    reader.router.trustpoints.setdefault(name, Trustpoint(name, reader.source(line, whole=True)))


def _chain(reader: Reader, line: Line, match: re.Match[str]) -> None:
    name = match["name"]
    known = reader.router.trustpoints.setdefault(name, Trustpoint(name, reader.source(line)))
    kinds = [found["kind"] for child in line.children if (found := _CERTIFICATE.match(child.text))]
    known.ca_certificates = kinds.count("ca")
    known.own_certificates = sum(1 for kind in kinds if kind in (None, "self-signed"))


def credential_problems(router: Router, profile: Ikev2Profile | IsakmpProfile | None) -> tuple[tuple[str, Source], ...]:
    """Trustpoints that a profile names: one that is not there, one that knows no authority."""
    found: list[tuple[str, Source]] = []
    for name, source in profile.trustpoints if profile is not None and router.whole else ():
        trustpoint = router.trustpoints.get(name)
        if trustpoint is None:
            found.append((f"trustpoint {name} is not defined", source))
        elif trustpoint.ca_certificates == 0:
            found.append((f"trustpoint {name} has no certificate of its authority", trustpoint.source))
    return tuple(found)


PKI: tuple[Command, ...] = (
    command(r"crypto (?:pki|ca) (?:trustpoint|identity) (?P<name>\S+)", _trustpoint),
    command(r"crypto (?:pki|ca) certificate chain (?P<name>\S+)", _chain),
)
