"""The submodes of configuration mode as a table: what opens them, their prompt, and the settings that they understand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Submode:
    """`opens`: words a line begins with; `size`: how many words name the block; `prompt`: what stands in the brackets.

    `lists`: settings that may stand more than once; every other one replaces its predecessor. `settings`: what is understood.
    """

    opens: str
    size: int
    prompt: str
    settings: tuple[str, ...]
    lists: tuple[str, ...] = ()


SUBMODES = (
    Submode(
        "interface",
        2,
        "config-if",
        (
            "ip address",
            "crypto map",
            "shutdown",
            "description",
            "tunnel source",
            "tunnel destination",
            "tunnel mode",
            "tunnel protection",
            "ip nat",
            "ip mtu",
            "ip tcp",
            "duplex",
            "speed",
        ),
    ),
    Submode(
        "crypto isakmp policy",
        4,
        "config-isakmp",
        ("encr", "encryption", "hash", "authentication", "group", "lifetime"),
    ),
    Submode(
        "crypto isakmp profile",
        4,
        "conf-isa-prof",
        ("keyring", "match identity", "self-identity", "initiate mode"),
        ("match identity",),
    ),
    Submode(
        "crypto isakmp peer", 5, "config-isakmp-peer", ("set aggressive-mode client-endpoint", "set aggressive-mode password")
    ),
    Submode("crypto keyring", 3, "conf-keyring", ("pre-shared-key",), ("pre-shared-key",)),
    Submode("crypto ipsec transform-set", 4, "cfg-crypto-trans", ("mode",)),
    Submode(
        "crypto ipsec profile",
        4,
        "ipsec-profile",
        ("set transform-set", "set pfs", "set ikev2-profile", "set isakmp-profile", "set security-association lifetime"),
    ),
    Submode(
        "crypto map",
        4,
        "config-crypto-map",
        (
            "set peer",
            "set transform-set",
            "set pfs",
            "set ikev2-profile",
            "set isakmp-profile",
            "set security-association lifetime",
            "match address",
            "description",
        ),
        ("set peer",),
    ),
    Submode(
        "crypto dynamic-map",
        4,
        "config-crypto-map",
        ("set transform-set", "set pfs", "set ikev2-profile", "set isakmp-profile", "match address"),
    ),
    Submode("crypto ikev2 proposal", 4, "config-ikev2-proposal", ("encryption", "integrity", "prf", "group")),
    Submode("crypto ikev2 policy", 4, "config-ikev2-policy", ("match", "proposal"), ("proposal",)),
    Submode("crypto ikev2 keyring", 4, "config-ikev2-keyring", ("peer",), ("peer",)),
    Submode(
        "crypto ikev2 profile",
        4,
        "config-ikev2-profile",
        ("match identity remote", "match fvrf", "identity local", "authentication local", "authentication remote", "keyring"),
        ("match identity remote", "authentication remote"),
    ),
    Submode("ip access-list extended", 4, "config-ext-nacl", ("permit", "deny", "remark"), ("permit", "deny", "remark")),
    Submode("line", 2, "config-line", ("login", "transport", "exec-timeout", "password", "privilege", "logging")),
)

PEER = Submode(
    "peer",
    2,
    "config-ikev2-keyring-peer",
    ("address", "identity", "pre-shared-key local", "pre-shared-key remote", "pre-shared-key", "description"),
)

# global settings that stand once, by how many of their words name them
SINGLE = (
    ("hostname", 1),
    ("version", 1),
    ("crypto isakmp identity", 3),
    ("crypto isakmp aggressive-mode", 3),
    ("crypto isakmp enable", 3),
    ("crypto ipsec nat-transparency", 3),
    ("logging console", 2),
    ("logging monitor", 2),
    ("logging buffered", 2),
)
ON_BY_DEFAULT = ("crypto isakmp enable", "crypto ipsec nat-transparency udp-encapsulation")
FULL = {"encryption": "encr", "sh": "shutdown", "int": "interface"}
