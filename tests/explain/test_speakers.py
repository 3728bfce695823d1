"""Two routers in one text: whose line is whose."""

from __future__ import annotations

from pathlib import Path

from ipsecbot.explain import explain
from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.sa import Role

ANSWERS, ASKS = "192.0.2.8", "198.51.100.4"


def main_mode(own: str, peer: str, role: str, second: int, *, first: str) -> str:
    """The debug of one end of a main mode, as far as the identities; both ends number their SA 1007."""
    sent, came = ("(I) MM_NO_STATE", "(I) MM_NO_STATE") if role == "I" else ("(R) MM_SA_SETUP", "(N) NEW SA")
    packets = [
        f"ISAKMP (0): received packet from {peer} dport 500 sport 500 Global {came}",
        f"ISAKMP:(0): sending packet to {peer} my_port 500 peer_port 500 {sent}",
    ]
    if role == "I":
        packets.reverse()
    setup = f"({role}) MM_SA_SETUP"
    keys = f"({role}) MM_KEY_EXCH"
    lines = [
        first,
        f"ISAKMP: Created a peer struct for {peer}, peer port 500",
        *packets,
        f"ISAKMP (0): received packet from {peer} dport 500 sport 500 Global {setup}",
        "ISAKMP:(0): processing KE payload. message ID = 0",
        f"ISAKMP:(1007): sending packet to {peer} my_port 500 peer_port 500 {keys}",
        "ISAKMP:(1007): SA is doing pre-shared key authentication using id type ID_IPV4_ADDR",
        f"ISAKMP (1007): ID payload next-payload : 8 type : 1 address : {own} protocol : 17 port : 500 length : 12",
        f"ISAKMP (1007): received packet from {peer} dport 500 sport 500 Global {keys}",
        f"ISAKMP:(1007): SA has been authenticated with {peer}",
        f"ISAKMP: Trying to insert a peer {own}/{peer}/500/, and inserted successfully 8E45588.",
        "ISAKMP:(1007):Old State = IKE_P1_COMPLETE  New State = IKE_P1_COMPLETE",
    ]
    return "".join(f"*Apr  9 06:20:{second:02d}.{number:03d}: {line}\n" for number, line in enumerate(lines))


def test_each_line_goes_to_the_router_that_printed_it(tmp_path: Path) -> None:
    """The second debug begins where the time goes back, before any of its lines names an address; an identity that one end
    sends is not one that the other receives, although both print it under the same number."""
    page = tmp_path / "page.txt"
    page.write_text(
        "First the end that answers.\n"
        + main_mode(ANSWERS, ASKS, "R", 31, first="ISAKMP: local port 500, remote port 500")
        + "Then the end that asks.\n"
        + main_mode(ASKS, ANSWERS, "I", 30, first="%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON")
    )
    tunnel = explain([str(page)]).tunnel
    assert tunnel.right is not None
    ends = {event.local: end for end in (tunnel.left, tunnel.right) for event in end.events or () if event.local}
    assert set(ends) == {ANSWERS, ASKS}
    for own, end in ends.items():
        sent = [event.identity for event in end.events or () if event.kind is EventKind.IDENTITY_SENT]
        assert [one.value for one in sent if isinstance(one, IkeIdentity)] == [own]
        assert not [event for event in end.events or () if event.kind is EventKind.IDENTITY_RECEIVED]
    assert [event.detail for event in ends[ASKS].events or () if event.kind is EventKind.DAEMON_STARTED] == ["ISAKMP is ON"]
    roles = {exchange.local: exchange.role for exchange in tunnel.ladder.exchanges}
    assert roles == {ANSWERS: Role.RESPONDER, ASKS: Role.INITIATOR}


def test_prompts_name_the_routers(tmp_path: Path) -> None:
    """Also a prompt that the terminal glued to the end of a message; a router without prompts goes by its address."""
    page = tmp_path / "page.txt"
    answers = main_mode(ANSWERS, ASKS, "R", 31, first="ISAKMP: local port 500, remote port 500")
    asks = main_mode(ASKS, ANSWERS, "I", 30, first="%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON")
    page.write_text(answers + asks.replace("ISAKMP is ON\n", "ISAKMP is ON (1)branch-4(config-if)#\n"))
    tunnel = explain([str(page)]).tunnel
    assert tunnel.right is not None
    names = {tunnel.left.device.name, tunnel.right.device.name}
    assert names == {"branch-4", f"page at {ANSWERS}"}
    assert {exchange.device for exchange in tunnel.ladder.exchanges} == names


def test_one_router_stays_one(tmp_path: Path) -> None:
    """A peer that is only spoken of is no second speaker."""
    page = tmp_path / "page.txt"
    page.write_text(main_mode(ANSWERS, ASKS, "R", 31, first="ISAKMP: local port 500, remote port 500"))
    diagnosis = explain([str(page)])
    assert diagnosis.tunnel.right is None
    assert diagnosis.conclusion is not Conclusion.HEALTHY
