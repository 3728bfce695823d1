"""Whether a certificate map accepts the other end, as far as the two configurations tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from two_ends import fqdn, two_ends

from ipsecbot.model.certificate import CertificateMap, CertificateRule, CertificateTest
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.negotiation import Aspect
from ipsecbot.negotiate.replay import replay

NAME = IkeIdentity(IdType.DN, "C=CH, O=Example, OU=Branch, CN=west.example.net")
FITS, DIFFERS, UNKNOWN = "fits", "differs", "not known"


def maps(*alternatives: str) -> tuple[CertificateMap, ...]:
    """`subject-name co x & name ne y` each."""
    rules = []
    for text in alternatives:
        parts = (part.split(maxsplit=2) for part in text.split(" & "))
        rules.append(tuple(CertificateRule(about, CertificateTest(test), value) for about, test, value in parts))
    return (CertificateMap("M", tuple(rules)),)


def verdict(identity: IkeIdentity | None, wanted: tuple[CertificateMap, ...], **left_more: object) -> str:
    """What the router says to the end with this identity, which signs."""
    left, right = two_ends()
    left = replace(left, local_id=identity, local_auth=AuthMethod.PUBKEY, keys=())
    right = replace(right, platform=Platform.CISCO_IOS, remote_auth=AuthMethod.PUBKEY)
    one, other = left.connection, right.connection
    one = replace(one, ike=replace(one.ike, **left_more))  # type: ignore[arg-type]
    other = replace(other, ike=replace(other.ike, certificate_maps=wanted))
    told = replay(one, other, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint)
    if any("certificate map M" in words for words in told.unknown):
        return UNKNOWN
    return DIFFERS if any(m.aspect is Aspect.IDENTITY for m in told.mismatches) else FITS


SUBJECTS = [
    (("subject-name co ou=branch",), FITS),
    (("subject-name co OU = Branch, CN = west",), FITS),  # neither case nor blanks count
    (("subject-name co cn=west.example.net,ou=branch",), FITS),  # either end of the name may stand first
    (("subject-name co ou=hub",), DIFFERS),
    (("subject-name nc ou=hub",), FITS),
    (("subject-name nc branch",), DIFFERS),
    (("subject-name eq c=ch,o=example,ou=branch,cn=west.example.net",), FITS),
    (("subject-name eq cn=west.example.net",), DIFFERS),
    (("subject-name ne cn=west.example.net",), FITS),
    (("subject-name co branch & subject-name co hub",), DIFFERS),
    (("subject-name co hub", "subject-name co branch"), FITS),
    (("issuer-name co ca1",), UNKNOWN),
    (("issuer-name co ca1 & subject-name co hub",), DIFFERS),
    (("issuer-name co ca1", "subject-name co branch"), FITS),
    (("name co branch",), FITS),
    (("name co other",), UNKNOWN),  # another of its names may hold it
    (("valid-start ge Jan 01 2020 00:00:00",), UNKNOWN),
]


@pytest.mark.parametrize(("alternatives", "expected"), SUBJECTS)
def test_a_subject_that_is_known_is_tried(alternatives: tuple[str, ...], expected: str) -> None:
    """charon's identity of type DN is the subject of its certificate (ipsec.conf(5), `leftid`); `crypto pki certificate map`:
    eq, ne, co, nc; the lines of one entry have to hold together, of several entries one (Security Command Reference)."""
    assert verdict(NAME, maps(*alternatives)) == expected


def test_what_is_not_in_any_configuration_is_not_known() -> None:
    """A certificate without a subject in sight, a map that was not shown."""
    assert verdict(None, maps("subject-name co branch")) == UNKNOWN
    assert verdict(fqdn("west.example.net"), maps("subject-name co branch")) == UNKNOWN
    assert verdict(NAME, (CertificateMap("M", None),)) == UNKNOWN


def test_a_host_name_as_identity_is_among_the_alternative_names() -> None:
    """charon takes no identity that its certificate does not hold (ibid.)."""
    assert verdict(fqdn("west.example.net"), maps("alt-subject-name co west.example")) == FITS
    assert verdict(fqdn("west.example.net"), maps("alt-subject-name co east")) == UNKNOWN  # it may have more of them


ENROLLED = [("subject-name co ou=branch", FITS), ("subject-name co hub", DIFFERS), ("subject-name eq cn=west,ou=branch", FITS),
            ("subject-name eq cn=west", UNKNOWN)]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), ENROLLED)
def test_the_subject_asked_for_at_enrolment_is_contained_in_the_real_one(rule: str, expected: str) -> None:
    """`subject-name` of a trustpoint; the router adds its host name, so that nothing follows from `eq` where it differs."""
    assert verdict(None, maps(rule), certificate_subject="CN=west, OU=Branch") == expected


def test_a_matched_identity_will_do_and_a_shared_key_has_no_certificate() -> None:
    """ "The match identity and match certificate statements are considered the same type of statements and are ORed" (FlexVPN
    and IKEv2 Configuration Guide, `crypto ikev2 profile`)."""
    left, right = two_ends()
    left, right = replace(left, local_id=fqdn("west")), replace(right, platform=Platform.CISCO_IOS)
    for remote_ids, wrong in (((fqdn("west"),), 0), ((fqdn("other"),), 1), ((), 1)):
        other = replace(right, remote_ids=remote_ids).connection
        other = replace(other, ike=replace(other.ike, certificate_maps=maps("subject-name co branch")))
        told = replay(left.connection, other, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint)
        assert sum(m.aspect is Aspect.IDENTITY for m in told.mismatches) == wrong
