"""What can be wrong between the two hosts of a pair."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathFault:
    """What is wrong between the hosts: nftables text loaded on either host, and links that are down.

    The rules have to drop what comes in (`drop_udp` and its neighbours write such texts): a drop on the way out would be
    reported to charon as an error, which a fault on the path never is.
    """

    left_rules: str = ""
    right_rules: str = ""
    left_down: bool = False
    right_down: bool = False
    right_daemon_stopped: bool = False
    left_daemon_stopped: bool = False


def _drop(match: str) -> str:
    return (
        "table inet path {\n  chain arriving {\n    type filter hook prerouting priority -300; policy accept;\n"
        f'    iifname "wan" {match} drop\n  }}\n}}\n'
    )


def drop_udp(*ports: int) -> str:
    """nftables text that loses every packet to one of these UDP ports on its arrival."""
    return _drop(f"udp dport {{ {', '.join(map(str, ports))} }}")


def drop_source(network: str) -> str:
    """nftables text that loses every packet from an IPv4 network on its arrival."""
    return _drop(f"ip saddr {network}")


def drop_fragments() -> str:
    """nftables text that loses IPv4 fragments before they are put together."""
    return (
        "table inet path {\n  chain arriving {\n    type filter hook prerouting priority -500; policy accept;\n"
        '    iifname "wan" ip frag-off & 0x3fff != 0 drop\n  }\n}\n'
    )
