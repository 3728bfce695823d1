"""Lines → outputs: which stretch of a pasted text is configuration, an answer, a log, or somebody's prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind
from ipsecbot.parse.paste.prose import is_prose
from ipsecbot.parse.paste.signatures import (
    CHARON_LOG,
    CHARON_SAYS,
    COMMANDS,
    HOST_COMMAND,
    HOST_PROMPT,
    IOS_LOG,
    IOS_PROMPT,
    PLUTO_LOG,
    PLUTO_ONLY,
    QUIET,
    SHOW,
    SIGNATURES,
    Reach,
    has_mark,
    may_be_marked,
)
from ipsecbot.parse.paste.typed import is_typed
from ipsecbot.parse.strongswan.sentences import is_sentence

K, IOS, HOST = OutputKind, Platform.CISCO_IOS, Platform.STRONGSWAN
_LOOK = 200  # characters of a line in which a log's mark has to stand
_BRACED = (K.SWANCTL_CONF, K.STRONGSWAN_CONF)
_FILES = (K.RUNNING_CONFIG, K.SWANCTL_CONF, K.STRONGSWAN_CONF, K.IPSEC_CONF, K.IPSEC_SECRETS)
_HOSTNAME = re.compile(r"\s?(?:hostname|switchname) (\S+)\s*$")
_CONN_BODY = re.compile(r"\s|#|include\s|version\s")


@dataclass(slots=True)
class Segment:
    """The lines (indices from 0) of one output. `kind` None: an answer that nothing here reads, `command` says of what."""

    platform: Platform
    kind: OutputKind | None
    host: str | None
    command: str | None = None
    whole: bool = False  # all segments of this kind are one output
    pluto: bool = False
    lines: list[int] = field(default_factory=list)


def segment(lines: Iterable[str]) -> list[Segment]:
    """Every stretch that shows what it is, in the order of the text. Linear; never raises."""
    sorter = _Sorter()
    for number, line in enumerate(lines):
        sorter.take(number, line)
    return [one for one in sorter.segments if one.lines or one.command]


class _Sorter:
    """One text while it is sorted."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.current: Segment | None = None
        self.host: str | None = None
        self.depth = 0
        self._shared: dict[tuple[Platform, OutputKind, str | None, bool], Segment] = {}

    def take(self, number: int, line: str) -> None:
        bare = line.strip()
        if not bare:
            return
        if self._is_log(number, line) or self._is_prompt(number, line):
            return
        if self._stays(bare, line) or self._is_marked(number, line):
            if self.current is not None and self.current.kind in _BRACED:
                self._count(number, line)
            return
        if self.current is None:
            return
        named = self.current.command is not None or self.current.kind in _FILES
        if is_prose(line) and not (named and line[:1].isspace()):
            self.current = None
        else:
            self.current.lines.append(number)

    def _is_log(self, number: int, line: str) -> bool:
        if has_mark(IOS_LOG, line):
            self._open(IOS, K.LOG, number, whole=True)
        elif has_mark(CHARON_LOG, line) or CHARON_SAYS.match(line[:_LOOK]):
            self._open(HOST, K.LOG, number, whole=True)
        elif has_mark(PLUTO_LOG, line):
            self._open(HOST, K.LOG, number, whole=True, pluto=True)
        elif not self._is_inside_file() and is_sentence(line):
            self._open(HOST, K.LOG, number, whole=True)
        else:
            return False
        return True

    def _is_inside_file(self) -> bool:
        return self.current is not None and self.current.kind in _FILES and self.depth > 0

    def _is_prompt(self, number: int, line: str) -> bool:
        """A prompt or a typed command ends what was open, and may say what follows."""
        if self.current is not None and self.current.kind in _BRACED and self.depth > 0:
            return False
        ios = IOS_PROMPT.match(line)
        if ios is not None:
            self.host = ios["host"]
            if is_typed(line):
                self._open(IOS, K.RUNNING_CONFIG, number, whole=True)
                return True
            self._command(IOS, number, (ios["command"] or "").strip())
            return True
        host = HOST_PROMPT.match(line)
        if host is not None or HOST_COMMAND.match(line):
            typed = (host["long"] or host["mid"] or host["bare"] or "") if host is not None else line.strip()
            self._command(HOST, number, typed.strip())
            return True
        return False

    def _command(self, platform: Platform, number: int, typed: str) -> None:
        self.current = None
        for owner, kind, pattern in COMMANDS:
            if owner is platform and pattern.match(typed):
                self._open(platform, kind, number, command=typed, whole=kind in (*_FILES, K.LOG, K.PING))
                return
        if platform is IOS and SHOW.match(typed) and not QUIET.match(typed):
            self.current = Segment(platform, None, self.host, typed, lines=[number])
            self.segments.append(self.current)

    def _stays(self, bare: str, line: str) -> bool:
        """Inside braces, and inside a conn, everything belongs to the file."""
        if self.current is None:
            return False
        return self.current.kind in _BRACED and (self.depth > 0 or bare.startswith(("{", "#")))

    def _count(self, number: int, line: str) -> None:
        assert self.current is not None
        if not self.current.lines or self.current.lines[-1] != number:
            self.current.lines.append(number)
        code = line.partition("#")[0]
        self.depth += code.count("{") - code.count("}")

    def _is_marked(self, number: int, line: str) -> bool:
        current = self.current
        if current is not None and current.kind is K.IPSEC_CONF and _CONN_BODY.match(line):
            current.lines.append(number)
            return True
        if not may_be_marked(line):
            return False
        for signature in SIGNATURES:
            if not signature.pattern.match(line):
                continue
            if signature.kind is K.RUNNING_CONFIG and self._is_quoted_config(line):
                return False
            if signature.kind is K.IPSEC_SECRETS and self._is_certificate(line):
                return False
            if current is not None and current.kind is signature.kind:
                current.lines.append(number)
            elif signature.reach is Reach.LINE:
                self._add(signature.platform, signature.kind, number)
            else:
                if signature.kind in _BRACED:
                    self.depth = 0
                self._open(signature.platform, signature.kind, number, whole=signature.reach is Reach.FILE)
            if signature.kind is K.RUNNING_CONFIG and (named := _HOSTNAME.match(line)):
                self.host = self.host or named[1]
            return True
        return False

    def _is_quoted_config(self, line: str) -> bool:
        """Answers print configuration lines too, indented."""
        return self.current is not None and self.current.kind not in (None, *_FILES, K.LOG) and line[:1].isspace()

    def _is_certificate(self, line: str) -> bool:
        """The bytes of a router's certificate chain are tokens here, each on an indented line of its own."""
        return self.current is not None and self.current.kind is K.RUNNING_CONFIG and line[:1].isspace()

    def _open(
        self,
        platform: Platform,
        kind: OutputKind,
        number: int,
        *,
        command: str | None = None,
        whole: bool = False,
        pluto: bool = False,
    ) -> None:
        shared = self._shared.get((platform, kind, self.host, pluto)) if whole else None
        if shared is None:
            shared = Segment(platform, kind, self.host, command, whole, pluto or (platform is HOST and _is_pluto(command)))
            self.segments.append(shared)
            if whole:
                self._shared[platform, kind, self.host, pluto] = shared
        shared.lines.append(number)
        self.current = shared

    def _add(self, platform: Platform, kind: OutputKind, number: int) -> None:
        before = self.current
        self._open(platform, kind, number, whole=True)
        self.current = before


def _is_pluto(command: str | None) -> bool:
    return command is not None and PLUTO_ONLY.search(command) is not None
