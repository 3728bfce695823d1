"""The configuration files of a strongSwan host: the usual places, and what they include."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from ipsecbot.collect.commands import Command, CommandRefused, render
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


_WANTED = {posixpath.join(root, name): kind for root in ROOTS for name, kind in USUAL}
_FOLDERS = {posixpath.join(root, name): kind for root in ROOTS for name, kind in FOLDERS}


def first_commands() -> tuple[Command, Command]:
    """The usual files, and which others there are: to be sent along with other questions, for read_rest."""
    return (
        render(Platform.STRONGSWAN, "files", paths="\n".join(_WANTED)),
        render(Platform.STRONGSWAN, "find-configs", paths="\n".join(_FOLDERS)),
    )


def read_config_files(session: HostSession) -> ConfigFiles:
    """Everything in one call."""
    usual, find = session.send_all(first_commands())
    return read_rest(session, usual, find)


def read_rest(session: HostSession, usual: Answer, find: Answer) -> ConfigFiles:
    """The files of the answers to first_commands, and what those include: one round trip for each depth of includes."""
    found, refused = _contents(usual, _WANTED)
    files = [file for file in found if file.text]
    unread = [(path, why) for path, why in refused if "No such file" not in why]
    wanted = _included(session, files)
    for path in find.text.splitlines():
        kind = next((kind for folder, kind in _FOLDERS.items() if path.startswith(f"{folder}/")), None)
        if kind is not None and not _is_plugin(path):
            wanted.setdefault(path, kind)
    return _follow(session, files, unread, wanted, (usual, find))


def _is_plugin(path: str) -> bool:
    """strongswan.d/charon/NAME.conf: eighty files of defaults, of which only the logging ones say where to look."""
    return "/strongswan.d/charon/" in path


def _follow(
    session: HostSession,
    files: list[ConfigFile],
    unread: list[tuple[str, str]],
    wanted: dict[str, OutputKind],
    asked: tuple[Answer, ...],
) -> ConfigFiles:
    answers = list(asked)
    seen = set(_WANTED)
    for _depth in range(_DEEPEST):
        wanted = {path: kind for path, kind in wanted.items() if path not in seen}
        seen |= set(wanted)
        readable = [path for path in wanted if _plain(path)]
        unread += [(path, "its name cannot be asked for safely") for path in wanted if not _plain(path)]
        if not readable:
            break
        answer = session.send(render(Platform.STRONGSWAN, "files", paths="\n".join(readable)))
        answers.append(answer)
        found, refused = _contents(answer, {path: wanted[path] for path in readable})
        files += found
        unread += refused
        wanted = _included(session, found)
    return ConfigFiles(tuple(files), tuple(unread), tuple(answers))


def _plain(path: str) -> bool:
    try:
        render(Platform.STRONGSWAN, "files", paths=path)
    except CommandRefused:
        return False
    return True


def _contents(answer: Answer, wanted: dict[str, OutputKind]) -> tuple[list[ConfigFile], list[tuple[str, str]]]:
    """`PATH:line` for every line of every file → the files, and (path, why) of what grep complained about.

    A file without lines and without a complaint is empty. Nothing at all (sudo refused, no grep) is a complaint about each.
    """
    lines: dict[str, list[str]] = {path: [] for path in wanted}
    longest_first = sorted(wanted, key=len, reverse=True)
    for line in answer.text.split("\n"):
        path = next((path for path in longest_first if line.startswith(f"{path}:")), None)
        if path is not None:
            lines[path].append(line[len(path) + 1 :])
    refused = {found[1]: found[2] for found in re.finditer(r"^grep: (/.*?): (.+)$", answer.error, re.MULTILINE)}
    if answer.refusal is not None and not refused and answer.status != 1:  # 1: nothing but empty files
        refused = dict.fromkeys(wanted, answer.refusal)
    files = [
        ConfigFile(path, kind, "".join(f"{line}\n" for line in lines[path]))
        for path, kind in wanted.items()
        if path not in refused
    ]
    return files, [(path, why) for path, why in refused.items() if path in wanted]


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
