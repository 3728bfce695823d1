"""The configuration files of a strongSwan host: the usual places, and what they include."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from ipsecbot.collect.commands import CommandRefused, render
from ipsecbot.collect.host import HostSession
from ipsecbot.collect.session import Answer
from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind

K = OutputKind

# Debian keeps its files in /etc, Red Hat in /etc/strongswan, a build from source in /usr/local/etc.
ROOTS = ("/etc", "/etc/strongswan", "/usr/local/etc")
USUAL = (
    ("swanctl/swanctl.conf", K.SWANCTL_CONF),
    ("ipsec.conf", K.IPSEC_CONF),
    ("ipsec.secrets", K.IPSEC_SECRETS),
    ("strongswan.conf", K.STRONGSWAN_CONF),
)
FOLDERS = (("swanctl/conf.d", K.SWANCTL_CONF), ("strongswan.d", K.STRONGSWAN_CONF))
_INCLUDE = re.compile(r"^\s*include\s+(?P<path>\"[^\"]+\"|[^\s#}]+)", re.MULTILINE)
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file as it stands on the host, secrets and all."""

    path: str
    kind: OutputKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfigFiles:
    """What could be read, and (path, why) of what could not. `answers` are for require_sudo."""

    files: tuple[ConfigFile, ...]
    unread: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answer, ...] = ()


def read_config_files(session: HostSession) -> ConfigFiles:
    """The usual files and folders in two round trips, then one more for each depth of includes."""
    wanted = {posixpath.join(root, name): kind for root in ROOTS for name, kind in USUAL}
    folders = {posixpath.join(root, name): kind for root in ROOTS for name, kind in FOLDERS}
    find = session.send(render(Platform.STRONGSWAN, "find-configs", paths="\n".join(folders)))
    for path in find.text.splitlines():
        kind = next((kind for folder, kind in folders.items() if path.startswith(f"{folder}/")), None)
        if kind is not None and not _is_plugin(path):
            wanted.setdefault(path, kind)
    return _follow(session, wanted, find)


def _is_plugin(path: str) -> bool:
    """strongswan.d/charon/NAME.conf: eighty files of defaults, of which only the logging ones say where to look."""
    return "/strongswan.d/charon/" in path


def _follow(session: HostSession, wanted: dict[str, OutputKind], find: Answer) -> ConfigFiles:
    files: list[ConfigFile] = []
    unread: list[tuple[str, str]] = []
    answers = [find]
    usual, seen = set(wanted), set(wanted)
    for _depth in range(_DEEPEST):
        readable = [path for path in wanted if _plain(path)]
        unread += [(path, "its name cannot be asked for safely") for path in wanted if not _plain(path)]
        if not readable:
            break
        answer = session.send(render(Platform.STRONGSWAN, "files", paths="\n".join(readable)))
        answers.append(answer)
        found = [ConfigFile(path, wanted[path], text) for path, text in _by_file(answer.text, readable).items()]
        files += found
        missing = {path for path in readable if path not in usual} - {file.path for file in found}
        unread += [(path, "it is empty or cannot be read") for path in sorted(missing)]
        wanted = {path: kind for path, kind in _included(session, found).items() if path not in seen}
        seen |= set(wanted)
    return ConfigFiles(tuple(files), tuple(unread), tuple(answers))


def _plain(path: str) -> bool:
    try:
        render(Platform.STRONGSWAN, "files", paths=path)
    except CommandRefused:
        return False
    return True


def _by_file(text: str, paths: list[str]) -> dict[str, str]:
    """`PATH:line` for every line of every file → the text of each file, in the order of `paths`."""
    lines: dict[str, list[str]] = {}
    longest_first = sorted(paths, key=len, reverse=True)
    for line in text.split("\n"):
        path = next((path for path in longest_first if line.startswith(f"{path}:")), None)
        if path is not None:
            lines.setdefault(path, []).append(line[len(path) + 1 :])
    return {path: "\n".join(lines[path]) + "\n" for path in paths if path in lines}


def _included(session: HostSession, files: list[ConfigFile]) -> dict[str, OutputKind]:
    """What these files include; patterns are expanded on the host, relative ones start at the including file."""
    wanted: dict[str, OutputKind] = {}
    commands, kinds = [], []
    for file in files:
        for found in _INCLUDE.finditer(file.text):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), found["path"].strip('"')))
            folder, name = posixpath.split(path)
            if not re.search(r"[*?\[]", path):
                wanted[path] = file.kind
                continue
            try:
                commands.append(render(Platform.STRONGSWAN, "find-included", path=folder, pattern=name))
                kinds.append(file.kind)
            except CommandRefused:
                wanted[path] = file.kind  # listed as unread: a pattern in the folder's name
    for answer, kind in zip(session.send_all(tuple(commands)), kinds, strict=True):
        wanted |= {path: kind for path in sorted(answer.text.splitlines()) if path and not _is_plugin(path)}
    return wanted
