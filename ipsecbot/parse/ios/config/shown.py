"""`show crypto map`, `show crypto isakmp policy` and others as the commands that they restate, where nobody pasted those.

Each row of the table becomes the configuration lines it stands for, at the line numbers of the answer, so that one reader
understands both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Router
from ipsecbot.parse.ios.config.shown_ikev2 import RESTATED, line_of
from ipsecbot.parse.textfsm import Row, lines_of, run_template

_COMMANDS = {
    OutputKind.CRYPTO_MAP: "show crypto map",
    OutputKind.ISAKMP_POLICY: "show crypto isakmp policy",
    OutputKind.ISAKMP_KEYS: "show crypto isakmp key",
    OutputKind.IKEV2_POLICY: "show crypto ikev2 policy",
    OutputKind.IKEV2_PROPOSAL: "show crypto ikev2 proposal",
    OutputKind.IPSEC_PROFILE: "show crypto ipsec profile",
}
SHOWN = tuple(_COMMANDS)
# What `show crypto isakmp policy` calls what the configuration calls otherwise (Security Command Reference).
_ENCRYPTION = (("AES", "aes"), ("Three key triple DES", "3des"), ("3DES", "3des"), ("DES", "des"))
_HASH = (
    ("Secure Hash Standard 2 (256", "sha256"),
    ("Secure Hash Standard 2 (384", "sha384"),
    ("Secure Hash Standard 2 (512", "sha512"),
    ("Secure Hash Standard", "sha"),
    ("Message Digest 5", "md5"),
)
_AUTHENTICATION = (
    ("Pre-Shared Key", "pre-share"),
    ("Rivest-Shamir-Adleman Signature", "rsa-sig"),
    ("Rivest-Shamir-Adleman Encryption", "rsa-encr"),
    ("Elliptic Curve", "ecdsa-sig"),
)
_PEER = re.compile(r"\s*Peer\s*=\s*([0-9A-Fa-f.:]+)")
_ENTRY = re.compile(r"^.*?(?=\b(?:permit|deny)\b)")
# what the unfiltered answer always holds; the sets themselves follow on lines of their own
WHOLE_ENTRY = re.compile(r"Transform sets\s*=\s*\{[ \t]*$", re.MULTILINE)
Words = tuple[tuple[str, str], ...]


def restated(output: RawOutput, device: str, router: Router) -> Iterator[Line]:
    """The commands that an answer stands for; none where the configuration itself tells them."""
    rows = run_template(Platform.CISCO_IOS.value, _COMMANDS[output.kind], output, device).value
    if output.kind is OutputKind.ISAKMP_POLICY:
        if not router.policy_words:
            for row in rows:
                if not row["DEFAULT"] and row["PRIORITY"]:
                    yield _policy(row, lines_of(output.text))
        return
    if output.kind in RESTATED:
        yield from RESTATED[output.kind](rows, lines_of(output.text), router)
        return
    protected = any(interface.protection is not None for interface in router.interfaces.values())
    if not (router.maps or router.profiles or protected):
        for row in rows:
            if row["SEQUENCE"]:
                yield from _map(row, lines_of(output.text))
        if not rows:
            yield from _headless(lines_of(output.text))


def _map(row: Row, lines: list[str]) -> Iterator[Line]:
    name, sequence = row["NAME"], row["SEQUENCE"]
    sets = row.many("TRANSFORM_SETS")
    for set_name, words in zip(sets, row.many("TRANSFORMS"), strict=False):
        yield line_of(row, lines, "TRANSFORM_SETS", f"crypto ipsec transform-set {set_name} {words.strip(' ,')}")
    acl = row["ACL"] or f"{name}-{sequence}"
    has_list = "ACL" in row.lines or bool(row.many("ACL_LINES"))
    head = Line(row.source.first_line, 0, f"crypto map {name} {sequence} ipsec-isakmp", lines[row.source.first_line - 1])
    head.children = [
        *(line_of(row, lines, "PEERS", f"set peer {peer}") for peer in row.many("PEERS")),
        *([line_of(row, lines, "ACL", f"match address {acl}")] if has_list else []),
        *([line_of(row, lines, "TRANSFORM_SETS", f"set transform-set {' '.join(sets)}")] if sets else []),
        *([line_of(row, lines, "DH_GROUP", f"set pfs {row['DH_GROUP']}")] if row["PFS"] == "Y" and row["DH_GROUP"] else []),
        *([line_of(row, lines, "IKEV2_PROFILE", f"set ikev2-profile {row['IKEV2_PROFILE']}")] if row["IKEV2_PROFILE"] else []),
    ]
    yield head
    entries = [Line(head.number, 1, _ENTRY.sub("", entry), entry) for entry in row.many("ACL_LINES")]
    if entries or (has_list and WHOLE_ENTRY.search("\n".join(lines))):
        listed = line_of(row, lines, "ACL_LINES" if entries else "ACL", f"ip access-list extended {acl}")
        listed.children = [
            replace(entry, number=listed.number + at, raw=lines[listed.number + at - 1]) for at, entry in enumerate(entries)
        ]
        yield listed
    if row.many("INTERFACES"):
        yield line_of(row, lines, "INTERFACES", f"crypto map {name}")


def _headless(lines: list[str]) -> Iterator[Line]:
    """`| include Peer`: the peers alone, each of an entry whose name is not shown."""
    for number, line in enumerate(lines, 1):
        if match := _PEER.match(line):
            head = Line(number, 0, f"crypto map shown {number} ipsec-isakmp", line)
            head.children = [Line(number, 1, f"set peer {match[1]}", line)]
            yield head


def _policy(row: Row, lines: list[str]) -> Line:
    head = Line(row.source.first_line, 0, f"crypto isakmp policy {row['PRIORITY']}", lines[row.source.first_line - 1])
    cipher = _word(_ENCRYPTION, row["ENCRYPTION"])
    bits = f" {row['KEY_BITS']}" if cipher == "aes" and row["KEY_BITS"] else ""
    told = (
        ("ENCRYPTION", cipher and f"encr {cipher}{bits}"),
        ("HASH", (word := _word(_HASH, row["HASH"])) and f"hash {word}"),
        ("AUTHENTICATION", (word := _word(_AUTHENTICATION, row["AUTHENTICATION"])) and f"authentication {word}"),
        ("DH_GROUP", row["DH_GROUP"] and f"group {row['DH_GROUP']}"),
        ("LIFETIME", row["LIFETIME"] and f"lifetime {row['LIFETIME']}"),
    )
    head.children = [line_of(row, lines, column, text) for column, text in told if text]
    return head


def _word(table: Words, told: str) -> str | None:
    return next((word for start, word in table if told.startswith(start)), None)
