"""Whether the certificate of one end fits the certificate maps of the other, as far as the configurations tell.

Sources: Cisco IOS Security Command Reference, `crypto pki certificate map` (the entries of one name are tried from the
lowest number on, all lines of an entry have to match, case does not count); FlexVPN and IKEv2 Configuration Guide, `crypto
ikev2 profile`: "match identity and match certificate statements are considered the same type of statements and are ORed";
strongSwan, ipsec.conf(5), `leftid`: an identity has to be the subject of the certificate or one of its subjectAltNames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ipsecbot.model.certificate import CertificateMap, CertificateRule, CertificateTest
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.negotiate.party import Party

_BY_CERTIFICATE = frozenset({AuthMethod.PUBKEY, AuthMethod.XAUTH_PUBKEY, AuthMethod.RSA_ENCR, AuthMethod.HYBRID})
_SPACED = re.compile(r"\s{0,8}([=,/])\s*")
_POSITIVE = (CertificateTest.EQUAL, CertificateTest.CONTAINS)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is known of a certificate. `subject` in small letters without blanks around its signs, None: not known; `whole`: all
    of it is, nothing was added by an authority. `alternative`: a name that is among its subjectAltNames."""

    subject: str | None = None
    whole: bool = False
    alternative: str | None = None


def certificate_of(party: Party, sent: IkeIdentity | None) -> Certificate | None:
    """The certificate an end proves itself with; None where it uses none."""
    methods = party.auth_methods(local=True)
    if methods and not methods & _BY_CERTIFICATE:
        return None
    if sent is not None and sent.type is IdType.DN:
        return Certificate(_plain(sent.value), whole=True)
    alternative = sent.value.lower() if sent is not None and sent.type in (IdType.FQDN, IdType.EMAIL) else None
    asked = party.connection.ike.certificate_subject
    return Certificate(_plain(asked) if asked is not None else None, alternative=alternative)


def fits(certificate: Certificate | None, maps: tuple[CertificateMap, ...]) -> bool | None:
    """Whether any map accepts it; None where what is known of it does not decide."""
    if certificate is None:
        return False
    answers = [_fits_one(certificate, one) for one in maps]
    return True if True in answers else None if None in answers else False


def _fits_one(certificate: Certificate, one: CertificateMap) -> bool | None:
    if one.alternatives is None:
        return None
    answers = [_all(_holds(certificate, rule) for rule in rules) for rules in one.alternatives]
    return True if True in answers else None if None in answers else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    told = tuple(answers)
    return False if False in told else None if None in told else True


def _holds(certificate: Certificate, rule: CertificateRule) -> bool | None:
    found = _found(certificate, rule)
    if found is None:
        return None
    return found if rule.test in _POSITIVE else not found


def _found(certificate: Certificate, rule: CertificateRule) -> bool | None:
    """Whether the value is there: equal or contained, as the rule asks."""
    value = _plain(rule.value)
    equal = rule.test in (CertificateTest.EQUAL, CertificateTest.NOT_EQUAL)
    if rule.about == "subject-name" and certificate.subject is not None:
        orders = (certificate.subject, ",".join(reversed(certificate.subject.split(","))))
        if equal:
            return True if value in orders else False if certificate.whole else None
        return any(value in order for order in orders)
    named = certificate.alternative or ""
    seen = rule.about in ("alt-subject-name", "name") and bool(named) and (value == named if equal else value in named)
    if not seen and rule.about == "name" and certificate.subject is not None and not equal:
        seen = value in certificate.subject
    return True if seen else None  # issuer, dates and further names stand in the certificate alone


def _plain(name: str) -> str:
    text = _SPACED.sub(r"\1", name.strip().strip('"/')).lower()
    return text.replace("/", ",") if "/" in text and "," not in text else text
