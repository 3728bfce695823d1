"""Which negotiation a line belongs to: IOS numbers an IKEv1 SA only half way through, and leaves many lines unnumbered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.model.exchange import ExchangeType
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.sa import Role
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.parse.ios.log.journal import Journal
from ipsecbot.parse.ios.log.offers import Transform
from ipsecbot.parse.remembered import Remembered

_INITIATOR, _RESPONDER = Role.INITIATOR, Role.RESPONDER
_COUNTER_BITS = 0x00FFFFFF  # 134217730 = 0x08000002 is connection 2 of the software engine


@dataclass(slots=True)
class Talk:
    """One IKEv1 negotiation with one peer as far as it went."""

    number: str | None = None
    handle: str | None = None
    key: tuple[str | None, Role | None] | None = None
    remote: str | None = None
    local: str | None = None
    remote_port: int | None = None
    local_port: int | None = None
    role: Role | None = None
    phase1: ExchangeType | None = None
    ike_version: int | None = None
    state: str = ""
    events: list[int] = field(default_factory=list)
    last_sent: int | None = None
    last_received: int | None = None
    received_name: str | None = None
    received_state: str = ""
    received_exchange: ExchangeType | None = None
    fresh: set[str] = field(default_factory=set)
    sent_anything: bool = False
    repeating: bool = False
    announced: bool = False  # `sending packet to` was printed, `Sending an IKE IPv4 Packet` was not yet
    keyed: bool = False
    over: bool = False
    # offers and checks
    transform: Transform | None = None
    offers: dict[int, Proposal] = field(default_factory=dict)
    child_offer: Proposal | None = None
    # quick mode
    own_quick: set[int] = field(default_factory=set)
    own_unnumbered: bool = False  # the current quick mode is this end's, and its message id is not in the text
    quick_id: int | None = None
    outgoing: tuple[str, int | None] | None = None
    outgoing_notify: str | None = None
    refused_because: str | None = None
    offered_pair: tuple[SelectorPair, ...] = ()
    spis: tuple[str, ...] = ()
    damaged_spis: tuple[str, ...] = ()
    child_up: int | None = None
    # identities
    identity_sent: bool | None = None
    id_number: str | None = None
    nat_hashes: int = 0
    missing_key: int | None = None
    last_deletion: str | None = None

    @property
    def wired(self) -> bool:
        """Whether any message was seen."""
        return self.last_sent is not None or self.last_received is not None

    @property
    def is_own_quick(self) -> bool:
        """Whether this end asked in the quick mode that the lines are about."""
        return self.own_unnumbered if self.quick_id is None else self.quick_id in self.own_quick


def connection_number(context: str) -> str | None:
    """The SA's number in `(1013)`, `(0:2:SW:1)`, `(0:134217730)`, `(0:2)`; None for `(0)` and `(0:0:N/A:0)`."""
    parts = context.split(":")
    word = parts[1] if len(parts) > 1 else parts[0]
    if not word.isdigit():
        return None
    number = int(word)
    if number > _COUNTER_BITS:
        number &= _COUNTER_BITS
    return str(number) if number else None


_NUMBERS = Remembered(connection_number)


class Talks:
    """All IKEv1 negotiations of one log; `current` is the one that the last line was about."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._numbered: dict[str, Talk] = {}
        self._unnumbered: dict[tuple[str | None, Role | None], Talk] = {}
        self._latest: dict[str, Talk] = {}
        self.current: Talk | None = None

    def begin(self, remote: str | None, role: Role | None) -> Talk:
        """A negotiation that starts with this line."""
        talk = Talk(remote=remote, role=role, key=(remote, role))
        self._unnumbered[(remote, role)] = talk
        self._note(talk)
        return talk

    def of(self, context: str | None, remote: str | None = None, role: Role | None = None) -> Talk:
        """The negotiation of a line. `remote` and `role` where the line tells them."""
        number = _NUMBERS[context] if context else None
        if remote is None and (talk := self._numbered.get(number) if number else self.current) is not None:
            self.current = talk
            if talk.remote is not None:
                self._latest[talk.remote] = talk
            return talk
        if number is not None:
            talk = self._of_number(number, remote)
        elif remote is not None:
            talk = self._of_remote(remote, role)
        else:
            talk = self.begin(None, None)
        self._note(talk)
        return talk

    def with_peer(self, remote: str) -> Talk | None:
        """The latest negotiation with a peer, for syslog lines that name nothing else."""
        if self.current is not None and self.current.remote == remote:
            return self.current
        return self._latest.get(remote)

    def _note(self, talk: Talk) -> None:
        self.current = talk
        if talk.remote is not None:
            self._latest[talk.remote] = talk

    def _of_number(self, number: str, remote: str | None) -> Talk:
        talk = self._numbered.get(number)
        if talk is not None and (remote is None or talk.remote in (None, remote)):
            return talk
        current = self.current
        adoptable = current is not None and current.number is None and (current.keyed or not current.wired)
        if current is not None and adoptable and (remote is None or current.remote in (None, remote)):
            self._give_number(current, number)
            return current
        waiting = self._unnumbered.get((remote, _INITIATOR)) or self._unnumbered.get((remote, _RESPONDER))
        if remote is not None and waiting is not None and waiting.keyed and waiting.number is None:
            self._give_number(waiting, number)
            return waiting
        fresh = Talk(number=number, remote=remote)
        self._numbered[number] = fresh
        return fresh

    def _of_remote(self, remote: str, role: Role | None) -> Talk:
        if self.current is not None and self.current.number is None and self.current.remote in (None, remote):
            return self.current
        talk = self._unnumbered.get((remote, role)) or self._unnumbered.get((remote, None))
        return talk if talk is not None else self.begin(remote, role)

    def _give_number(self, talk: Talk, number: str) -> None:
        talk.number = number
        self._numbered[number] = talk
        if talk.key is not None and self._unnumbered.get(talk.key) is talk:
            del self._unnumbered[talk.key]
        for handle in talk.events:
            self._journal.amend(handle, context=number)
