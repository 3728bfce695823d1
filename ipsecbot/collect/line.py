"""A session in the form in which debugs/ takes it: commands by their name, answers and lines without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.collect.commands import render
from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.collect.record import Record
from ipsecbot.collect.session import Answer, Session, open_session
from ipsecbot.collect.snapshot import now
from ipsecbot.model.device import Platform
from ipsecbot.model.target import Target


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one command, redacted."""

    command: str
    text: str
    refusal: str | None = None


class Line:
    """One login of debugs/ on a router or host. Closing it closes the session."""

    def __init__(self, session: Session, fingerprinter: Fingerprinter) -> None:
        self._session = session
        self._clean = Record(session.target, fingerprinter, now).clean

    @property
    def device(self) -> str:
        return self._session.target.device.name

    @property
    def _platform(self) -> Platform:
        platform = self._session.target.device.platform
        assert platform is not None
        return platform

    def ask(self, name: str, **values: str | int) -> Reply:
        return self._reply(self._session.send(render(self._platform, name, **values)))

    def _reply(self, answer: Answer) -> Reply:
        refusal = self._clean(answer.refusal) if answer.refusal is not None else None
        return Reply(answer.command.text, self._clean(answer.text), refusal)

    def monitor(self, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """See debugs.line.Line. The first piece comes when `terminal monitor` has been taken."""
        self.ask("monitor")
        yield ""
        yield from self._whole_lines(self._session.listen(limit, stop))

    def follow(self, name: str, limit: timedelta, stop: Callable[[], bool], **values: str | int) -> Iterator[str]:
        """What a command writes while it runs, in whole lines."""
        yield from self._whole_lines(self._session.follow(render(self._platform, name, **values), limit, stop))

    def _whole_lines(self, pieces: Iterator[str]) -> Iterator[str]:
        """Lines are cleaned whole: half a secret would pass for none."""
        rest = ""
        for piece in pieces:
            lines, newline, rest = (rest + piece).rpartition("\n")
            yield self._clean(lines + newline)
        if rest:
            yield self._clean(rest)

    def close(self) -> None:
        self._session.close()


def open_line(target: Target, fingerprinter: Fingerprinter) -> Line:
    """One more login on a device that is known already (its platform is not looked at again). Raises as open_session."""
    if target.device.platform is Platform.CISCO_IOS:
        from ipsecbot.collect.ios import IosSession

        return Line(IosSession(target, check=False), fingerprinter)
    return Line(open_session(target), fingerprinter)
