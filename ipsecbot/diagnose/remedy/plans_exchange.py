"""Plans for how the exchanges run: main or aggressive mode (IKEv1), with or without a CHILD_SA from the start (IKEv2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.whom import address_of, connection_of, failing_replay, is_router, name_of
from ipsecbot.model.connection import Connection, ExchangeMode, IkePolicy
from ipsecbot.model.evidence import Finding, Side
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.model.wishes import Childless
from ipsecbot.negotiate.identity import address_identity


def exchange(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """The mode, or whether the IKE_SA starts without a CHILD_SA: what differs."""
    replay = failing_replay(tunnel, Aspect.EXCHANGE_MODE, Aspect.CHILDLESS)
    if replay is not None and any(found.aspect is Aspect.CHILDLESS for found in replay.mismatches):
        yield from _childless(tunnel)
    else:
        yield from _mode(tunnel, finding)


def _childless(tunnel: Tunnel) -> Iterator[Plan]:
    """RFC 6023: the end that insists, or never does it, allows both; one that merely allows it has to start so too (`prefer`
    would do, and is unknown to older releases: 5.9.8 refuses it)."""
    replay = failing_replay(tunnel, Aspect.CHILDLESS)
    for side in SIDES if replay is not None else ():
        assert replay is not None  # the loop runs for one
        connection, other = connection_of(replay, side), connection_of(replay, side.other)
        if connection.ike.options is None or other.ike.options is None:
            continue
        extreme = connection.ike.options.childless in (Childless.FORCE, Childless.NEVER)
        wanted = Childless.ALLOW if extreme else Childless.FORCE
        options = replace(connection.ike.options, childless=wanted)
        edit = Edit(What.CHILDLESS, near=connection.ike.source or connection.source, childless=wanted)
        why = f"{name_of(tunnel, side.other)} has childless = {other.ike.options.childless}"
        becomes = replace(connection, ike=replace(connection.ike, options=options))
        yield Plan(side, edit, why, connection, becomes=becomes, strength=1 if extreme else 0)


def is_by_address(identity: IkeIdentity) -> bool:
    return identity.type in (IdType.IPV4, IdType.IPV6)


def _mode(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """Main mode on the end that is aggressive; never the other way, which would expose a hash of the key."""
    replay = failing_replay(tunnel, Aspect.EXCHANGE_MODE)
    if replay is None:
        return
    stubborn = [side for side in SIDES if not _takes_main(connection_of(replay, side).ike)]
    for side in stubborn:
        connection, other = connection_of(replay, side), connection_of(replay, side.other)
        why = f"{name_of(tunnel, side.other)} uses main mode, which does not expose a hash of the key"
        together = None
        if len(stubborn) > 1:
            together = replace(other, ike=_in_main_mode(tunnel, side.other, other)[0])
            why = "main mode does not expose a hash of the key; both ends have to change together"
        ike, renamed = _in_main_mode(tunnel, side, connection)
        if renamed:
            why += f"; {name_of(tunnel, side.other)} then also needs a key for {address_of(tunnel, side)}"
        edit = Edit(
            What.EXCHANGE_MODE,
            near=connection.ike.mode_source or connection.source,
            exchange_mode=ExchangeMode.MAIN,
            address=address_of(tunnel, side.other),
        )
        yield Plan(side, edit, why, connection, becomes=replace(connection, ike=ike), together=together)


def _takes_main(ike: IkePolicy) -> bool:
    return ike.initiates_mode is not ExchangeMode.AGGRESSIVE and ExchangeMode.MAIN in ike.accepts_modes


def _in_main_mode(tunnel: Tunnel, side: Side, connection: Connection) -> tuple[IkePolicy, bool]:
    """The policy in main mode, and whether its identity is another then: a router's name was that of aggressive mode, and in
    main mode the key is looked up before any name is known."""
    own = address_of(tunnel, side)
    ike = replace(connection.ike, initiates_mode=ExchangeMode.MAIN, accepts_modes=(ExchangeMode.MAIN,))
    if is_router(tunnel, side) and ike.local_id is not None and not is_by_address(ike.local_id) and own is not None:
        return replace(ike, local_id=address_identity(own)), True
    return ike, False
