"""How a responder's key engine judges one offered proposal: the crypto map, the proxies, PFS and the transform sets.

Error numbers are those of `IPSec policy invalidated proposal with error N`: 8, 32 and 256 as in public captures; 4 and 64
are not documented anywhere and stand for "peer not found" and "PFS differs" in this laboratory.
"""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.lab.ios import debugtext_ipsec as text
from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Flow, Proxy
from ipsecbot.lab.ios.ipsec import Ipsec

NO_MAP, NO_PEER, NO_PROXY, PFS, TRANSFORM = 8, 4, 32, 64, 256


@dataclass(frozen=True, slots=True)
class Wish:
    """What the peer asks for, in the responder's own view: `ours` is the responder's side."""

    local: str
    peer: str
    ours: Proxy
    theirs: Proxy
    offered: TransformSet
    transport: bool
    group: int | None
    profile: str | None
    version: int
    check_group: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """`error` 0: accepted, with the flow narrowed to what was asked. `lines` are for `debug crypto ipsec`."""

    error: int
    lines: tuple[str, ...]
    flow: Flow | None = None
    transform: TransformSet | None = None


def same_transform(ours: TransformSet, offered: TransformSet) -> bool:
    protocol = {word.split("-")[0] for word in offered.words if "-" in word}
    known = {word.split("-")[0] for word in ours.words if "-" in word}
    return ours.cipher == offered.cipher and ours.authenticator == offered.authenticator and protocol == known


def _mode_fits(ours: TransformSet, *, transport: bool) -> bool:
    """`mode transport` asks for transport and accepts both, `mode tunnel` accepts tunnel only (IOS command reference)."""
    if transport:
        return ours.transport
    return not ours.transport_required


def judge(ipsec: Ipsec, wish: Wish) -> Judgement:
    """Looks for a flow in map order; the first one that covers the proxies decides about PFS and transforms."""
    here = [flow for flow in ipsec.flows() if flow.local_address == wish.local and flow.version == wish.version]
    if not here:
        return Judgement(NO_MAP, (text.no_map_here(wish.local),))
    towards = [flow for flow in here if flow.peer in {None, wish.peer}]
    search = text.proxy_match(wish.ours, wish.theirs)
    if not towards:
        return Judgement(NO_PEER, (search, text.NO_MAP, text.peer_unknown(wish.peer)))
    lines: list[str] = []
    for flow in towards:
        wanted = flow.isakmp_profile if wish.version == 1 else flow.ikev2_profile
        if wanted and wanted != wish.profile:
            lines.append(text.PROFILE_DIFFERS)
            continue
        lines.append(search)
        if flow.local.covers(wish.ours) and flow.remote.covers(wish.theirs):
            return _judge_flow(flow, wish, lines)
    return Judgement(NO_PROXY, (*(lines or (search,)), text.NO_MAP, text.NO_PROXIES))


def _judge_flow(flow: Flow, wish: Wish, lines: list[str]) -> Judgement:
    """Where this end configures PFS the peer must use just that group; where it does not, any offer is taken."""
    if wish.check_group and flow.pfs is not None and wish.group != flow.pfs:
        return Judgement(PFS, (*lines, text.pfs_differs(0x8)), flow)
    fitting = next(
        (
            known
            for known in flow.transform_sets
            if same_transform(known, wish.offered) and _mode_fits(known, transport=wish.transport)
        ),
        None,
    )
    if fitting is None:
        return Judgement(TRANSFORM, (*lines, text.no_transform(wish.offered)), flow)
    narrowed = flow.narrowed(wish.ours, wish.theirs, wish.peer)
    return Judgement(0, (*lines, text.accepted(flow.label)), narrowed, fitting)
