"""Certificates."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Testimony, rule
from ipsecbot.diagnose.testimony import change_of, ends, reported
from ipsecbot.model.exchange import EventKind


def _refused(facts: Facts, cause: str, words: str, *attributes: str | None) -> Iterator[Clue]:
    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses the certificate of {peer}: {words}."

    yield from reported(facts, cause, say, EventKind.CERTIFICATE_REFUSED, where=lambda seen: seen.event.attribute in attributes)


@rule("cert-expired", Need.LOG)
def cert_expired(facts: Facts) -> Iterator[Testimony]:
    """A certificate is outside its validity period.

    Seen: the verifying end logs that the certificate has expired or is not valid yet. Whether its own clock is wrong
    (clock-skew) shows from the time on both ends.
    Mended: on the end that owns it, by a new certificate; on the other, by setting the clock when that is wrong.
    """
    yield from _refused(
        facts,
        "cert-expired",
        "it is outside its validity period; renew it (and compare both clocks)",
        "expired",
        "not-yet-valid",
    )


@rule("cert-untrusted", Need.LOG)
def cert_untrusted(facts: Facts) -> Iterator[Testimony]:
    """No chain from the peer's certificate to a trusted CA.

    Seen: the verifying end logs that no trusted key or issuer was found, or that the signature is wrong.
    Mended: on the verifying end by the CA certificate, or on the other by a certificate of a CA that both trust.
    """
    yield from _refused(facts, "cert-untrusted", "no chain leads to a CA it trusts; install the CA certificate", "untrusted")


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
