"""Commands as people type them: `set trans T`, `match add 101`, `en aes`. A configuration prints them in full.

IOS takes every beginning of a keyword that fits one keyword only (Cisco IOS Configuration Fundamentals, "Abbreviated
commands"). The forms below are the commands that decide a negotiation; one that fits several of them stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ipsecbot.parse.ios.config.blocks import Line

Forms = tuple[tuple[str, ...], ...]


def _forms(*commands: str) -> Forms:
    return tuple(tuple(command.split()) for command in commands)


TOP = _forms(
    *(
        "crypto isakmp policy",
        "crypto isakmp key",
        "crypto isakmp profile",
        "crypto isakmp keepalive",
        "crypto isakmp identity",
    ),
    *("crypto isakmp aggressive-mode disable", "crypto keyring", "crypto ipsec transform-set", "crypto ipsec profile"),
    *("crypto ipsec security-association lifetime", "crypto map", "crypto dynamic-map", "crypto ikev2 proposal"),
    *("crypto ikev2 policy", "crypto ikev2 keyring", "crypto ikev2 profile", "crypto ikev2 dpd"),
)
PROFILE_OR_MAP = _forms(
    *("set peer", "set transform-set", "set pfs", "set ikev2-profile", "set isakmp-profile", "match address", "responder-only"),
    *("set security-association lifetime seconds", "set security-association lifetime kilobytes", "description"),
)
IKEV2_PROFILE = _forms(
    *(
        "match identity remote address",
        "match identity remote fqdn",
        "match identity remote email",
        "match identity remote any",
    ),
    *("match identity remote key-id", "match fvrf", "match certificate", "match address local", "identity local address"),
    *("identity local fqdn", "identity local email", "identity local key-id", "identity local dn", "authentication local"),
    *("authentication remote", "keyring local", "keyring aaa", "lifetime", "dpd", "pki trustpoint", "virtual-template"),
)
IKEV2_PEER = _forms("address", "identity address", "identity fqdn", "identity email", "identity key-id", "pre-shared-key local")
IKEV2_PEER += _forms("pre-shared-key remote", "pre-shared-key", "hostname", "description")
INTERFACE = _forms("ip address", "crypto map", "tunnel source", "tunnel destination", "tunnel mode", "tunnel vrf")
INTERFACE += _forms("tunnel protection ipsec profile", "vrf forwarding", "ip vrf forwarding", "shutdown", "ip access-group")


def in_full(text: str, forms: Forms) -> str | None:
    """The command with its keywords written out; None when no form fits, or several do. The longest fitting form counts."""
    words = text.split()
    fitting = [form for form in forms if _fits(words, form)]
    longest = [form for form in fitting if len(form) == max(map(len, fitting))]
    if len(longest) != 1:
        return None
    form = longest[0]
    return " ".join((*form, *words[len(form) :]))


def _fits(words: list[str], form: tuple[str, ...]) -> bool:
    if len(words) < len(form):
        return False
    return all(full.startswith(word.lower()) for word, full in zip(words, form, strict=False))


def understood(line: Line, read: Callable[[Line], bool], forms: Forms) -> bool:
    """Reads a line as it stands, else with its keywords in full."""
    if read(line):
        return True
    full = in_full(line.text, forms)
    return full is not None and full != line.text and read(replace(line, text=full))


def keyword(word: str, keywords: tuple[str, ...]) -> str | None:
    """The one keyword that `word` begins; None when there is none, or several."""
    found = [known for known in keywords if known == word.lower()] or [k for k in keywords if k.startswith(word.lower())]
    return found[0] if len(found) == 1 else None
