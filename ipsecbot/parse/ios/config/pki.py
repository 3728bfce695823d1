"""Trustpoints: with whom this router is enrolled, and whether the certificates are there.

Source: Cisco IOS Security Command Reference, `crypto pki trustpoint` (older: `crypto ca trustpoint`), `crypto pki certificate
chain` (which lists `certificate ca …` and the router's own `certificate …`), `crypto pki certificate map` (fields and tests),
`subject-name`.
"""

from __future__ import annotations

import re

from ipsecbot.model.certificate import CertificateMap, CertificateRule, CertificateTest
from ipsecbot.model.evidence import Source
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Ikev2Profile, IsakmpProfile, Router, Trustpoint
from ipsecbot.parse.ios.config.reader import Command, Reader, command

_CERTIFICATE = re.compile(r"certificate\s+(?:(?P<kind>ca|self-signed|rollover)\s+)?[0-9A-Fa-f]+")


_RULE = re.compile(
    r"(?P<about>subject-name|issuer-name|unstructured-subject-name|alt-subject-name|name|valid-start|expires-on|serial-number)\s+"
    r"(?P<test>eq|ne|co|nc|lt|ge)\s+(?P<value>.+)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"subject-name\s+(?P<name>.+)", re.IGNORECASE)


def _trustpoint(reader: Reader, line: Line, match: re.Match[str]) -> None:
    name = match["name"]
    known = reader.router.trustpoints.setdefault(name, Trustpoint(name, reader.source(line, whole=True)))
    asked = (found["name"] for child in line.children if (found := _SUBJECT.match(child.text)))
    known.subject = next(asked, known.subject)


def _map(reader: Reader, line: Line, match: re.Match[str]) -> None:
    rules = reader.router.certificate_maps.setdefault(match["name"], {}).setdefault(int(match["number"]), [])
    reader.router.map_sources.setdefault(match["name"], reader.source(line, whole=True))
    for child in line.children:
        found = _RULE.match(child.text)
        if found is not None:
            test = CertificateTest(found["test"].lower())
            rules.append(CertificateRule(found["about"].lower(), test, found["value"].strip().strip('"'), reader.source(child)))
        elif not re.match(r"(?:no\s|exit|description|override|tls-server-name)", child.text):
            reader.gap(child, "unknown command in a certificate map")


def certificate_maps(router: Router, profile: Ikev2Profile | IsakmpProfile | None) -> tuple[CertificateMap, ...]:
    """The maps that a profile names. One that was not shown is not known; an entry without a rule accepts everybody."""
    found: list[CertificateMap] = []
    for name, source in profile.certificate_maps if profile is not None else ():
        entries = router.certificate_maps.get(name)
        rules = tuple(tuple(entry) for _, entry in sorted(entries.items())) if entries is not None else None
        found.append(CertificateMap(name, rules, router.map_sources.get(name, source)))
    return tuple(found)


def settle_maps(reader: Reader) -> None:
    """Says which maps decide about a profile and were not shown."""
    router = reader.router
    named = [one.certificate_maps for one in router.ikev2_profiles.values()]
    named += [one.certificate_maps for one in router.isakmp_profiles.values()]
    for maps in named:
        for name, source in maps:
            if name not in router.certificate_maps:
                reader.gap_at(source, f"certificate map {name} is not shown: whom this profile matches is not known")


def subject_of(router: Router, trustpoint: str | None) -> str | None:
    """The subject asked for at enrolment; IOS adds the host name, so that it is not all of it."""
    known = router.trustpoints.get(trustpoint) if trustpoint is not None else None
    return known.subject if known is not None else None


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
    command(r"crypto (?:pki|ca) certificate map (?P<name>\S+) (?P<number>\d+)", _map),
    command(r"crypto (?:pki|ca) (?:trustpoint|identity) (?P<name>\S+)", _trustpoint),
    command(r"crypto (?:pki|ca) certificate chain (?P<name>\S+)", _chain),
)
