"""Seeded pairs of strongSwan ends for the negotiation test: an agreement of both, and then a few wishes changed at either end.

Only `Random.random()` is drawn from, whose sequence for a seed stays the same in every Python (library reference, "Notes on
Reproducibility"), so that a recorded pair can be made again anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from generated_wish import ChildWish, Wish

T = TypeVar("T")
LEFT, RIGHT = "192.0.2.1", "192.0.2.2"
SECRETS = ("Vq7-lemon-Harbour", "Vq7-lemon-harbour", "another.one/3")


@dataclass(frozen=True)
class GeneratedPair:
    seed: int
    left: Wish
    right: Wish


class _Draw:
    """Decisions of one pair."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """One to `most` different ones, in any order."""
        count = 1 + int(self._random.random() * most)
        left, found = list(options), []
        for _ in range(min(count, len(left))):
            found.append(left.pop(int(self._random.random() * len(left))))
        return found


GROUPS = ("modp2048", "modp1536", "modp3072", "ecp256", "ecp384", "curve25519", "modp1024")
CIPHERS = ("aes128", "aes256", "aes192", "3des", "aes128ctr", "camellia256")
AEADS = ("aes128gcm16", "aes256gcm16", "chacha20poly1305", "aes256ccm16", "aes128gcm12")
HASHES = ("sha256", "sha1", "sha384", "sha512", "md5")
PRFS = ("prfsha256", "prfsha384", "prfsha1", "prfsha512")


def _ike_proposal(draw: _Draw, version: str | None) -> str:
    if version != "1" and draw.chance(0.25):
        return "-".join([*draw.some(AEADS, 2), *draw.some(PRFS, 2), *draw.some(GROUPS, 2)])
    many = 1 if draw.chance(0.6) else 3
    words = [*draw.some(CIPHERS, many), *draw.some(HASHES, many), *draw.some(GROUPS, many)]
    if version != "1" and draw.chance(0.2):
        words[-1:-1] = draw.some(PRFS, 2)
    return "-".join(words)


def _esp_proposal(draw: _Draw, groups: bool) -> str:
    group = draw.some(GROUPS, 2 if draw.chance(0.2) else 1) if groups else []
    esn = draw.some(("esn", "noesn"), 2) if draw.chance(0.2) else []
    if draw.chance(0.3):
        return "-".join([*draw.some(AEADS, 2 if draw.chance(0.3) else 1), *group, *esn])
    many = 1 if draw.chance(0.6) else 2
    return "-".join([*draw.some(CIPHERS, many), *draw.some(HASHES, many), *group, *esn])


def _list(draw: _Draw, make: Sequence[str]) -> str | None:
    if draw.chance(0.06):
        return None
    words = [*make, "default"] if draw.chance(0.08) else list(make)
    return ", ".join(words)


def _selectors(draw: _Draw, net: str) -> str | None:
    """What one end protects behind `net`."""
    whole, part, host = f"{net}.0.0/16", f"{net}.4.0/24", f"{net}.4.7"
    far = net.replace("10.", "10.1", 1) + ".0.0/16"
    options: list[str | None] = [whole] * 6
    options += [part, f"{whole}, {far}", f"{part}, {far}", f"{whole}[tcp/80]", f"{whole}[udp]", f"{whole}[17/1000-2000]"]
    options += [f"{host}/32", "0.0.0.0/0", f"{net}.4.5-{net}.4.20", f"{whole}[tcp], {whole}[udp]", "dynamic", None]
    options += [f"{part}[tcp/80], {host}", f"{whole}[icmp]", f"{far}", f"dynamic[gre], {whole}", "0.0.0.0/0[tcp/443]"]
    return draw.one(options)


def _near(draw: _Draw, text: str | None, net: str) -> str | None:
    """What the other end writes for it: mostly the same."""
    return text if draw.chance(0.85) else _selectors(draw, net)


IDENTITIES = {
    "left": (None, LEFT, "left.example.org", "left@example.org", "C=CH, O=Lab, CN=left", "@#6c656674", "keyid:left-key"),
    "right": (None, RIGHT, "right.example.org", "right@example.org", "C=CH, O=Lab, CN=right", "@#72696768", "keyid:right-key"),
}


def _expected(draw: _Draw, identity: str | None, address: str) -> str | None:
    """What an end expects of a peer that sends `identity`: mostly what fits."""
    exact = identity or address
    if draw.chance(0.75):
        return exact
    return draw.one((None, None, "%any", "*.example.org", "*@example.org", "C=CH, O=Lab, CN=*", "wrong.example.org",
                     "192.0.2.77", exact.upper(), "*.EXAMPLE.org", "192.0.2.0/24", "C=CH, O=*, CN=*", "left*",
                     "@left.example.org", "@right.example.org"))  # fmt: skip


def _secrets(
    draw: _Draw, own: str | None, peer: str | None, addresses: tuple[str, str], *, careless: bool
) -> list[tuple[str, tuple[str, ...], str]]:
    mine, yours = own or addresses[0], peer or addresses[1]
    owners: list[tuple[str, ...]] = [(mine, yours)] * 8 + [(yours,), (), (yours, mine), addresses, (addresses[1],)]
    owners += [(mine,), ("%any",), ("*.example.org",), (yours, "%any")]
    found = [("ike", draw.one(owners), SECRETS[0])]
    if draw.chance(0.15):
        found.append(("ike", draw.one((*owners, ("other.example.org",), ("%any", "wrong.example.org"))), SECRETS[2]))
    if draw.chance(0.1):
        found = found[::-1]
    if careless:
        found = draw.one(([], [("ike", found[0][1], SECRETS[1])], [("ike", ("198.51.100.1",), SECRETS[0])]))
    return found


def generate(seed: int) -> GeneratedPair:
    """The pair of one seed."""
    draw = _Draw(seed)
    version = draw.one(("1", "2", "2", "1", "0", None))
    pool_ike = [_ike_proposal(draw, version) for _ in range(3)]
    groups = draw.chance(0.4)
    pool_esp = [_esp_proposal(draw, groups and draw.chance(0.8)) for _ in range(3)]
    method = _method(draw, version)
    ids = _identities(draw, method)
    aggressive = "yes" if version in ("1", "0") and draw.chance(0.25) else None
    mode = draw.one(("tunnel", "transport")) if draw.chance(0.15) else None
    nets = [(_selectors(draw, net[0]), _selectors(draw, net[1])) for net in (("10.1", "10.2"), ("10.31", "10.32"))]
    count = 2 if draw.chance(0.2) else 1
    ends = []
    for side in (0, 1):
        addresses = (LEFT, RIGHT) if side == 0 else (RIGHT, LEFT)
        own, peer = ids if side == 0 else ids[::-1]
        children = tuple(_child(draw, number, nets[number], pool_esp, mode, side) for number in range(count))
        wish = Wish(
            local_addrs=draw.one((addresses[0],) * 8 + (None, "%any", "192.0.2.0/24")),
            remote_addrs=draw.one(
                (addresses[1],) * 20 + ("192.0.2.0/24", "%any", f"{addresses[1]}, 192.0.2.77", f"192.0.2.77, {addresses[1]}")
            ),
            version=version,
            ike=_list(draw, draw.some(pool_ike, 3)),
            local=(method[side], own),
            remote=(method[1 - side], _expected(draw, peer, addresses[1])),
            secrets=tuple(_secrets(draw, own, peer, addresses, careless=draw.chance(0.03))) + _further(method),
            children=children,
            aggressive=aggressive,
            xauth=("local", "remote")[side] if method[2] else None,
            lines=_noise(draw),
            options=_options(draw),
        )
        ends.append(_changed(draw, wish) if draw.chance(0.12) else wish)
    if draw.chance(0.15):
        ends = _rare(draw, ends)
    return GeneratedPair(seed, ends[0], ends[1])


RARE_IKE = (
    "aes256ccm8-prfsha512-curve448",
    "aes192gcm8-prfaesxcbc-ecp521",
    "aes128-aesxcbc-ecp256bp",
    "aes256-aescmac-ecp224",
    "camellia192-sha512-modp2048s256",
    "aes256ctr-sha384-modp4096",
    "camellia128-sha256-modp2048s224",
    "aes128-sha256-prfaescmac-ecp192",
    "aes256-sha384-ecp384bp",
    "aes192-sha1-modp768",
)
RARE_ESP = (
    "aes256ccm12-modp4096",
    "aes192ctr-aesxcbc",
    "aes256-sha256_96",
    "aes128-aescmac-ecp521",
    "null-sha256",
    "aes192gcm8-curve448",
    "camellia128-sha1-ecp256bp",
    "des-md5",
    "aes128gcm8-aes192gcm12-esn",
)


def _rare(draw: _Draw, ends: list[Wish]) -> list[Wish]:
    """The same ends with algorithms that are seldom seen."""
    ike, esp = draw.some(RARE_IKE, 3), draw.some(RARE_ESP, 3)
    found = []
    for wish in ends:
        children = tuple(replace(child, esp=", ".join(draw.some(esp, 3))) for child in wish.children)
        found.append(replace(wish, ike=", ".join(draw.some(ike, 3)), children=children))
    return found


def _method(draw: _Draw, version: str | None) -> tuple[str, str, bool]:
    """(left's, right's, whether left has a round of XAUTH)"""
    if version == "1":
        return draw.one((("psk", "psk", False),) * 8 + (("psk", "psk", True), ("pubkey", "pubkey", False)))
    return draw.one(
        (("psk", "psk", False),) * 9 + (("pubkey", "pubkey", False), ("pubkey", "psk", False), ("eap-mschapv2", "psk", False))
    )


def _identities(draw: _Draw, method: tuple[str, str, bool]) -> tuple[str | None, str | None]:
    """What each end calls itself; with a certificate, a name that stands in it."""
    return tuple(
        f"{side}.example.org" if method[place] == "pubkey" else draw.one(IDENTITIES[side])
        for place, side in enumerate(("left", "right"))
    )  # type: ignore[return-value]


def _further(method: tuple[str, str, bool]) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    eap = (("eap", ("carol",), "Ar3etTnp"),) if "eap-mschapv2" in method else ()
    return eap + ((("xauth", ("carol",), "Ar3etTnp"),) if method[2] else ())


def _child(
    draw: _Draw, number: int, nets: tuple[str | None, str | None], pool: list[str], mode: str | None, side: int
) -> ChildWish:
    names = (("10.1", "10.2"), ("10.31", "10.32"))[number]
    left, right = (_near(draw, nets[place], names[place]) for place in (0, 1))
    local, remote = (left, right) if side == 0 else (right, left)
    own_mode = mode if draw.chance(0.9) else draw.one(("tunnel", "transport", None))
    lines = tuple(line for line in ("rekey_time = 20m", "dpd_action = clear", "copy_df = no") if draw.chance(0.1))
    return ChildWish(f"net{number}", local, remote, _list(draw, draw.some(pool, 3)), own_mode, lines)


def _noise(draw: _Draw) -> tuple[str, ...]:
    """Options that must not change what is agreed, and `childless`, which may."""
    lines = ["mobike = no", "encap = yes", "dpd_delay = 30s", "fragmentation = no", "rekey_time = 1h", "reauth_time = 2h",
             "send_cert = always", "keyingtries = 1", "unique = replace", "over_time = 10m"]  # fmt: skip
    found = [line for line in lines if draw.chance(0.08)]
    if draw.chance(0.06):
        found.append(f"childless = {draw.one(('never', 'force', 'allow'))}")
    return tuple(found)


def _options(draw: _Draw) -> tuple[str, ...]:
    """Options of strongswan.conf that decide."""
    found = []
    if draw.chance(0.2):
        found.append("prefer_configured_proposals = no")
    if draw.chance(0.8):
        found.append("i_dont_care_about_security_and_use_aggressive_mode_psk = yes")
    return tuple(found)


def _changed(draw: _Draw, wish: Wish) -> Wish:
    """One thing that does not fit."""
    changes = (
        lambda: {"version": draw.one(("1", "2", "0"))},
        lambda: {"aggressive": "no" if wish.aggressive == "yes" else "yes"},
        lambda: {
            "ike": draw.one(("aes192-sha512-modp4096", "aes256gcm16-prfsha384-ecp521", "default", "aes128-sha256-modp2048"))
        },
        lambda: {
            "children": tuple(
                replace(
                    child,
                    esp=draw.one(
                        (
                            "aes192-sha512",
                            "aes256gcm16-ecp384",
                            "aes128-sha256-modp2048-modp1536",
                            "default",
                            "aes256-sha256-esn",
                        )
                    ),
                )
                for child in wish.children
            )
        },
        lambda: {"local": ("psk", "stranger.example.org")},
        lambda: {"remote": (draw.one(("psk", "pubkey", "psk")), wish.remote[1] if wish.remote else None)},
        lambda: {"xauth": draw.one((None, "local", "remote")) if wish.version == "1" else None},
        lambda: {"remote_addrs": draw.one(("192.0.2.77", "%any", "198.51.100.0/24"))},
        lambda: {"remote": None},
        lambda: {"children": ()},
    )
    return replace(wish, **draw.one(changes)())
