"""The lines of a running-config as a tree, also where a page, a mail or a filter spoilt the indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput


@dataclass(slots=True)
class Line:
    """One command with the commands under it. `words` are split at blanks, `text` is without indentation."""

    number: int
    indent: int
    text: str
    raw: str
    children: list[Line] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def last_number(self) -> int:
        line = self
        while line.children:
            line = line.children[-1]
        return line.number

    def source(self, output: RawOutput, device: str, *, whole: bool = False) -> Source:
        """Where it stands; with `whole` the commands under it too."""
        return Source(device, output.name, self.number, self.last_number if whole else self.number, self.raw)


_PROMPT = re.compile(r"\s*[A-Za-z][\w.\-/@]{0,62}(?P<mode>\([\w.-]+\))?\\?[#>]\s*(?P<command>.*)$")
_SHOWS_CONFIG = re.compile(
    r"(?:do\s+)?(?:sh\w*\s+(?:run|start|conf)|more\s+(?:system:run|nvram:start)|wr\w*\s+t)", re.IGNORECASE
)
_NOISE = re.compile(r"(?:Building configuration|Current configuration|Using \d+ out of|Load for|Time source|%\s|--\s?More)")

# A command that starts a block of its own wherever it stands.
_TOP = re.compile(
    r"(?:no\s+)?(?:interface\s+\S+|int(?:er?f?)?\s+[A-Za-z]+\s*\d|hostname\s+\S+|version\s+[\d.]+|access-list\s+\S+\s+\S+|end$|line\s+(?:con|vty|aux)|"
    r"ip(?:v6)?\s+access-list\s+\S+|ip\s+route\s+|router\s+\S+|object-group\s+(?:network|service)\s+\S+|route-map\s+\S+|"
    r"crypto\s+(?:isakmp|ikev2|ipsec|keyring|dynamic-map|pki|ca|key|engine|logging|gdoi|gkm|call)\b|"
    r"crypto\s+map\s+(?:ipv6\s+)?\S+\s+(?:\d+|local-address|client|isakmp\S*|gdoi)\b)"
)
_OF_PEER = r"(?:address|identity|hostname|pre-shared?(?:-k\w*)?|description)\b"
_PEER, _PEERS_OWN = re.compile(r"peer\s"), re.compile(_OF_PEER)
# Whose children these commands are when nothing is indented any more: head → first words of its commands.
_CLAIMS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(head), re.compile(child))
    for head, child in (
        (r"crypto isakmp policy", r"(?:no\s+)?(?:encr?\w*|en|hash?|auth\w*|gr\w*|life\w*)\b"),
        (r"crypto keyring", r"(?:pre-shared-key|local-address|rsa-pubkey|description)\b"),
        (
            r"crypto isakmp profile",
            r"(?:match identity|match certificate|keyring|self-identity|vrf|initiate|keepalive|ca trust-point|client|isakmp|"
            r"accounting|virtual-template|local-address|description|qos-group)\b",
        ),
        (r"crypto isakmp peer", r"set aggressive-mode"),
        (r"crypto isakmp client configuration", r"(?:key|dns|wins|domain|pool|acl|netmask|save-password|max-)"),
        (r"crypto ikev2 proposal", r"(?:encr?\w*|integ\w*|prf|gr\w*)\b"),
        (r"crypto ikev2 policy", r"(?:proposal|match)\b"),
        (r"crypto ikev2 keyring", r"peer\b"),
        (r"peer\b", _OF_PEER),
        (
            r"crypto ikev2 profile",
            r"(?:match|identity|authentication|keyring|lifetime|dpd|pki|aaa|ivrf|virtual-template|nat|initial-contact|description)\b",
        ),
        (
            r"crypto (?:pki|ca) (?:certificate map|trustpoint)",
            r"(?:subject-name|issuer-name|unstructured-subject-name|alt-subject-name|name|valid-start|expires-on|enrollment|"
            r"revocation-check|rsakeypair|fqdn|serial-number|auto-enroll)\b",
        ),
        (r"crypto ipsec transform-set", r"(?:no\s+)?mode\b"),
        (r"crypto ipsec profile", r"(?:set|responder-only|description)\b"),
        (r"crypto (?:dynamic-)?map", r"(?:set|match add\w*|reverse-route|description|qos|crypto map)\b"),
        (
            r"int(?:erface|er?f?)?\b",
            r"(?:no\s+)?(?:ip(?!\s+(?:route|access-list|nat (?:inside|outside) source|forward|cef|domain|name|host\s))|ipv6|"
            r"tunnel|shutdown|description|crypto map|vrf|duplex|speed|encapsulation|negotiation|bandwidth|mtu|switchport|"
            r"dialer)\b",
        ),
        (r"ip access-list|ipv6 access-list", r"(?:\d+\s+|sequence \d+\s+)?(?:permit|deny|remark)\b"),
        (r"route-map", r"(?:match|set) (?:ip|ipv6|interface)\b"),
        (r"object-group", r"(?:host|range|group-object|\d|tcp|udp|description)"),
    )
)
_WIDEST_CLAIM = re.compile(r"(?:crypto|int\w*|ip access-list|ipv6 access-list|object-group|peer|route-map)\b")


def read_blocks(output: RawOutput) -> list[Line]:
    """The top-level commands of one output, each with those under it. Linear in the length of the text.

    Prompts end a block. What follows a `show` that is not of the configuration is passed over; what was typed at a `(config…)#`
    prompt counts as configuration.
    """
    roots: list[Line] = []
    stack: list[Line] = []
    listening = True
    for number, raw in enumerate(output.text.splitlines(), 1):
        text = raw.rstrip()
        prompt = _PROMPT.match(text)
        if prompt is not None:
            typed = prompt["mode"] is not None and not _SHOWS_CONFIG.match(prompt["command"])
            listening = typed or not prompt["command"] or _SHOWS_CONFIG.match(prompt["command"]) is not None
            if not typed:
                stack.clear()
                continue
            text = prompt["command"]
        bare = text.strip()
        if not listening or not bare or _NOISE.match(bare):
            continue
        if bare.startswith("!"):
            if not text[:1].isspace():
                stack.clear()
            continue
        indent = len(text) - len(text.lstrip())
        line = Line(number, indent, bare, raw.strip("\n"))
        _place(line, roots, stack)
    return roots


def _place(line: Line, roots: list[Line], stack: list[Line]) -> None:
    """Under the nearest line with less indentation, or under the head that such a command belongs to."""
    if _TOP.match(line.text) and not _is_of_peer(line, stack):
        stack[:] = [line]
        roots.append(line)
        return
    parents = [head for head in stack if head.indent < line.indent]
    if not parents:
        parents = stack[: _claimant(line, stack) + 1]
    elif len(stack) > len(parents) and _PEER.match(stack[len(parents)].text) and _PEERS_OWN.match(line.text):
        parents = stack[: len(parents) + 1]  # typed without the second indentation
    if parents:
        parents[-1].children.append(line)
        stack[:] = [*parents, line]
    else:
        stack[:] = [line]
        roots.append(line)


def _is_of_peer(line: Line, stack: list[Line]) -> bool:
    """`hostname` under the peer of an IKEv2 keyring is not the router's own."""
    if not line.indent or not line.text.startswith("hostname"):
        return False
    return any(_PEER.match(head.text) and head.indent < line.indent for head in stack)


def _claimant(line: Line, stack: list[Line]) -> int:
    """The index of the innermost open head that the command belongs to, or -1."""
    for index in range(len(stack) - 1, -1, -1):
        head = stack[index].text
        if _WIDEST_CLAIM.match(head) and any(h.match(head) and child.match(line.text) for h, child in _CLAIMS):
            return index
    return -1
