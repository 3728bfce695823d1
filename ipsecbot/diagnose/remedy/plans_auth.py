"""Plans for how the ends prove who they are: the method, and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.whom import connection_of, failing_replay, is_router, meant, name_of
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Change, Finding, Side
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.tunnel import Tunnel


def auth_method(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """One end proves itself, and wants it proved, as the other does. Certificates are stronger, and need more than a line."""
    replay = failing_replay(tunnel, Aspect.AUTH_METHOD, Aspect.IKE_PROPOSAL)
    if replay is None:
        return
    for side in SIDES:
        mine, theirs = connection_of(replay, side), connection_of(replay, side.other)
        own, peer = _method(theirs, local=False), _method(theirs, local=True)
        proposal = next((one for one in mine.ike.proposals if one.auth is not None), None)
        if AuthMethod.PUBKEY in (own, peer) and _has_no_certificate(tunnel, side, mine):
            continue
        if own is None or peer is None or (_method(mine, local=True), _method(mine, local=False)) == (own, peer):
            continue
        ike = replace(mine.ike, local_auth=own, remote_auth=peer)
        if proposal is not None:
            wanted = replace(proposal, auth=peer)
            proposals = tuple(wanted if one is proposal else one for one in mine.ike.proposals)
            ike = replace(mine.ike, proposals=proposals)
        edit = Edit(
            What.AUTH_METHOD,
            near=(proposal.source if proposal is not None else None) or mine.ike.auth_source or mine.source,
            proposal=replace(proposal, auth=peer) if proposal is not None else None,
            others=tuple(one for one in mine.ike.proposals if one is not proposal),
            auth=peer,
            own_auth=own,
        )
        why = f"{name_of(tunnel, side.other)} authenticates by {peer} and asks for {own}"
        yield Plan(side, edit, why, mine, becomes=replace(mine, ike=ike))


def _has_no_certificate(tunnel: Tunnel, side: Side, connection: Connection) -> bool:
    """A router whose configuration has no trustpoint: certificates would need more than a line."""
    return is_router(tunnel, side) and connection.ike.trustpoint is None


def _method(connection: Connection, *, local: bool) -> AuthMethod | None:
    """How an end proves itself, or wants it proved; in IKEv1 both follow from its first proposal."""
    ike = connection.ike
    told = ike.local_auth if local else ike.remote_auth
    return told or next((proposal.auth for proposal in ike.proposals if proposal.auth is not None), None)


def certificate(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """What to do on the end that has to change: nothing that replay could try."""
    why = {
        "cert-expired": "a new certificate takes the place of the one outside its validity",
        "cert-missing": "this end has nothing to authenticate with",
        "cert-untrusted": "this end does not know the authority that issued the peer's certificate",
        "cert-revoked-or-crl": "the revocation list is read again",
        "clock-skew": "a clock that is kept does not refuse valid certificates",
    }
    for side in SIDES:
        if finding.change in (Change.LEFT, Change.RIGHT) and finding.change.value != side.value:
            continue
        edit = Edit(What.CERTIFICATE, cause=finding.cause)
        yield Plan(side, edit, why[finding.cause], meant(tunnel, side, finding))
