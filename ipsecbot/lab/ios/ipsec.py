"""The IPsec side of one router: flow table, SA pairs, and the traffic that triggers and uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address

from ipsecbot.lab.ios import debugtext_ipsec as text
from ipsecbot.lab.ios.childsa import ChildSa, Esp, FlowState
from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Flow, Proxy, exit_interface, flow_for, flows_of, outermost
from ipsecbot.lab.ios.router import Debug, Handler, Router
from ipsecbot.lab.ios.world import ESP_PORT, Packet

Initiator = Callable[[Flow], None]
NATT_PORT = 4500


class Ipsec:
    """`initiators` by IKE version are set by the IKE engines; `waiting` are pings that listen for their echo."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.initiators: dict[int, Initiator] = {}
        self.states: dict[tuple[str, Proxy, Proxy], FlowState] = {}
        self.waiting: dict[int, Callable[[], None]] = {}
        self._conn = 2 * router.world.random.randrange(2, 150) + (2000 if router.config.is_xe else 0)
        self._probe = 0
        router.handlers.append(Handler(Esp, self._receive))

    def flows(self) -> tuple[Flow, ...]:
        return tuple(flow for flow in flows_of(self.router.config) if flow.permits)

    def state(self, flow: Flow) -> FlowState:
        fresh = FlowState(flow)
        return self.states.setdefault(fresh.key, fresh)

    def table(self) -> list[FlowState]:
        """Configured flows first, then what was negotiated narrower; a flow whose configuration is gone drops out."""
        configured = [self.state(flow) for flow in self.flows()]
        keys = {state.key for state in configured}
        return configured + [state for key, state in self.states.items() if key not in keys and state.sas]

    def children(self, peer: str | None = None) -> list[ChildSa]:
        return [sa for state in self.states.values() for sa in state.sas if peer in {None, sa.peer}]

    def install(
        self,
        flow: Flow,
        peer: str,
        transform: TransformSet,
        *,
        spis: tuple[int, int],
        transport: bool,
        udp: bool,
        initiator: bool,
        pfs: int | None,
        lifetime: int,
        ike: int,
    ) -> ChildSa:
        """Puts one SA pair into the database and prints what `debug crypto ipsec` prints of it. `spis` are (in, out)."""
        self._conn += 2
        sa = ChildSa(
            flow=flow,
            peer=peer,
            spi_in=spis[0],
            spi_out=spis[1],
            transform=transform,
            transport=transport,
            udp=udp,
            initiator=initiator,
            version=flow.version,
            pfs=pfs,
            conn=self._conn - 1,
            created=self.router.world.now,
            lifetime=lifetime,
            ike=ike,
        )
        state = self.state(flow)
        state.sas = [sa]
        for line in text.created(sa, first=peer):
            self.router.debug(Debug.IPSEC, line, peer)
        if flow.tunnel:
            self.router.syslog(f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {flow.tunnel}, changed state to up")
        return sa

    def forget(self, *, ike: int | None = None, peer: str | None = None) -> None:
        """Removes the SA pairs of one IKE SA, of one peer, or all."""
        for state in self.states.values():
            state.sas = [sa for sa in state.sas if not ((ike is None or sa.ike == ike) and (peer is None or sa.peer == peer))]

    def ping(self, source: str, destination: str, arrived: Callable[[], None]) -> None:
        """Sends one echo request; `arrived` is called when (and if) its reply comes back."""
        self._probe += 1
        probe = self._probe * 1000 + self.router.world.random.randrange(1000)
        self.waiting[probe] = arrived
        if self.router.owns(destination):
            self._answered(probe)
        else:
            self._forward(source, destination, probe, reply=False)

    def _answered(self, probe: int) -> None:
        arrived = self.waiting.pop(probe, None)
        if arrived:
            arrived()

    def _forward(self, source: str, destination: str, probe: int, *, reply: bool) -> None:
        config = self.router.config
        if exit_interface(config, destination) is None:
            return
        outer = outermost(config, source, destination)
        flow = flow_for(config, outer.source, outer.destination, outer.protocol)
        if flow is None:
            self._clear(source, destination, probe, reply=reply)
            return
        state = self._state_for(flow, outer.source, outer.destination)
        if not state.sas:
            state.send_errors += 1
            self.initiators[flow.version](flow)
            return
        sa = state.sas[0]
        state.encaps += 1
        port = NATT_PORT if sa.udp else ESP_PORT
        inner = Esp(sa.spi_out, source, destination, probe, reply)
        self.router.send(Packet(flow.local_address, sa.peer, port, port, inner))

    def _state_for(self, flow: Flow, source: str, destination: str) -> FlowState:
        """The state whose SA covers the packet: what was negotiated narrower than the ACL serves its part of it."""
        for state in self.states.values():
            inside = IPv4Address(source) in state.flow.local.network and IPv4Address(destination) in state.flow.remote.network
            if state.sas and state.flow.interface == flow.interface and (inside or flow.tunnel):
                return state
        return self.state(flow)

    def _clear(self, source: str, destination: str, probe: int, *, reply: bool) -> None:
        """An unprotected packet: only routers' own addresses answer on the path, private networks are not routed there."""
        target = self.router.world.reaches(self.router, destination)
        known = self.router.world.owner(source)
        if target is not None and known is self.router and not reply:
            self.router.world.after(timedelta(milliseconds=8), lambda: self._answered(probe))

    def _receive(self, packet: Packet) -> None:
        inner = packet.payload
        assert isinstance(inner, Esp)
        for state in self.states.values():
            if any(sa.spi_in == inner.spi for sa in state.sas):
                state.decaps += 1
                self._deliver(inner)
                return
        self.router.syslog(text.invalid_spi(inner.spi, packet.source, packet.destination))

    def _deliver(self, inner: Esp) -> None:
        config = self.router.config
        address = IPv4Address(inner.destination)
        here = any(known.address and address in known.address.network for known in config.interfaces if not known.shutdown)
        if not here:
            return
        if inner.reply:
            self._answered(inner.probe)
        else:
            self._forward(inner.destination, inner.source, inner.probe, reply=True)
