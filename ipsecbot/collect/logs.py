"""Where charon writes its log on a host: what strongswan.conf says, else the system's log files, else the journal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ipsecbot.collect.commands import Command, CommandRefused, render
from ipsecbot.collect.files import ConfigFile
from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind

SYSTEM_LOGS = ("/var/log/syslog", "/var/log/messages", "/var/log/daemon.log", "/var/log/auth.log", "/var/log/secure")
_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|[{}]|#[^\n]*|\n|=[^\n#}]*|[^\s{}=#\"]+")


@dataclass(frozen=True, slots=True)
class LogPlace:
    """One log of a host. `path` None is the journal; `own` is one that charon alone writes."""

    path: str | None
    own: bool

    def tail(self) -> Command:
        """The command for its last part."""
        if self.path is None:
            return render(Platform.STRONGSWAN, "log-journal")
        return render(Platform.STRONGSWAN, "log-file" if self.own else "log-syslog", path=self.path)

    @property
    def name(self) -> str:
        return self.path or "journal"


def own_logs(files: tuple[ConfigFile, ...]) -> tuple[LogPlace, ...]:
    """The files of every `filelog` section: `filelog { /path { … } }` as well as `filelog { name { path = /path } }`."""
    found: dict[str, None] = {}
    for file in files:
        if file.kind is OutputKind.STRONGSWAN_CONF:
            found |= dict.fromkeys(_filelogs(file.text))
    return tuple(LogPlace(path, own=True) for path in found if _askable(path))


def _askable(path: str) -> bool:
    try:
        render(Platform.STRONGSWAN, "log-file", path=path)
    except CommandRefused:
        return False
    return True


def _filelogs(text: str) -> Iterator[str]:
    """Walks the sections; whatever else stands in the file is passed over (parse/ reads it properly)."""
    sections: list[str] = []
    word = ""
    for found in _PIECE.finditer(text):
        piece = found.group()
        if piece == "{":
            sections.append(word)
            if len(sections) >= 2 and sections[-2] == "filelog" and word.startswith("/"):
                yield word
        elif piece == "}":
            if sections:
                sections.pop()
        elif piece.startswith("="):
            value = piece[1:].strip().strip('"')
            if word == "path" and len(sections) >= 2 and sections[-2] == "filelog" and value.startswith("/"):
                yield value
        elif not piece.startswith("#") and piece != "\n":
            word = piece.strip('"')
