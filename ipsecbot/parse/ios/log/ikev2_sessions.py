"""Which IKEv2 SA a line belongs to: the session number, the SPI, or what was talked about last."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Unpack

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.sa import Role
from ipsecbot.parse.ios.log.journal import Fields, Journal
from ipsecbot.parse.ios.log.record import Record

_CONTEXT = re.compile(r"(?:SESSION ID\s*=\s*(?P<session>\d+),?\s*)?SA ID\s*=\s*(?P<sa>\d+)|^(?P<asa>\d+)$")
_NO_SPI = "0" * 16


@dataclass(slots=True)
class Session:
    """One IKE SA as far as it went."""

    context: str | None = None
    remote: str | None = None
    local: str | None = None
    remote_port: int | None = None
    local_port: int | None = None
    role: Role | None = None
    child_role: Role | None = None  # who asked for the CHILD_SA, which need not be who began the IKE SA
    exchange: ExchangeType | None = None
    events: list[int] = field(default_factory=list)
    built: tuple[str, ...] = ()
    built_source: Source | None = None
    last: tuple[str, str, int | None, bool] | None = None
    repeating: bool = False
    failed: set[str] = field(default_factory=set)
    over: bool = False


class Sessions:
    """All IKEv2 SAs of one log."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._of_context: dict[str, Session] = {}
        self._of_sa: dict[str, Session] = {}
        self._of_spi: dict[str, Session] = {}
        self._unclaimed: Session | None = None  # has no number yet; the next new number is its
        self.current: Session | None = None

    def add(
        self, session: Session, kind: EventKind, record: Record, source: Source | None = None, **fields: Unpack[Fields]
    ) -> int:
        """An event of one IKE SA: what the line says, on top of what is known of the SA."""
        known: Fields = {
            "context": session.context,
            "remote": session.remote,
            "local": session.local,
            "remote_port": session.remote_port,
            "local_port": session.local_port,
            "role": session.child_role if session.exchange is ExchangeType.CREATE_CHILD_SA else session.role,
            "exchange": session.exchange,
            "ike_version": 2,
        }
        merged: Fields = {**known, **fields}
        handle = self.journal.add(kind, record, source, **merged)
        session.events.append(handle)
        return handle

    def _session(self, record: Record) -> Session:
        match = _CONTEXT.search(record.context or "")
        if match is None:
            session = self.current if self.current is not None and not self.current.over else self._new()
        elif match["session"] is not None:
            session = self._contextual(f"{match['session']}:{match['sa']}", match["sa"])
        elif match["asa"] is not None:
            session = self._contextual(match["asa"], match["asa"])
        else:
            session = self._of_sa.get(match["sa"]) or self._contextual(match["sa"], match["sa"])
        self.current = session
        return session

    def _new(self) -> Session:
        """A negotiation that nothing numbers yet."""
        self._unclaimed = Session()
        return self._unclaimed

    def _contextual(self, context: str, number: str) -> Session:
        session = self._of_context.get(context)
        if session is None or session.over:
            claimed, self._unclaimed = self._unclaimed, None
            if claimed is not None:
                claimed.context = context
                for handle in claimed.events:
                    self.journal.amend(handle, context=context)
            session = claimed or session or Session(context)
        self._of_context[context] = session
        self._of_sa[number] = session
        return session

    def _packet_session(self, told: Session, record: Record, ispi: str | None, rspi: str | None) -> Session:
        """The SA of a packet: the one with its SPI, else the one the line is numbered for, unless that is another attempt."""
        session = self._of_spi.get(ispi) if ispi is not None else None
        if session is None:
            session = told
            if record.context is None and told.exchange is not None and rspi in (None, _NO_SPI):
                session = self._new()
            elif rspi == _NO_SPI and told.exchange is not None:
                session = Session(told.context, told.remote, told.local)
                self._replace(told, session)
        if ispi is not None:
            self._of_spi[ispi] = session
        self.current = session
        return session

    def _replace(self, old: Session, new: Session) -> None:
        """A session number is used again for the next attempt."""
        for index in (self._of_context, self._of_sa):
            for key in [
                key for key in (old.context, (old.context or "").rpartition(":")[2]) if key is not None and key in index
            ]:
                if index[key] is old:
                    index[key] = new
