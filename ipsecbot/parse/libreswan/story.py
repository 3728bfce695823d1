"""What a pluto log tells, as it is written down: messages that follow from states, and what becomes of the SAs."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.libreswan.fields import Extras, has_child_spis
from ipsecbot.parse.libreswan.ledger import Ledger, Sa
from ipsecbot.parse.libreswan.lines import LogLine
from ipsecbot.parse.libreswan.placing import placed
from ipsecbot.parse.libreswan.states import STATES, State, Step, up_to


class Story:
    """The events of one log, in the order in which its lines tell them."""

    def __init__(self, device: str, name: str) -> None:
        self.device, self.name = device, name
        self.events: list[LogEvent] = []
        self.ledger = Ledger()

    def source(self, line: LogLine) -> Source:
        return Source(self.device, self.name, line.number, line.number, line.text)

    def finish(self) -> tuple[LogEvent, ...]:
        """The events, with what only later lines told: the peer's address, and which child a message belongs to."""
        self._tell_children_apart()
        remotes = self._remotes()
        for sa in self.ledger.all:
            remote = sa.root.remote or remotes.get((sa.name or "").partition("/")[0])
            for index in sa.events:
                event = self.events[index]
                self.events[index] = replace(
                    event, remote=event.remote or remote, local=event.local or sa.root.local, message_id=_id(event, sa)
                )
        return tuple(sorted(self.events, key=lambda event: event.source.first_line))

    def _remotes(self) -> dict[str, str]:
        """The peer of each connection, where all that is known of it names one only."""
        found: dict[str, set[str]] = {}
        for sa in self.ledger.all:
            if sa.root.remote is not None:
                found.setdefault((sa.name or "").partition("/")[0], set()).add(sa.root.remote)
        return {name: next(iter(remotes)) for name, remotes in found.items() if len(remotes) == 1}

    def _tell_children_apart(self) -> None:
        """Children of one IKE SA that were negotiated at once, and whose message ids the log does not print."""
        for sa in self.ledger.all:
            if not sa.is_child or not sa.lines or sa.message_id is not None:
                continue
            others = [other for other in self.ledger.siblings(sa) if other is not sa and other.lines]
            if any(other.lines[0] <= sa.lines[-1] and sa.lines[0] <= other.lines[-1] for other in others):
                sa.message_id = int(sa.serial) if sa.serial.isdigit() else None

    def reach(self, sa: Sa, name: str, line: LogLine, extras: Extras) -> None:
        """Write down the messages that brought this state about, as far as they are not known yet."""
        state = STATES.get(name)
        owner = sa if state is None or state.child else sa.root
        if name.startswith("ESTABLISHED_"):
            owner.version = owner.version or 2
        if name in ("established", "ESTABLISHED_IKE_SA") and not owner.established:
            self._up(owner, line, Protocol.IKE, extras)
        if state is None:
            self._agreed(sa if has_child_spis(line.message) else owner, line, extras)
            return
        owner.role, owner.version = owner.role or state.role, owner.version or state.version
        for _, before in up_to(name) if owner.started or owner.steps else ((name, state),):
            self.steps(owner, before, line, extras.payloads)
        owner.exchange = state.exchange
        self._agreed(sa if has_child_spis(line.message) else owner, line, extras)
        if state.established and not owner.established:
            self._up(owner, line, Protocol.ESP if state.child else Protocol.IKE, extras)

    def steps(self, sa: Sa, state: State, line: LogLine, payloads: tuple[str, ...] = ()) -> None:
        for step in state.steps:
            if step not in sa.steps:
                sa.steps.add(step)
                self._message(step, sa, line, payloads if step.kind is EventKind.RECEIVED else ())

    def _message(self, step: Step, sa: Sa, line: LogLine, payloads: tuple[str, ...]) -> None:
        event = LogEvent(
            kind=step.kind,
            source=self.source(line),
            at=line.at,
            role=sa.role,
            ike_version=sa.version,
            exchange=step.exchange,
            is_request=step.is_request,
            name=step.name,
            payloads=payloads,
        )
        self.append(event, sa)

    def _up(self, sa: Sa, line: LogLine, protocol: Protocol, extras: Extras) -> None:
        sa.established = True
        event = LogEvent(
            EventKind.ESTABLISHED, self.source(line), line.at, protocol=protocol, role=sa.role, ike_version=sa.version
        )
        if protocol is not Protocol.IKE:
            event = replace(event, spis=extras.spis, selectors=extras.selectors)
        elif sa.name is not None:
            event = replace(event, detail=sa.name)
        if protocol is not Protocol.IKE and sa.is_child and sa.exchange in (ExchangeType.QUICK, ExchangeType.CREATE_CHILD_SA):
            event = replace(event, exchange=sa.exchange)
        self.append(event, sa)

    def child_up(self, sa: Sa, line: LogLine, extras: Extras) -> None:
        """The CHILD_SA is up, as its SPIs or the sentence tell."""
        if sa.is_child and sa.exchange is ExchangeType.CREATE_CHILD_SA and sa.role is Role.INITIATOR:
            answer = Step(EventKind.RECEIVED, ExchangeType.CREATE_CHILD_SA, is_request=False)
            self.steps(sa, State((answer,), sa.role, 2, child=True), line)
        if (not sa.is_child or not sa.established) and (EventKind.ESTABLISHED, extras.spis) not in sa.said:
            sa.said.add((EventKind.ESTABLISHED, extras.spis))
            established = sa.established
            self._up(sa, line, Protocol.ESP, extras)
            sa.established = established or sa.is_child

    def _agreed(self, sa: Sa, line: LogLine, extras: Extras) -> None:
        if extras.agreed is None or (EventKind.PROPOSAL_SELECTED, extras.agreed.keywords) in sa.said:
            return
        sa.said.add((EventKind.PROPOSAL_SELECTED, extras.agreed.keywords))
        event = LogEvent(
            EventKind.PROPOSAL_SELECTED,
            self.source(line),
            line.at,
            protocol=extras.agreed.protocol,
            proposals=(extras.agreed,),
            role=sa.role,
            ike_version=sa.version,
            exchange=ExchangeType.IKE_SA_INIT if sa.version == 2 and not sa.is_child else None,
        )
        self.append(placed(event, sa), sa)

    def append(self, event: LogEvent, sa: Sa) -> None:
        own_role = sa.root.role if sa.is_child and sa.exchange is None and sa.version == 2 else sa.role
        version = event.ike_version or sa.version or sa.root.version
        self.events.append(replace(event, context=sa.root.serial, role=event.role or own_role, ike_version=version))
        sa.events.append(len(self.events) - 1)


def _id(event: LogEvent, sa: Sa) -> int | None:
    children = (ExchangeType.QUICK, ExchangeType.CREATE_CHILD_SA)
    return sa.message_id if event.exchange in children and sa.is_child else event.message_id
