"""`show version`, `clock`, `users`, `logging`, `debugging`, `processes cpu`, interfaces and configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.lab.ios.config import Interface
from ipsecbot.lab.ios.log import MONTHS
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.router import Debug

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _uptime(machine: Machine) -> str:
    minutes = (machine.router.world.now - machine.router.started) // timedelta(minutes=1) + 194
    days, rest = divmod(minutes, 1440)
    parts = ((days, "day"), (rest // 60, "hour"), (rest % 60, "minute"))
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count)


def version(machine: Machine) -> str:
    config = machine.router.config
    major, minor = config.release
    name = config.hostname
    if config.is_xe:
        head = (
            f"Cisco IOS XE Software, Version {major}.{minor:02d}.04\n"
            "Cisco IOS Software [Fuji], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), "
            f"Version {major}.{minor}.4, RELEASE SOFTWARE (fc1)\n"
        )
        model = "cisco CSR1000V (VXE) processor (revision VXE) with 2190795K/3075K bytes of memory.\n"
        image = "bootflash:packages.conf"
    else:
        head = (
            f"Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version {major}.{minor}(3)M2, RELEASE SOFTWARE (fc1)\n"
        )
        model = "Cisco CISCO2911/K9 (revision 1.0) with 2543552K/77824K bytes of memory.\n"
        image = "flash0:c2900-universalk9-mz.SPA.bin"
    return (
        f"{head}Technical Support: http://www.cisco.com/techsupport\n"
        "Copyright (c) 1986-2018 by Cisco Systems, Inc.\n"
        "Compiled Wed 28-Mar-18 11:18 by prod_rel_team\n\n"
        "ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)\n\n"
        f"{name} uptime is {_uptime(machine)}\n"
        "System returned to ROM by power-on\n"
        f'System image file is "{image}"\n'
        "Last reload reason: power-on\n\n\n"
        f"{model}"
        f"Processor board ID FTX{abs(sum(map(ord, name))) * 7919 % 10**7:07d}X\n"
        f"{len(config.interfaces)} Gigabit Ethernet interfaces\n"
        "DRAM configuration is 64 bits wide with parity disabled.\n"
        "255K bytes of non-volatile configuration memory.\n\n\n"
        "Configuration register is 0x2102\n\n"
    )


def clock(machine: Machine) -> str:
    now = machine.router.world.now
    star = "" if machine.router.stamp.authoritative else "*"
    return (
        f"{star}{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {WEEKDAYS[now.weekday()]} "
        f"{MONTHS[now.month - 1]} {now.day} {now.year}\n"
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One VTY in use."""

    number: int
    user: str
    origin: str
    own: bool


def users(lines: list[Line]) -> str:
    rows = "".join(
        f"{'*' if line.own else ' '}{line.number + 2:>3} vty {line.number}     {line.user:<10} idle                 "
        f"00:00:0{0 if line.own else 4} {line.origin}\n"
        for line in lines
    )
    return (
        "    Line       User       Host(s)              Idle       Location\n"
        f"{rows}\n"
        "  Interface    User               Mode         Idle     Peer Address\n\n"
    )


def running_config(machine: Machine) -> str:
    body = machine.router.text.strip("\n")
    if not body.rstrip().endswith("\nend"):
        body += "\nend"
    return (
        "Building configuration...\n\n"
        f"Current configuration : {len(body)} bytes\n!\n"
        f"! Last configuration change at {clock(machine).strip().lstrip('*').split('.')[0]} UTC\n!\n{body}\n\n"
    )


def _kind(interface: Interface) -> tuple[str, str]:
    return ("administratively down", "down") if interface.shutdown else ("up", "up")


def interface_brief(machine: Machine) -> str:
    rows = ["Interface                  IP-Address      OK? Method Status                Protocol\n"]
    for known in machine.router.config.interfaces:
        status, protocol = _kind(known)
        address = str(known.address.ip) if known.address else "unassigned"
        rows.append(f"{known.name:<26} {address:<15} YES NVRAM  {status:<21} {protocol:<4}  \n")
    return "".join(rows)


def interfaces(machine: Machine, name: str | None = None) -> str:
    config = machine.router.config
    only = config.interface(name) if name else None
    if name and only is None:
        return ""
    text = []
    for number, known in enumerate((only,) if only else config.interfaces):
        status, protocol = _kind(known)
        hardware = "Tunnel" if known.name.lower().startswith("tunnel") else "CN Gigabit Ethernet"
        text.append(
            f"{known.name} is {status}, line protocol is {protocol} \n"
            f"  Hardware is {hardware}, address is 5254.00{number:02x}.0001 (bia 5254.00{number:02x}.0001)\n"
            + (f"  Description: {known.description}\n" if known.description else "")
            + (f"  Internet address is {known.address}\n" if known.address else "")
            + "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, \n"
            "     reliability 255/255, txload 1/255, rxload 1/255\n"
            "  Encapsulation ARPA, loopback not set\n"
        )
    return "".join(text)


