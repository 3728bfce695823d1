"""How each end proves itself and what the other makes of it: authentication method and identity."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.negotiation import Aspect, Choice, Mismatch, Proof
from ipsecbot.negotiate.identity import accepted
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.presented import Presented


def proofs(initiator: Party, responder: Party, named: Presented) -> tuple[Proof, Proof]:
    """The initiator's proof and the responder's, as configured, whether or not they are accepted."""
    return _proof(initiator, responder, named.initiator), _proof(responder, initiator, named.responder)


def _proof(prover: Party, verifier: Party, sent: IkeIdentity | None) -> Proof:
    return Proof(
        prover.side,
        tuple(sorted(prover.auth_methods(local=True))),
        tuple(sorted(verifier.auth_methods(local=False))),
        sent,
        verifier.connection.ike.remote_ids,
    )


def check_auth(initiator: Party, responder: Party, choice: Choice | None, version: int) -> Checked:
    """Whether each end accepts the way in which the other authenticates; in IKEv1 one method stands for both."""
    if version == 1 and responder.rules.compares_auth_with_proposal and choice is not None:
        return Checked()
    found = Checked()
    for prover, verifier in ((initiator, responder), (responder, initiator)):
        uses, wants = prover.auth_methods(local=True), verifier.auth_methods(local=False)
        if not uses or not wants:
            silent = verifier.name if uses else prover.name
            found += Checked(unknown=(f"the authentication method of {silent} is not known",))
        elif not uses & wants and not (version == 1 and found.mismatches):
            mine, yours = initiator.connection.ike, responder.connection.ike
            mismatch = Mismatch(
                Aspect.AUTH_METHOD,
                None,
                " or ".join(sorted(uses)),
                " or ".join(sorted(wants)),
                initiator=mine.auth_source or mine.source,
                responder=yours.auth_source or yours.source,
                offered_by=prover.side,
                refused_by=responder.side if version == 1 else None,
            )
            found += Checked((mismatch,))
    return found


def check_identities(initiator: Party, responder: Party, named: Presented) -> Checked:
    """What each end sends against what the other expects; the responder looks first, and where it is asked for a name that
    is not its own, it is the one that refuses."""
    theirs = _expects(responder, initiator, initiator, named)
    if named.refuses_name:
        theirs = Checked(tuple(replace(found, refused_by=responder.side) for found in theirs.mismatches), theirs.unknown)
    return _expects(initiator, responder, initiator, named) + theirs


def _expects(sender: Party, judge: Party, initiator: Party, named: Presented) -> Checked:
    expected = judge.connection.ike.remote_ids
    if not expected:
        return Checked()
    sent = named.of(sender, initiator)
    if sent is None:
        return Checked(unknown=(f"the identity that {sender.name} sends is not known",))
    if accepted(sent, expected):
        return Checked()
    own = sender.connection.ike
    sent_source = own.local_id_source or (own.local_id.source if own.local_id else None) or own.source
    expected_source = expected[0].source or judge.connection.ike.source
    from_initiator = sender is initiator
    mismatch = Mismatch(
        Aspect.IDENTITY,
        None,
        _words(sent),
        " or ".join(map(_words, expected)),
        initiator=sent_source if from_initiator else expected_source,
        responder=expected_source if from_initiator else sent_source,
        offered_by=sender.side,
    )
    return Checked((mismatch,))


def _words(identity: IkeIdentity) -> str:
    return f"{identity} ({identity.type})"
