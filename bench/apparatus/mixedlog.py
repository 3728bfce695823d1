"""A gateway's log of any length in which no two lines are alike: IKE among what other programs and routers write."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import BinaryIO

from bench.apparatus.debugtext import charon_log, ios_debug

CHUNK = 400_000  # characters of one kind in a row


def write_log(file: BinaryIO, size: int, kinds: tuple[str, ...] = ("others", "charon", "others", "ios")) -> int:
    """At least `size` bytes, the kinds in turn; the number of bytes written."""
    written = 0
    for text in _texts(kinds):
        written += file.write(text.encode())
        if written >= size:
            return written
    return written


def _texts(kinds: tuple[str, ...]) -> Iterator[str]:
    seed = 0
    while True:
        for kind in kinds:
            seed += 1
            if kind == "charon":
                yield charon_log(CHUNK, seed)
            elif kind == "ios":
                yield ios_debug(CHUNK, seed)
            else:
                yield _other_programs(CHUNK, seed)


def _other_programs(size: int, seed: int) -> str:
    chance = random.Random(seed)
    lines: list[str] = []
    length, second = 0, seed * 1000 % 86400
    while length < size:
        second += chance.randrange(3)
        stamp = f"Jun {1 + second // 86400 % 28:>2} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} gw "
        lines.append(stamp + _message(chance))
        length += len(lines[-1]) + 1
    return "\n".join(lines) + "\n"


def _message(chance: random.Random) -> str:
    pid, port, address = chance.randrange(400, 32000), chance.randrange(1024, 65535), f"192.0.2.{chance.randrange(1, 255)}"
    kind = chance.randrange(5)
    if kind == 0:
        return f"sshd[{pid}]: Failed password for invalid user u{port} from {address} port {port} ssh2"
    if kind == 1:
        hardware = ":".join(f"{byte:02x}" for byte in (2, 0, *pid.to_bytes(2, "big"), *port.to_bytes(2, "big")))
        return f"dhcpd[{pid}]: DHCPACK on {address} to {hardware} via eth1"
    if kind == 2:
        return (
            f"named[{pid}]: client @0x{chance.getrandbits(44):x} {address}#{port}: query: host-{port}.example.org IN A +E(0)K"
        )
    if kind == 3:
        return f"CRON[{pid}]: (root) CMD (/usr/local/bin/collect --id {chance.getrandbits(32)} >/dev/null 2>&1)"
    return f"systemd[1]: session-{port}.scope: Deactivated successfully after {chance.randrange(1, 9000)} ms."
