"""What an IOS router says about itself: debugging, CPU load, logging, lines in use, version, interface addresses.

A reader whose value is one thing answers None where the output does not hold it (with the gaps that say why).
"""

from __future__ import annotations

from ipaddress import ip_interface

from ipsecbot.model.device import Platform
from ipsecbot.model.router import (
    CpuLoad,
    DebugCondition,
    DebugFlag,
    DebugState,
    InterfaceAddress,
    LoggingState,
    RouterVersion,
    VtyLine,
)
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.sa_words import duration
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.textfsm import Row, lines_of, run_template

IOS = Platform.CISCO_IOS.value


def read_debugging(output: RawOutput, device: str) -> Parsed[DebugState]:
    """`show debugging`, `show crypto debug-condition`, or both one after the other.

    IOS-XE's own `Conditional Debug Global State` counts as a flag unless it is `Stop`. An unknown line is a gap, and may be a
    debug: only a quiet state without gaps proves that nothing is on.
    """
    parsed = run_template(IOS, "show debugging", output, device)
    flags: list[DebugFlag] = []
    conditions: list[DebugCondition] = []
    switched: bool | None = None
    for row in parsed.value:
        if row["FLAG"]:
            flags.append(DebugFlag(row["FLAG"], row["SUBSYSTEM"] or None, row.source))
        elif row["PLATFORM_STATE"] and row["PLATFORM_STATE"] != "Stop":
            flags.append(DebugFlag(row.source.text, None, row.source))
        elif row["CONDITION"]:
            conditions += _conditions(row)
        elif row["CRYPTO_CONDITION"]:
            switched = row["CRYPTO_CONDITION"].upper() == "ON"
    return Parsed(DebugState(tuple(flags), tuple(conditions), switched), parsed.gaps, parsed.answered)


def _conditions(row: Row) -> list[DebugCondition]:
    """Addresses share one line, each is a condition; any other kind has a line of its own."""
    words = row["CONDITION"].replace(",", " ").split()
    values = words if all(_is_address(word) for word in words) else [row["CONDITION"]]
    return [DebugCondition(row["CONDITION_KIND"] or None, value, row.source) for value in values]


def _is_address(word: str) -> bool:
    try:
        ip_interface(word)
    except ValueError:
        return False
    return True


def read_cpu(output: RawOutput, device: str) -> Parsed[CpuLoad | None]:
    """`show processes cpu`, whole or its head. With several cores, the highest value of each."""
    parsed = run_template(IOS, "show processes cpu", output, device)
    if not parsed.value:
        return Parsed(None, _or_gap(parsed, output, device, "no CPU load in it"), parsed.answered)
    rows = parsed.value

    def highest(column: str) -> int:
        return max(row.number(column) or 0 for row in rows)

    interrupt = highest("INTERRUPT") if any(row["INTERRUPT"] for row in rows) else None
    load = CpuLoad(highest("FIVE_SECONDS"), highest("ONE_MINUTE"), highest("FIVE_MINUTES"), interrupt, rows[0].source)
    return Parsed(load, parsed.gaps)


def read_logging(output: RawOutput, device: str) -> Parsed[LoggingState | None]:
    """The head of `show logging`. The messages behind it begin at `first_log_line` and are the log reader's."""
    parsed = run_template(IOS, "show logging", output, device)
    if not parsed.value:
        return Parsed(None, _or_gap(parsed, output, device, "no logging state in it"), parsed.answered)
    row = parsed.value[0]
    starts = row.lines.get("BUFFER_BYTES")
    state = LoggingState(
        enabled=row["SYSLOG"] == "enabled" if row["SYSLOG"] else None,
        console_level=row["CONSOLE_STATE"] or row["CONSOLE_LEVEL"] or None,
        monitor_level=row["MONITOR_STATE"] or row["MONITOR_LEVEL"] or None,
        buffer_level=row["BUFFER_STATE"] or row["BUFFER_LEVEL"] or None,
        buffer_bytes=row.number("BUFFER_BYTES"),
        dropped=row.number("DROPPED"),
        rate_limited=row.number("RATE_LIMITED"),
        rate_limit=row["RATE_LIMIT"] or None,
        first_log_line=_first_text(output, starts + 1) if starts else None,
        source=row.source,
    )
    return Parsed(state, parsed.gaps)


def _first_text(output: RawOutput, start: int) -> int | None:
    lines = lines_of(output.text)
    return next((number for number in range(start, len(lines) + 1) if lines[number - 1].strip()), None)


def read_users(output: RawOutput, device: str) -> Parsed[tuple[VtyLine, ...]]:
    """`show users`: the lines in use."""
    parsed = run_template(IOS, "show users", output, device)
    lines = tuple(
        VtyLine(
            number=int(row["NUMBER"]),
            kind=row["KIND"],
            index=row["INDEX"],
            current=bool(row["CURRENT"]),
            user=row["USER"] or None,
            idle=duration(row["IDLE"]),
            location=row["LOCATION"] or None,
            source=row.source,
        )
        for row in parsed.value
    )
    return Parsed(lines, parsed.gaps, parsed.answered)


def read_version(output: RawOutput, device: str) -> Parsed[RouterVersion | None]:
    """The head of `show version`."""
    parsed = run_template(IOS, "show version", output, device)
    if not parsed.value:
        return Parsed(None, _or_gap(parsed, output, device, "no IOS version in it"), parsed.answered)
    row = parsed.value[0]
    version = RouterVersion(
        release=row["VERSION"],
        xe_release=row["XE_VERSION"] or None,
        image=row["IMAGE"] or None,
        software=row["SOFTWARE"] or None,
        hostname=row["HOSTNAME"] or None,
        uptime=duration(row["UPTIME"]),
        source=row.source,
    )
    return Parsed(version, parsed.gaps)


def read_interface_addresses(output: RawOutput, device: str) -> Parsed[tuple[InterfaceAddress, ...]]:
    """`show ip interface brief`."""
    parsed = run_template(IOS, "show ip interface brief", output, device)
    interfaces = tuple(
        InterfaceAddress(
            interface=row["INTERFACE"],
            address=None if row["ADDRESS"] == "unassigned" else row["ADDRESS"],
            status=row["STATUS"],
            up=row["STATUS"] == row["PROTOCOL"] == "up",
            source=row.source,
        )
        for row in parsed.value
    )
    return Parsed(interfaces, parsed.gaps, parsed.answered)


def _or_gap(parsed: Parsed[tuple[Row, ...]], output: RawOutput, device: str, why: str) -> tuple[Gap, ...]:
    return parsed.gaps or (Gap(device, output.name, why),)
