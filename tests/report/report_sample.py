"""A diagnosis built by hand: an IKEv1 proposal mismatch that both ends logged."""

from __future__ import annotations

from datetime import datetime, timedelta

from ipsecbot.model.connection import ChildPolicy, Connection, ExchangeMode, IkePolicy
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Change, Conclusion, Finding, Missing, Phase, Remedy, Side, Source, Verdict, Verification
from ipsecbot.model.exchange import Direction, EventKind, Exchange, ExchangeKind, Ladder, LogEvent, Message, Outcome
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.tunnel import Diagnosis, Endpoint, Pairing, Tunnel
from ipsecbot.spellings import read_keywords

HOSTILE = "<script>alert(1)</script>[bold]"
PROOF = Source("hq", "debug", 7, 7, "Encryption algorithm offered does not match policy! " + HOSTILE)
AT = datetime(2026, 3, 11, 8, 41, 6, 919000)


def connection(name: str, keywords: str, local: str, remote: str) -> Connection:
    proposal, _ = read_keywords(keywords, Protocol.IKE, number=10)
    child, _ = read_keywords("aes256-sha1", Protocol.ESP)
    ike = IkePolicy((1,), (proposal,), initiates_mode=ExchangeMode.MAIN, local_auth=AuthMethod.PSK)
    return Connection(name, (local,), (remote,), ike, (ChildPolicy("child", Protocol.ESP, (child,), None),))


def exchange(device: str, role: Role, messages: tuple[Message, ...], events: tuple[LogEvent, ...] = ()) -> Exchange:
    return Exchange(device, 1, ExchangeKind.MAIN, role, None, None, messages, events, messages[-1].name, Outcome.REFUSED)


def diagnosis() -> Diagnosis:
    left = connection("VPN 10", "aes256-sha1-modp2048", "198.51.100.17", "203.0.113.1")
    right = connection("BRANCHES 20", "3des-sha1-modp2048", "203.0.113.1", "198.51.100.17")
    mismatch = Mismatch(Aspect.IKE_PROPOSAL, "encryption", "aes256", "3des")
    negotiations = [
        Negotiation(side, left, right, 1, None, None, left.children[0], right.children[0], (), (mismatch,)) for side in Side
    ]
    sent = Message("MM1", Direction.SENT, AT, ("SA", "VID"), times=3)
    refused = LogEvent(EventKind.PROPOSAL_REFUSED, PROOF, AT)
    ladder = Ladder(
        (
            exchange("branch-17", Role.INITIATOR, (sent,)),
            exchange("hq", Role.RESPONDER, (Message("MM1", Direction.RECEIVED, AT + timedelta(milliseconds=9)),), (refused,)),
        )
    )
    tunnel = Tunnel(
        "hq-branch-17",
        Endpoint(Device("branch-17", Platform.CISCO_IOS, "127.0.0.1")),
        Endpoint(Device("hq", Platform.CISCO_IOS, "127.0.0.1")),
        ladder=ladder,
        pairings=(Pairing(left, right, *negotiations),),
    )
    remedy = Remedy(
        "hq", "cisco_ios", ("crypto isakmp policy 20", " encr aes 256"), "offer what branch-17 wants", Verification.SIMULATED
    )
    finding = Finding(
        "ike-proposal-mismatch",
        Verdict.FOUND,
        0.97,
        "hq refuses aes256",
        (PROOF,),
        "encryption",
        Change.EITHER,
        "aes256",
        "3des",
        (remedy,),
    )
    return Diagnosis(
        tunnel,
        Conclusion.FAULT,
        "ike-proposal-mismatch",
        "encryption",
        Phase.IKE,
        0.97,
        "branch-17 offers aes256, hq accepts 3des only " + HOSTILE,
        (finding,),
        (Missing("hq", "show crypto isakmp policy", "tells the other policies"),),
        (Gap("hq", "debug", "not understood", 9, "ISAKMP: something new"),),
        ("debug armed on hq for peer 198.51.100.17, proved off",),
    )
