"""How each end proves itself and what the other makes of it: authentication method and identity."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.negotiation import Aspect, Choice, Mismatch, Proof
from ipsecbot.negotiate.certificates import certificate_of, fits
from ipsecbot.negotiate.identity import accepted
from ipsecbot.negotiate.methods import v1_method
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.presented import Presented
from ipsecbot.negotiate.responder_rules import KeyRule

# RFC 5998 section 4: methods that prove both ends and yield a key; strongSwan 5.9.8, `is_mutual` of its EAP plugins
_MUTUAL = frozenset({"tls", "ttls", "peap", "sim", "aka"})
_DECIDED_LATER = frozenset({"radius", "dynamic"})  # the server behind, or the client, chooses


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
    if version == 1 and responder.rules.keys is KeyRule.IDENTITY:
        return _check_one_method(initiator, responder)
    found = Checked()
    for prover, verifier in ((initiator, responder), (responder, initiator)):
        uses, wants = prover.auth_methods(local=True), verifier.auth_methods(local=False)
        if verifier.takes_any_method and (verifier is initiator or AuthMethod.EAP not in uses):
            continue
        if verifier.takes_any_method:  # EAP has to be asked for
            found += Checked((_method_differs(initiator, responder, "eap", "any method but eap", verifier, 2),))
            continue
        if not uses or not wants:
            silent = verifier.name if uses else prover.name
            found += Checked(unknown=(f"the authentication method of {silent} is not known",))
        elif not uses & wants and not (version == 1 and found.mismatches):
            words = " or ".join(sorted(uses)), " or ".join(sorted(wants))
            step = 2 if prover is initiator else 4
            found += Checked((_method_differs(initiator, responder, *words, responder if version == 1 else verifier, step),))
    return found + _check_possible(initiator, responder, version)


def _check_possible(initiator: Party, responder: Party, version: int) -> Checked:
    """What no two ends can do: in IKEv2 a responder proves itself with EAP alone only to an initiator that proves itself with
    EAP too, by a method that proves both and yields a key (RFC 7296 section 2.16, RFC 5998 section 3)."""
    if version != 2 or AuthMethod.EAP not in responder.auth_methods(local=True):
        return Checked()
    if AuthMethod.EAP not in initiator.auth_methods(local=True):
        return Checked((_method_differs(initiator, responder, "eap", "psk or pubkey", initiator, 4),))
    method = _eap_method(initiator, responder)
    if method is None:
        return Checked(unknown=("whether the EAP method proves the responder as well stands in neither configuration",))
    if method in _MUTUAL:
        return Checked()
    return Checked((_method_differs(initiator, responder, f"eap-{method} alone", "psk or pubkey", initiator, 4),))


def _eap_method(initiator: Party, responder: Party) -> str | None:
    """The EAP method by which the initiator is asked to prove itself, as far as one of the two names it."""
    rounds = (*(initiator.connection.ike.local_rounds or ()), *(responder.connection.ike.remote_rounds or ()))
    named = (one.eap_type for one in rounds if one.method is AuthMethod.EAP)
    return next((name for name in named if name is not None and name not in _DECIDED_LATER), None)


def _check_one_method(initiator: Party, responder: Party) -> Checked:
    """IKEv1: the initiator's method stands in its proposal, and the responder's connection has to name the same one."""
    offered, wanted = v1_method(initiator, initiates=True), v1_method(responder, initiates=False)
    if offered is None or offered == wanted:
        return Checked()
    if wanted is None and not responder.auth_methods(local=False) and not responder.takes_any_method:
        return Checked(unknown=(f"the authentication method of {responder.name} is not known",))
    return Checked((_method_differs(initiator, responder, offered, wanted or "none that IKEv1 has", responder, 0),))


def _method_differs(initiator: Party, responder: Party, offered: str, accepted: str, refuser: Party, step: int) -> Mismatch:
    mine, yours = initiator.connection.ike, responder.connection.ike
    return Mismatch(
        Aspect.AUTH_METHOD,
        None,
        offered,
        accepted,
        initiator=mine.auth_source or mine.source,
        responder=yours.auth_source or yours.source,
        offered_by=refuser.side.other,
        refused_by=refuser.side,
        step=step,
    )


def check_identities(initiator: Party, responder: Party, named: Presented) -> Checked:
    """What each end sends against what the other expects; the responder looks first, and where it is asked for a name that
    is not its own, it is the one that refuses."""
    theirs = _expects(responder, initiator, initiator, named)
    if named.refuses_name and named.responder is not None:
        found = _differs(responder, initiator, initiator, named.responder, initiator.connection.ike.remote_ids)
        theirs = Checked((replace(found, refused_by=responder.side, step=2),))
    return _expects(initiator, responder, initiator, named) + theirs


def _expects(sender: Party, judge: Party, initiator: Party, named: Presented) -> Checked:
    expected, maps = judge.connection.ike.remote_ids, judge.connection.ike.certificate_maps
    if not expected and not maps:
        return Checked()
    sent = named.of(sender, initiator)
    if maps and not (expected and sent is not None and accepted(sent, expected)):
        answer = fits(certificate_of(sender, sent), maps)
        names = " or ".join(f"certificate map {one.name}" for one in maps)
        if answer is None:
            return Checked(unknown=(f"whether the certificate of {sender.name} fits {names} of {judge.name} is not known",))
        return Checked() if answer else Checked((_unfit(sender, judge, initiator, sent),))
    if sent is None:
        return Checked(unknown=(f"the identity that {sender.name} sends is not known",))
    if accepted(sent, expected):
        return Checked()
    return Checked((_differs(sender, judge, initiator, sent, expected),))


def _unfit(sender: Party, judge: Party, initiator: Party, sent: IkeIdentity | None) -> Mismatch:
    """Neither a matched identity nor a certificate that fits a map."""
    ike = judge.connection.ike
    own = sender.connection.ike
    words = " or ".join([*map(_words, ike.remote_ids), *map(str, ike.certificate_maps)])
    shown = sent or IkeIdentity(IdType.DN, own.certificate_subject or "no certificate", own.source)
    expected = ike.remote_ids or (replace(shown, source=ike.certificate_maps[0].source),)
    return replace(_differs(sender, judge, initiator, shown, expected), accepted=words)


def _differs(sender: Party, judge: Party, initiator: Party, sent: IkeIdentity, expected: tuple[IkeIdentity, ...]) -> Mismatch:
    own = sender.connection.ike
    sent_source = own.local_id_source or (own.local_id.source if own.local_id else None) or own.source
    expected_source = expected[0].source or judge.connection.ike.source
    from_initiator = sender is initiator
    return Mismatch(
        Aspect.IDENTITY,
        None,
        _words(sent),
        " or ".join(map(_words, expected)),
        initiator=sent_source if from_initiator else expected_source,
        responder=expected_source if from_initiator else sent_source,
        offered_by=sender.side,
        step=2 if from_initiator else 4,
    )


def _words(identity: IkeIdentity) -> str:
    return f"{identity} ({identity.type})"
