"""Algorithms that are still configured and should not be, and forward secrecy that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ipsecbot.diagnose.hygiene.remark import Remark, remark
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.tunnel import Endpoint


@dataclass(frozen=True, slots=True)
class Weak:
    """Why a keyword should go; `ike` and `esp`: where RFC 8247 and RFC 8221 say it (empty: they do not)."""

    topic: str
    why: str
    ike: str
    esp: str


_ENCR, _INTEG, _GROUP = "weak-encryption", "weak-integrity", "weak-group"
_DH = "RFC 8247 section 2.4"
WEAK: Mapping[str, Weak] = {
    "null": Weak(_ENCR, "no encryption at all", "RFC 8247 section 2.1", "RFC 8221 section 5"),
    "des": Weak(_ENCR, "56 bits, broken by search since 1998: MUST NOT", "RFC 8247 section 2.1", "RFC 8221 section 5"),
    "3des": Weak(_ENCR, "64-bit blocks (Sweet32), 112 bits at best", "NIST SP 800-77r1", "RFC 8221 section 5"),
    "cast128": Weak(_ENCR, "64-bit blocks", "RFC 9395", "RFC 8221 section 5"),
    "blowfish128": Weak(_ENCR, "64-bit blocks", "RFC 9395", "RFC 8221 section 5"),
    "blowfish256": Weak(_ENCR, "64-bit blocks", "RFC 9395", "RFC 8221 section 5"),
    "md5": Weak(_INTEG, "MUST NOT", "RFC 8247 section 2.3", "RFC 8221 section 6"),
    "prfmd5": Weak(_INTEG, "MUST NOT", "RFC 8247 section 2.2", ""),
    "modp768": Weak(_GROUP, "group 1: broken, MUST NOT", _DH, _DH),
    "modp1024": Weak(_GROUP, "group 2: within reach of precomputation (Logjam), SHOULD NOT", _DH, _DH),
    "modp1536": Weak(_GROUP, "group 5: SHOULD NOT", _DH, _DH),
    "modp1024s160": Weak(_GROUP, "group 22: MUST NOT", _DH, _DH),
    "modp2048s224": Weak(_GROUP, "group 23: small subgroups, SHOULD NOT", _DH, _DH),
    "modp2048s256": Weak(_GROUP, "group 24: small subgroups, SHOULD NOT", _DH, _DH),
}
_SIGNS = (AuthMethod.PUBKEY, AuthMethod.XAUTH_PUBKEY, AuthMethod.HYBRID)


def is_default(connection: Connection, proposals: tuple[Proposal, ...]) -> bool:
    """Whether nobody wrote these down: they then stand at the head of the connection itself."""
    return bool(proposals) and all(one.source is not None and one.source == connection.source for one in proposals)


def weak_algorithms(end: Endpoint) -> Iterator[Remark]:
    """One remark for each algorithm, of IKE and of each child."""
    for connection in end.connections or ():
        if not is_default(connection, connection.ike.proposals):
            yield from _weak(connection.name, connection.ike.proposals)
        for child in connection.children:
            if not is_default(connection, child.proposals):
                yield from _weak(_named(connection, child), child.proposals)


def _named(connection: Connection, child: ChildPolicy) -> str:
    return child.name if child.name == connection.name else f"{connection.name}/{child.name}"


def _weak(who: str, proposals: tuple[Proposal, ...]) -> Iterator[Remark]:
    named: dict[tuple[str, str], list[Proposal]] = {}
    for proposal in proposals:
        for one in proposal.algorithms:
            with_hash = one.keyword == "prfmd5" and any(other.keyword == "md5" for other in proposal.algorithms)
            if one.keyword in WEAK and not with_hash:
                named.setdefault((one.keyword, proposal.protocol), []).append(proposal)
    for (keyword, protocol), found in named.items():
        weak = WEAK[keyword]
        sources = (proposal.source for proposal in found)
        reference = weak.ike if protocol == Protocol.IKE else weak.esp
        yield from remark(weak.topic, who, f"{protocol} allows {keyword}", weak.why, *sources, reference=reference)


def sha1_signatures(end: Endpoint) -> Iterator[Remark]:
    """Signatures over SHA-1: where a configuration asks for them, and in IKEv1, whose negotiated hash is what is signed."""
    for connection in end.connections or ():
        ike = connection.ike
        rounds = (*(ike.local_rounds or ()), *(ike.remote_rounds or ()))
        asked = [one for one in rounds if one.constraints is not None and "sha1" in one.constraints.lower().split("-")]
        hashed = [
            one for one in ike.proposals if 1 in ike.versions and (one.auth or ike.local_auth) in _SIGNS and _hashes_sha1(one)
        ]
        if asked or (hashed and not is_default(connection, ike.proposals)):
            yield from remark(
                "sha1-signature",
                connection.name,
                "signatures over SHA-1 are accepted",
                "collisions can be made: MUST NOT",
                *(one.source for one in asked),
                *(one.source for one in hashed),
                reference="RFC 8247 section 3.2",
            )


def _hashes_sha1(proposal: Proposal) -> bool:
    return any(one.keyword in ("sha1", "prfsha1") for one in proposal.algorithms)


def missing_proposals(end: Endpoint) -> Iterator[Remark]:
    """Connections that leave the choice of algorithms to the release."""
    for connection in end.connections or ():
        silent = ["IKE"] if is_default(connection, connection.ike.proposals) else []
        silent += dict.fromkeys(
            child.protocol.value for child in connection.children if is_default(connection, child.proposals)
        )
        if silent:
            yield from remark(
                "no-proposal",
                connection.name,
                f"names no proposal for {' and '.join(silent)}; the daemon's defaults apply",
                "they change with each release, and the other end has to guess them"
                + ("; old IKEv1 clients may find nothing in them they can do" if connection.ike.versions == (1,) else ""),
                connection.source,
            )


def forward_secrecy(end: Endpoint) -> Iterator[Remark]:
    """Children without a group of their own. The first CHILD_SA of IKEv2 never has one: it matters from the first rekey on."""
    for connection in end.connections or ():
        for child in connection.children:
            written = child.proposals and not is_default(connection, child.proposals)
            if written and not any(proposal.of(TransformType.KE) for proposal in child.proposals):
                late = " from the first rekey on" if connection.ike.versions == (2,) else ""
                document = "RFC 2409 section 5.5" if connection.ike.versions == (1,) else "RFC 7296 section 1.3"
                yield from remark(
                    "no-pfs",
                    _named(connection, child),
                    f"no perfect forward secrecy{late}",
                    "whoever learns the keys of the IKE SA reads all its traffic",
                    child.pfs_source or child.proposal_source or child.source,
                    reference=f"{document}; NIST SP 800-77r1",
                )
