"""Every command that can reach a device: a table, and the only way to make a Command from it.

A session sends a `Command` and nothing else, and only `render` can make one: what does not stand in TABLE cannot be sent.
Nothing here configures, clears or reloads anything; DEBUG rows come in pairs of on and off; TRIGGER rows start a
negotiation and are sent only when somebody asked for it.

Sources: Cisco IOS Security Command Reference (show crypto …), Cisco IOS Debug Command Reference (debug crypto …),
"Crypto Conditional Debug Support" (debug crypto condition); swanctl(8), ipsec(8), journalctl(1), ss(8), ip-address(8).
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind

IOS, HOST = Platform.CISCO_IOS, Platform.STRONGSWAN


class Mark(StrEnum):
    """READ looks, DEBUG switches debugging on or off, TRIGGER starts traffic or a negotiation."""

    READ = "read"
    DEBUG = "debug"
    TRIGGER = "trigger"


class CommandRefused(ValueError):
    """A command that the table does not have, or a value that its placeholder does not take: a mistake in our code."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of command. `{…}` in `template` are placeholders (see PLACEHOLDERS).

    `optional`: a refusal is a mere gap. `instead`: the row to try when this one is refused. `root`: `sudo -n` stands
    before it where the account is not root. `seconds`: its own deadline where the target's is too short.
    """

    platform: Platform
    name: str
    kind: OutputKind
    template: str
    purpose: str
    mark: Mark = Mark.READ
    optional: bool = True
    instead: str | None = None
    root: bool = False
    seconds: int | None = None


_PROOF = object()


@dataclass(frozen=True, slots=True)
class Command:
    """One command that may be sent. Only `render` can make one."""

    row: Row
    text: str
    timeout: timedelta | None = None
    proof: InitVar[object] = field(default=None, kw_only=True)

    def __post_init__(self, proof: object) -> None:
        if proof is not _PROOF:
            raise CommandRefused("a Command is made by render() from the table of commands, in no other way")


def _address(value: str) -> str:
    try:
        if "%" not in value:  # ipaddress takes any text for the scope behind it
            return str(ipaddress.ip_address(value))
    except ValueError:
        pass
    raise CommandRefused(f"{value!r} is no address")


def _whole(lowest: int, highest: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value.isascii() or not value.isdecimal() or not lowest <= int(value) <= highest:
            raise CommandRefused(f"{value!r} is not from {lowest} to {highest}")
        return str(int(value))

    return read


def _path(value: str) -> str:
    """An absolute path of plain characters, without a way up."""
    if not re.fullmatch(r"(/[\w.@+,=~-]+)+", value, re.ASCII) or ".." in value.split("/"):
        raise CommandRefused(f"{value!r} is no plain absolute path")
    return value


def _paths(value: str) -> str:
    return " ".join(_path(part) for part in value.split("\n"))


def _pattern(value: str) -> str:
    """A file name with `*` and `?`, no folder; quoted, so that `find` and not the shell expands it."""
    if not re.fullmatch(r"[\w.@+*?\[\]-]+", value, re.ASCII):
        raise CommandRefused(f"{value!r} is no plain file name pattern")
    return shlex.quote(value)


def _connection(value: str) -> str:
    if not re.fullmatch(r"[\w@%][\w.@%+-]{0,127}", value):
        raise CommandRefused(f"{value!r} is no plain connection name")
    return value


PLACEHOLDERS: dict[str, Callable[[str], str]] = {
    "peer": _address,
    "source": _address,
    "destination": _address,
    "seconds": _whole(1, 120),
    "count": _whole(1, 20),
    "offset": _whole(0, 10**15),
    "path": _path,
    "paths": _paths,
    "pattern": _pattern,
    "connection": _connection,
}


def _ios(name: str, kind: OutputKind, template: str, purpose: str, **more: object) -> Row:
    return Row(IOS, name, kind, template, purpose, **more)  # type: ignore[arg-type]  # the keywords are Row's own


def _host(name: str, kind: OutputKind, template: str, purpose: str, **more: object) -> Row:
    return Row(HOST, name, kind, template, purpose, **more)  # type: ignore[arg-type]  # the keywords are Row's own


_DEBUG, _TRIGGER = Mark.DEBUG, Mark.TRIGGER
K = OutputKind
_LOG_WORDS = "'charon|ipsec|strongswan|swanctl'"
_IDENTIFIERS = "SYSLOG_IDENTIFIER=charon SYSLOG_IDENTIFIER=charon-systemd SYSLOG_IDENTIFIER=ipsec SYSLOG_IDENTIFIER=swanctl"

TABLE: tuple[Row, ...] = (
    # ---- Cisco IOS: preparing this session alone
    _ios("no-paging", K.USERS, "terminal length 0", "whole answers"),
    _ios("wide", K.USERS, "terminal width 511", "whole lines"),
    _ios("enable", K.USERS, "enable", "privileged mode, which most reading commands need", optional=False),
    # ---- Cisco IOS: reading
    _ios("version", K.VERSION, "show version", "is this IOS, which release, since when", optional=False),
    _ios("hosts", K.VERSION, "show hosts", "domain name, for NAPALM's get_facts"),
    _ios("interfaces", K.INTERFACES, "show ip interface brief", "the addresses this end owns", optional=False),
    _ios("running-config", K.RUNNING_CONFIG, "show running-config", "what is wanted", optional=False, seconds=90),
    _ios("isakmp-sa", K.ISAKMP_SA, "show crypto isakmp sa detail", "IKEv1 SAs", instead="isakmp-sa-plain"),
    _ios("isakmp-sa-plain", K.ISAKMP_SA, "show crypto isakmp sa", "IKEv1 SAs, older releases"),
    _ios("ikev2-sa", K.IKEV2_SA, "show crypto ikev2 sa detailed", "IKEv2 SAs"),
    _ios("ipsec-sa", K.IPSEC_SA, "show crypto ipsec sa detail", "flows and counters", instead="ipsec-sa-plain", seconds=60),
    _ios("ipsec-sa-plain", K.IPSEC_SA, "show crypto ipsec sa", "flows and counters, older releases", seconds=60),
    _ios("session", K.CRYPTO_SESSION, "show crypto session detail", "both phases of each peer"),
    _ios("isakmp-policy", K.ISAKMP_POLICY, "show crypto isakmp policy", "IKEv1 policies with their defaults"),
    _ios("crypto-map", K.CRYPTO_MAP, "show crypto map", "crypto maps as applied"),
    _ios("transform-set", K.TRANSFORM_SET, "show crypto ipsec transform-set", "transform sets with their defaults"),
    # one address alone: a table may have a million rows; and `show ip route ADDRESS` does not know the default route
    _ios("way", K.SURROUNDINGS, "show ip cef {peer}", "which way to the peer"),
    _ios("way-ipv6", K.SURROUNDINGS, "show ipv6 cef {peer}", "the same for IPv6"),
    _ios("clock", K.CLOCK, "show clock", "to place the log in time"),
    _ios("logging", K.LOGGING, "show logging", "the buffer, and where debug output goes", seconds=60),
    _ios("debugging", K.DEBUGGING, "show debugging", "whose debugging is on"),
    _ios("debug-condition", K.DEBUGGING, "show crypto debug-condition", "conditions on crypto debugging"),
    _ios(
        "cpu", K.PROCESSES_CPU, "show processes cpu | include CPU utilization", "is there room for a debug", instead="cpu-all"
    ),
    _ios("cpu-all", K.PROCESSES_CPU, "show processes cpu", "the same where the filter is refused"),
    _ios("users", K.USERS, "show users", "free VTYs, and who else is here"),
    # ---- Cisco IOS: debugging, each with its way back
    _ios("monitor", K.DEBUG, "terminal monitor", "send debug lines to this VTY", mark=_DEBUG),
    _ios("condition-ipv4", K.DEBUG, "debug crypto condition peer ipv4 {peer}", "only this peer", mark=_DEBUG),
    _ios("condition-ipv4-off", K.DEBUG, "no debug crypto condition peer ipv4 {peer}", "undo it", mark=_DEBUG),
    _ios("condition-ipv6", K.DEBUG, "debug crypto condition peer ipv6 {peer}", "only this peer", mark=_DEBUG),
    _ios("condition-ipv6-off", K.DEBUG, "no debug crypto condition peer ipv6 {peer}", "undo it", mark=_DEBUG),
    _ios("debug-isakmp", K.DEBUG, "debug crypto isakmp", "IKEv1 negotiation", mark=_DEBUG),
    _ios("debug-isakmp-off", K.DEBUG, "no debug crypto isakmp", "undo it", mark=_DEBUG),
    _ios("debug-ipsec", K.DEBUG, "debug crypto ipsec", "IPsec SAs and selectors", mark=_DEBUG),
    _ios("debug-ipsec-off", K.DEBUG, "no debug crypto ipsec", "undo it", mark=_DEBUG),
    _ios("debug-ikev2", K.DEBUG, "debug crypto ikev2", "IKEv2 negotiation", mark=_DEBUG),
    _ios("debug-ikev2-off", K.DEBUG, "no debug crypto ikev2", "undo it", mark=_DEBUG),
    _ios("debug-kmi", K.DEBUG, "debug crypto kmi", "messages between IPsec and IKE, on request", mark=_DEBUG),
    _ios("debug-kmi-off", K.DEBUG, "no debug crypto kmi", "undo it", mark=_DEBUG),
    # ---- Cisco IOS: triggering
    _ios(
        "ping",
        K.PING,
        "ping {destination} source {source} repeat {count} timeout 1",
        "traffic that has to be protected",
        mark=_TRIGGER,
        seconds=45,
    ),
    # ---- strongSwan host: what it is
    _host("kernel", K.SYSTEM, "uname -s", "is this a host at all", optional=False),
    _host("account", K.SYSTEM, "id -u", "root, or does it take sudo", optional=False),
    _host("which-swanctl", K.SYSTEM, "command -v swanctl", "vici tools"),
    _host("which-ipsec", K.SYSTEM, "command -v ipsec || command -v strongswan", "stroke tools"),
    _host("which-journal", K.SYSTEM, "command -v journalctl", "a journal"),
    # with -p the program's name is shown: what listens there may be another IKE daemon
    _host("sockets", K.SYSTEM, "ss -lunpH", "does IKE listen on UDP 500 and 4500", instead="sockets-plain", root=True),
    _host("sockets-plain", K.SYSTEM, "ss -lunH", "the same without the right to see names", instead="sockets-old"),
    _host("sockets-old", K.SYSTEM, "netstat -lun", "the same without ss"),
    _host("interfaces", K.INTERFACES, "ip -o addr", "the addresses this end owns"),
    _host("route", K.SYSTEM, "ip route get {peer}", "which way to the peer"),
    _host("clock", K.CLOCK, "date '+%Y-%m-%d %H:%M:%S %z'", "to place the log in time"),
    # ---- strongSwan host: the daemon
    _host("swanctl-version", K.VERSION, "swanctl --version", "release; fails when the daemon is down", root=True),
    _host("list-sas", K.LIST_SAS, "swanctl --list-sas", "SAs", root=True),
    _host("list-conns", K.LIST_CONNS, "swanctl --list-conns", "what is loaded", root=True),
    _host("stats", K.SYSTEM, "swanctl --stats", "uptime, load and plugins", root=True),
    _host("counters", K.COUNTERS, "swanctl --counters", "IKE message counters", root=True),
    _host("stroke-version", K.VERSION, "ipsec version", "release", root=True),
    _host("statusall", K.STATUSALL, "ipsec statusall", "SAs and what is loaded", root=True),
    _host("strongswan-version", K.VERSION, "strongswan version", "release, where the tool is called so", root=True),
    _host("strongswan-statusall", K.STATUSALL, "strongswan statusall", "SAs, where the tool is called so", root=True),
    # ---- strongSwan host: files
    _host(
        "find-configs",
        K.SYSTEM,
        "find -L {paths} -maxdepth 2 -type f -name '*.conf' -size -256k",
        "which configuration files there are",
        root=True,
    ),
    _host("find-included", K.SYSTEM, "find -L {path} -maxdepth 1 -type f -name {pattern} -size -256k", "includes", root=True),
    # grep -H names the file on every line: many files in one command, and none can pretend to be another
    _host("files", K.SYSTEM, "grep -aH '' {paths}", "configuration files, every line with its file", root=True),
    # ---- strongSwan host: logs, never more than the last 2 MB
    _host("log-size", K.SYSTEM, "wc -c {path}", "where a log ends now", root=True),
    _host("log-file", K.LOG, "tail -c 2000000 {path}", "charon's own log", root=True, seconds=60),
    _host("log-since", K.LOG, "tail -c +{offset} {path} | head -c 2000000", "what was logged since", root=True, seconds=60),
    _host(
        "log-syslog",
        K.LOG,
        f"tail -c 20000000 {{path}} | grep -aE {_LOG_WORDS} | tail -c 2000000",
        "charon in a system log",
        root=True,
        seconds=60,
    ),
    _host(
        "log-journal",
        K.LOG,
        f"journalctl --no-pager -q -o short-iso-precise -n 20000 {_IDENTIFIERS} | tail -c 2000000",
        "charon in the journal",
        root=True,
        seconds=60,
    ),
    # without a PTY the remote process outlives a dropped client: timeout ends it
    # and into a pipe swanctl writes by the page: stdbuf, where there is one, makes it write by the line
    _host(
        "follow-vici",
        K.DEBUG,
        "timeout -k 2 {seconds} $(command -v stdbuf >/dev/null && echo stdbuf -oL) swanctl --log",
        "log lines as they happen",
        mark=_DEBUG,
        root=True,
    ),
    _host("follow-file", K.DEBUG, "timeout -k 2 {seconds} tail -n 0 -F {path}", "the log as it grows", mark=_DEBUG, root=True),
    _host(
        "follow-journal",
        K.DEBUG,
        f"timeout -k 2 {{seconds}} journalctl --no-pager -q -o short-iso-precise -n 0 -f {_IDENTIFIERS}",
        "the journal as it grows",
        mark=_DEBUG,
        root=True,
    ),
    # ---- strongSwan host: triggering
    _host(
        "initiate",
        K.DEBUG,
        "swanctl --initiate --child {connection} --timeout {seconds}",
        "start a negotiation",
        mark=_TRIGGER,
        root=True,
    ),
    _host("up", K.DEBUG, "timeout -k 2 {seconds} ipsec up {connection}", "the same by stroke", mark=_TRIGGER, root=True),
    _host(
        "strongswan-up",
        K.DEBUG,
        "timeout -k 2 {seconds} strongswan up {connection}",
        "the same where the tool is called so",
        mark=_TRIGGER,
        root=True,
    ),
    _host(
        "ping",
        K.PING,
        "ping -n -c {count} -W 1 -I {source} {destination}",
        "traffic that has to be protected",
        mark=_TRIGGER,
        seconds=45,
    ),
)

_BY_NAME = {(row.platform, row.name): row for row in TABLE}
_BY_TEXT = {(row.platform, row.template): row for row in TABLE if "{" not in row.template}


def render(platform: Platform, name: str, **values: str | int) -> Command:
    """The command `name` of `platform` with its placeholders filled in.

    CommandRefused when the table has no such row, when a value is missing or superfluous, or not of its type.
    """
    row = row_of(platform, name)
    wanted = set(re.findall(r"{(\w+)}", row.template))
    if wanted != set(values):
        raise CommandRefused(f"{name} takes {sorted(wanted)}, not {sorted(values)}")
    safe = {key: PLACEHOLDERS[key](str(value)) for key, value in values.items()}
    text = re.sub(r"{(\w+)}", lambda hole: safe[hole.group(1)], row.template)
    own = row.seconds or (int(safe["seconds"]) + 10 if "seconds" in safe else None)
    return Command(row, text, timedelta(seconds=own) if own else None, proof=_PROOF)


def row_of(platform: Platform, name: str) -> Row:
    """The row of a name; CommandRefused when there is none."""
    row = _BY_NAME.get((platform, name))
    if row is None:
        raise CommandRefused(f"the table has no command {name!r} for {platform}")
    return row


def recognise(platform: Platform, text: str) -> Command:
    """The READ command whose whole text is `text`: the gate through which NAPALM's drivers ask.

    CommandRefused when it is not one of the table.
    """
    row = _BY_TEXT.get((platform, text.strip()))
    if row is None or row.mark is not Mark.READ:
        raise CommandRefused(f"{text!r} is not a reading command of the table for {platform}")
    return render(platform, row.name)
