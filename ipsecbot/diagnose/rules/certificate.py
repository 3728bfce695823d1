"""Certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, rule
from ipsecbot.diagnose.testimony import change_of, ends, is_overtaken, reported, witness_of
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.identity import IdType

_RARELY = 0.35  # issued ahead of time
_OUTSIDE = 0.65  # certificate or clock: outside its validity in any case
_PERHAPS = 0.45
_BEHIND = 0.65  # a certificate is valid from its issue on: who finds it too young by a clock that nobody keeps, is behind
_OR_NAMELESS = 0.65  # untrusted, or without the name that its owner gives
_NOBODY_RUNS_THEN = 2005
_YEAR_NOT_PRINTED = 2000  # what stands for the year of a log that names none


def _refused(facts: Facts, cause: str, words: str, *attributes: str | None) -> Iterator[Clue]:
    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses the certificate of {peer}: {words}."

    yield from reported(facts, cause, say, EventKind.CERTIFICATE_REFUSED, where=lambda seen: _reason(facts, seen) in attributes)


def _reason(facts: Facts, seen: Seen) -> str | None:
    """Why a certificate was refused: as the line says, or as the last doubt before it in the same negotiation does."""
    if seen.event.attribute is not None:
        return seen.event.attribute
    here = seen.event.source
    doubts = [
        other.event
        for other in facts.events(EventKind.CERTIFICATE_DOUBT, side=seen.side)
        if other.exchange is seen.exchange
        and other.event.source.output == here.output
        and other.event.source.first_line <= here.first_line
    ]
    return doubts[-1].attribute if doubts else None


@rule("cert-expired", Need.LOG)
def cert_expired(facts: Facts) -> Iterator[Testimony]:
    """A certificate is outside its validity period.

    Seen: the verifying end logs that the certificate has expired or is not valid yet. Whether its own clock is wrong
    (clock-skew) shows from the time on both ends.
    Mended: on the end that owns it, by a new certificate; on the other, by setting the clock when that is wrong.
    """
    words = "it is outside its validity period; renew it (and compare both clocks)"
    yield from _refused(facts, "cert-expired", words, "expired")
    for clue in _refused(facts, "cert-expired", words, "not-yet-valid"):
        refused = facts.events(EventKind.CERTIFICATE_REFUSED)
        unset = any(_is_unset(seen) or _is_unkept(seen) for seen in refused)
        yield replace(clue, strength=Strength.HINT if unset else Strength.STRONG, weight=_RARELY if unset else _OUTSIDE)


@rule("clock-skew", Need.LOG)
def clock_skew(facts: Facts) -> Iterator[Testimony]:
    """A certificate is valid, but the clock of the end that checks it is wrong.

    Seen: that end logs that the certificate is not valid yet, which an issued certificate seldom is; its own log is stamped
    with a date before such certificates existed (routers start in 1993 or 2002, hosts in 1970), or by a clock that is not kept.
    Mended: on that end, by setting the clock and keeping it by NTP.
    """
    for side in SIDES:
        refused = [
            seen
            for seen in facts.events(EventKind.CERTIFICATE_REFUSED, side=side)
            if _reason(facts, seen) == "not-yet-valid" and not is_overtaken(facts, "clock-skew", seen)
        ]
        if not refused:
            continue
        last = refused[-1]
        unset = _is_unset(last)
        headline = f"{facts.name(side)} finds the certificate of {facts.name(side.other)} not valid yet: set the clock of "
        yield Clue(
            Strength.PROOF if unset else Strength.STRONG if _is_unkept(last) else Strength.HINT,
            witness_of(last),
            lines(*(seen.event.source for seen in refused[-2:])),
            f"{headline}{facts.name(side)} (NTP), and compare it with the certificate.",
            change=change_of(side),
            weight=0.0 if unset else _BEHIND if _is_unkept(last) else _PERHAPS,
        )


def _is_unkept(seen: Seen) -> bool:
    """Whether IOS marks the time as not authoritative: never set, or set by hand and not by NTP."""
    return seen.event.source.text.lstrip(" -").startswith("*")


def _is_unset(seen: Seen) -> bool:
    """Whether the line is stamped by a clock that was never set: a year long past, or the first of March (where routers start)
    under the mark of a clock that is not kept."""
    at = seen.event.at
    if at is None:
        return False
    return (at.year < _NOBODY_RUNS_THEN and at.year != _YEAR_NOT_PRINTED) or (
        (at.month, at.day) == (3, 1) and seen.event.source.text.lstrip().startswith("*")
    )


@rule("cert-untrusted", Need.LOG)
def cert_untrusted(facts: Facts) -> Iterator[Testimony]:
    """No chain from the peer's certificate to a trusted CA.

    Seen: the verifying end logs that no trusted key or issuer was found, or that the signature is wrong.
    Mended: on the verifying end by the CA certificate, or on the other by a certificate of a CA that both trust.
    """
    words = "no chain leads to a CA it trusts; install the CA certificate"
    for clue in _refused(facts, "cert-untrusted", words, "untrusted"):
        unsure = _may_lack_the_name(facts, clue)
        yield replace(clue, strength=Strength.STRONG, weight=_OR_NAMELESS) if unsure else clue


def _may_lack_the_name(facts: Facts, clue: Clue) -> bool:
    """Whether a key was only looked for by a name that is no certificate's subject: then a trusted certificate without that
    name among its alternative names gives the same words."""
    refused = (seen.event for seen in facts.events(EventKind.CERTIFICATE_REFUSED) if seen.event.source in clue.evidence)
    return all(event.identity is not None and event.identity.type is not IdType.DN for event in refused)


@rule("cert-revoked-or-crl", Need.LOG)
def cert_revoked_or_crl(facts: Facts) -> Iterator[Testimony]:
    """The certificate is revoked, or a mandatory CRL or OCSP answer cannot be had.

    Seen: the verifying end logs the revocation, or that fetching the CRL failed under a strict policy.
    Mended: by a new certificate; or by making the CRL reachable from the verifying end.
    """
    yield from _refused(
        facts, "cert-revoked-or-crl", "it is revoked, or its revocation could not be checked", "revoked", "no-crl"
    )


@rule("cert-missing", Need.LOG)
def cert_missing(facts: Facts) -> Iterator[Testimony]:
    """An end has no certificate or no private key to authenticate with.

    Seen: that end logs that it found no private key or certificate for its identity.
    Mended: there, by enrolling or loading certificate and key for the identity the connection sends.
    """

    def say(seen: Seen) -> str:
        return f"{facts.name(seen.side)} has no certificate or private key to authenticate with: load one for its identity."

    yield from reported(facts, "cert-missing", say, EventKind.CREDENTIAL_MISSING, change=lambda seen: change_of(seen.side))
