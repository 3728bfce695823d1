"""`show crypto ikev2 policy`, `show crypto ikev2 proposal`, `show crypto ipsec profile` and `show crypto isakmp key` as the
commands that they restate.

The words are those of the captures of genieparser (show_crypto_ikev2_policy, show_crypto_ikev2_proposal,
show_crypto_ipsec_profile) and of Cisco's FlexVPN and IKEv2 Configuration Guide and Security Command Reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ipsecbot.model.snapshot import OutputKind
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Router
from ipsecbot.parse.ios.config.keyrings import is_name
from ipsecbot.parse.textfsm import Row

Restater = Callable[[tuple[Row, ...], list[str], Router], Iterator[Line]]
# what the answer calls otherwise than the command
_HASHES = {"sha96": "sha1", "sha": "sha1", "md596": "md5"}
_GROUP = re.compile(r"/Group (\d+)")


def line_of(row: Row, lines: list[str], column: str, text: str) -> Line:
    """A command under another one, at the line that a column was read from."""
    number = row.lines.get(column, row.source.first_line)
    return Line(number, 1, text, lines[number - 1])


def _head(row: Row, lines: list[str], text: str) -> Line:
    number = row.source.first_line
    return Line(number, 0, text, lines[number - 1])


def _policies(rows: tuple[Row, ...], lines: list[str], router: Router) -> Iterator[Line]:
    for row in rows if not router.ikev2_policies else ():
        head = _head(row, lines, f"crypto ikev2 policy {row['NAME']}")
        if row["FVRF"] and row["FVRF"] != "global":
            head.children.append(line_of(row, lines, "FVRF", f"match fvrf {row['FVRF']}"))
        for address in row.many("LOCAL_ADDRESSES"):
            if address != "any":
                head.children.append(line_of(row, lines, "LOCAL_ADDRESSES", f"match address local {address}"))
        head.children += [line_of(row, lines, "PROPOSALS", f"proposal {name}") for name in row.many("PROPOSALS")]
        yield head


def _proposals(rows: tuple[Row, ...], lines: list[str], router: Router) -> Iterator[Line]:
    for row in rows if not router.ikev2_proposals else ():
        head = _head(row, lines, f"crypto ikev2 proposal {row['NAME']}")
        told = (
            ("ENCRYPTION", "encryption", row["ENCRYPTION"].lower()),
            ("INTEGRITY", "integrity", _hashes(row["INTEGRITY"])),
            ("PRF", "prf", _hashes(row["PRF"])),
            ("DH_GROUPS", "group", " ".join(_GROUP.findall(row["DH_GROUPS"]))),
        )
        head.children = [line_of(row, lines, column, f"{word} {value}") for column, word, value in told if value]
        yield head


def _hashes(text: str) -> str:
    words = (word.lower() for word in text.split())
    return " ".join(_HASHES.get(word, word) for word in words if word != "none")


def _profiles(rows: tuple[Row, ...], lines: list[str], router: Router) -> Iterator[Line]:
    for row in rows if not router.profiles else ():
        sets = row.many("TRANSFORM_SETS")
        for name, words in zip(sets, row.many("TRANSFORMS"), strict=False):
            if name not in router.sets:
                yield line_of(row, lines, "TRANSFORM_SETS", f"crypto ipsec transform-set {name} {words.strip(' ,')}")
        head = _head(row, lines, f"crypto ipsec profile {row['NAME']}")
        told = (
            ("TRANSFORM_SETS", f"set transform-set {' '.join(sets)}" if sets else ""),
            ("DH_GROUP", f"set pfs {row['DH_GROUP']}" if row["PFS"] == "Y" and row["DH_GROUP"] else ""),
            ("IKEV2_PROFILE", f"set ikev2-profile {row['IKEV2_PROFILE']}" if row["IKEV2_PROFILE"] else ""),
            ("ISAKMP_PROFILE", f"set isakmp-profile {row['ISAKMP_PROFILE']}" if row["ISAKMP_PROFILE"] else ""),
            ("LIFETIME_SECONDS", _lifetime("seconds", row["LIFETIME_SECONDS"])),
            ("LIFETIME_KB", _lifetime("kilobytes", row["LIFETIME_KB"])),
            ("VOLUME_REKEY", _lifetime("kilobytes", "disable" if row["VOLUME_REKEY"] else "")),
            ("RESPONDER_ONLY", "responder-only" if row["RESPONDER_ONLY"] == "Y" else ""),
        )
        head.children = [line_of(row, lines, column, text) for column, text in told if text]
        yield head


def _lifetime(unit: str, value: str) -> str:
    return f"set security-association lifetime {unit} {value}" if value else ""


def _keys(rows: tuple[Row, ...], lines: list[str], router: Router) -> Iterator[Line]:
    rings: dict[str, Line] = {}
    for row in rows if not router.keys else ():
        peer, mask = row["PEER"], f" {row['MASK']}" if row["MASK"] else ""
        owner = f"hostname {peer}" if is_name(peer) else f"address {peer}{mask}"
        if row["KEYRING"] == "default":
            rings[f"{len(rings)} {peer}"] = _head(row, lines, f"crypto isakmp key {row['KEY']} {owner}")
            continue
        ring = rings.setdefault(row["KEYRING"], _head(row, lines, f"crypto keyring {row['KEYRING']}"))
        ring.children.append(line_of(row, lines, "KEY", f"pre-shared-key {owner} key {row['KEY']}"))
    yield from rings.values()


RESTATED: Mapping[OutputKind, Restater] = {
    OutputKind.ISAKMP_KEYS: _keys,
    OutputKind.IKEV2_POLICY: _policies,
    OutputKind.IKEV2_PROPOSAL: _proposals,
    OutputKind.IPSEC_PROFILE: _profiles,
}