def processes_cpu(loads: tuple[int, int, int]) -> str:
    five, one, long = loads
    return (
        f"CPU utilization for five seconds: {five}%/0%; one minute: {one}%; five minutes: {long}%\n"
        " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n"
        "   1           0           7          0  0.00%  0.00%  0.00%   0 Chunk Manager    \n"
        f"   2         132        2331         56  0.00%  0.01%  0.00%   0 Load Meter       \n"
        f" 248        1920       10416        184  {five / 2:.2f}%  {one / 2:.2f}%  {long / 2:.2f}%   0 Crypto IKMP      \n"
    )


def _logging_level(machine: Machine, destination: str, default: str) -> str:
    """`level debugging` or `disabled`, as `logging console|monitor|buffered` configures it."""
    level = default
    for line in (line.strip() for line in machine.router.text.splitlines()):
        words = line.split()
        if line == f"no logging {destination}":
            level = ""
        elif words[:2] == ["logging", destination]:
            level = next((word for word in words[2:] if not word.isdigit()), "debugging")
    return level


def logging(machine: Machine, *, console_debugging: bool) -> str:
    """Header and buffer. IOS's own default is `logging console debugging`."""
    log = machine.router.log

    def row(title: str, destination: str, indent: str) -> str:
        level = _logging_level(machine, destination, "debugging")
        if destination == "console" and console_debugging:
            level = "debugging"
        if not level:
            return f"    {title} logging: disabled\n"
        return f"    {title} logging: level {level}, {log.written} messages logged, xml disabled,\n{indent}filtering disabled\n"

    buffered = _logging_level(machine, "buffered", "debugging")
    tail = f"\nLog Buffer ({log.capacity} bytes):\n\n" + "".join(f"{entry}\n" for entry in log.entries) if buffered else "\n"
    return (
        "Syslog logging: enabled (0 messages dropped, 3 messages rate-limited,\n"
        "                0 flushes, 0 overruns, xml disabled, filtering disabled)\n\n"
        "No Active Message Discriminator.\n\n\n\nNo Inactive Message Discriminator.\n\n\n"
        + row("Console", "console", " " * 21)
        + row("Monitor", "monitor", " " * 21)
        + row("Buffer", "buffered", " " * 20)
        + "    Exception Logging: size (4096 bytes)\n"
        "    Count and timestamp logging messages: disabled\n"
        "    Persistent logging: disabled\n\n"
        "No active filter modules.\n\n"
        f"    Trap logging: level informational, {log.written} message lines logged\n"
        "        Logging Source-Interface:       VRF Name:\n"
        f"{tail}"
    )


DEBUG_TEXTS = {
    Debug.ISAKMP: "Crypto ISAKMP debugging is on",
    Debug.IPSEC: "Crypto IPSEC debugging is on",
    Debug.ENGINE: "Crypto Engine debugging is on",
    Debug.KMI: "Crypto Key Management Interface debugging is on",
}


def debugging(machine: Machine, foreign: bool) -> str:
    """What is on: nothing at all prints nothing (classic) or XE's own packet tracing headings."""
    armed = machine.router.debugs
    text = ""
    if machine.router.config.is_xe:
        text += (
            "IOSXE Conditional Debug Configs:\n\nConditional Debug Global State: Stop\n\n\nIOSXE Packet Tracing Configs:\n\n\n"
        )
    if foreign:
        text += "Generic IP:\n  ICMP packet debugging is on\n\n"
    subsystem = [line for flag, line in DEBUG_TEXTS.items() if flag in armed]
    if subsystem:
        text += "\nCryptographic Subsystem:\n" + "".join(f"  {line}\n" for line in subsystem)
    if Debug.IKEV2 in armed:
        text += "\nIKEV2:\n  IKEv2 error debugging is on\n  IKEv2 default debugging is on\n"
    return text


def debug_condition(machine: Machine) -> str:
    """`show crypto debug-condition` (Cisco, "Crypto Conditional Debug Support")."""
    conditions = machine.router.conditions
    head = (
        f"Crypto conditional debug currently is turned {'ON' if conditions else 'OFF'}\n"
        "IKE debug context unmatched flag: OFF\n"
        "IPsec debug context unmatched flag: OFF\n"
        "Crypto Engine debug context unmatched flag: OFF\n\n"
    )
    return head + (f"IKE peer IP address filters:\n{' '.join(sorted(conditions))} \n\n" if conditions else "")


def hosts(machine: Machine) -> str:
    """`show hosts`: the domain name, for whoever wants the full name of this router."""
    domain = machine.router.config.domain
    return (
        f"Default domain is {domain}\n" if domain else "Default domain is not set\n"
    ) + "Name/address lookup uses static mappings\n\nCodes: UN - unknown, EX - expired, OK - OK, ?? - revalidate\n\n"


def access_lists(machine: Machine) -> str:
    text = ""
    for name, entries in machine.router.config.acls:
        text += f"Extended IP access list {name}\n"
        text += "".join(f"    {10 * number} {entry.text}\n" for number, entry in enumerate(entries, 1))
    return text
