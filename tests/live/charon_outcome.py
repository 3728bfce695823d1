"""What two real charons made of a generated pair, read from vici and from their logs, in the words of the prediction."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import collapse_addresses
from pathlib import Path

from generated_ends import GeneratedPair
from generated_wish import Wish
from vici_socket import Message, Vici

from ipsecbot.lab.strongswan.hostconfig import HostConfig, strongswan_conf
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.model.evidence import Side
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.parse.strongswan.selectors import read_selectors
from ipsecbot.spellings import by_charon, read_charon_proposals

# libipsec routes what a policy says through its own device: a policy may hold the peer itself, whose IKE packets are marked and
# stay outside, and the host needs an address in every network that it protects.
_WHOLE = (
    *("plugins {", "  kernel-libipsec {", "    allow_peer_ts = yes", "  }"),
    *("  kernel-netlink {", "    fwmark = !0x42", "  }", "  socket-default {", "    fwmark = 0x42", "  }", "}"),
)
_RETRANSMIT = 0.12  # seconds: silence is over after six times as much
_PROTECTED = {
    Side.LEFT: ("10.1.4.1", "10.1.4.7", "10.11.0.1", "10.31.0.1", "10.31.4.1", "10.31.4.7", "10.131.0.1"),
    Side.RIGHT: ("10.2.4.1", "10.2.4.7", "10.12.0.1", "10.32.0.1", "10.32.4.1", "10.32.4.7", "10.132.0.1"),
}
# The notifies that refuse something, as charon's log shortens them.
_NOTIFIES = {
    "NO_PROP": "NO_PROPOSAL_CHOSEN",
    "AUTH_FAILED": "AUTHENTICATION_FAILED",
    "TS_UNACCEPT": "TS_UNACCEPTABLE",
    "INVAL_ID": "INVALID_ID_INFORMATION",
    "INVAL_KE": "INVALID_KEY_INFORMATION",
    "PLD_MAL": "PAYLOAD_MALFORMED",
    "INVAL_SYN": "INVALID_SYNTAX",
    "INVAL_PLOAD": "INVALID_PAYLOAD_TYPE",
    "CRIT": "INVALID_PAYLOAD_TYPE",  # number 1 is UNSUPPORTED_CRITICAL_PAYLOAD in IKEv2
    "INVAL_HASH": "INVALID_HASH_INFORMATION",
}
_GENERATED = re.compile(r"generating (\S+) .*?\[ (.*?) \]")
_SELECTED = re.compile(r"selected proposal: ((?:ESP|AH):.*)")
_ASKED = re.compile(r"peer didn't accept DH group \S+, it requested (\w+)\n.*initiating IKE_SA")
_NOTIFY = re.compile(r"N\((\w+)\)")
# libipsec does tunnel mode and short sequence numbers only: the negotiation went well, the kernel's part did not
_NO_KERNEL = ("IPsec SA: unsupported mode", "IPsec SA: ESN not supported")


@dataclass(frozen=True)
class Outcome:
    """One attempt, in text that can be compared and kept. `ike`: the proposal of the IKE_SA, None when it did not come up;
    `children`: what was agreed for each child by name, or why not; `refusal`: `side notify` of the first refusal of the
    IKE_SA; `rekey`: whether the first child could be rekeyed, None when that was not tried; `asked`: the group that the
    responder asked for with INVALID_KE_PAYLOAD."""

    ike: str | None
    children: tuple[str, ...]
    refusal: str | None
    rekey: str | None = None
    asked: str | None = None


def strongswan_text(wish: Wish) -> str:
    """The strongswan.conf of one end."""
    return strongswan_conf(retransmit_seconds=_RETRANSMIT, options=(*_WHOLE, *wish.options))


class Charons:
    """A standing pair whose connections are replaced for every attempt."""

    def __init__(self, pair: StrongswanPair, credentials: dict[Side, tuple[tuple[str, bytes], ...]]) -> None:
        self._pair = pair
        self._options: dict[Side, tuple[str, ...]] = dict.fromkeys(Side, ())
        text = strongswan_conf(retransmit_seconds=_RETRANSMIT, options=_WHOLE)
        left, right = (HostConfig(swanctl_conf="", strongswan_conf=text, files=credentials[side]) for side in Side)
        pair.reconfigure(left, right)
        for side, addresses in _PROTECTED.items():
            lines = "".join(f"addr replace {one}/32 dev lo\n" for one in addresses)
            pair.host(side).require(["ip", "-batch", "-"], stdin=lines)
        self._vici = {side: Vici(pair.folder / side / "run/charon.vici") for side in Side}

    @property
    def version(self) -> str:
        return str(self._vici[Side.LEFT].request("version")["version"])

    def close(self) -> None:
        for vici in self._vici.values():
            vici.close()
        for side, addresses in _PROTECTED.items():
            lines = "".join(f"addr del {one}/32 dev lo\n" for one in addresses)
            self._pair.host(side).require(["ip", "-batch", "-"], stdin=lines)

    def load(self, generated: GeneratedPair) -> dict[Side, bool]:
        """Give both hosts their files; whether each daemon took its connection."""
        took = {}
        for side, wish in ((Side.LEFT, generated.left), (Side.RIGHT, generated.right)):
            host = self._pair.host(side)
            if self._options[side] != wish.options:
                (self._pair.folder / side / "etc/strongswan.conf").write_text(strongswan_text(wish))
                self._vici[side].request("reload-settings")
                self._options[side] = wish.options
            (self._pair.folder / side / "etc/swanctl/swanctl.conf").write_text(wish.swanctl())
            self._vici[side].request("unload-conn", name="site")
            host.exec(["swanctl", "--load-all", "--clear", "--noprompt"])
            took[side] = "site" in self._loaded(side)
        return took

    def _loaded(self, side: Side) -> list[str]:
        names = self._vici[side].request("get-conns").get("conns", [])
        return names if isinstance(names, list) else []

    def attempt(self, generated: GeneratedPair, initiator: Side) -> Outcome:
        """Start every child of one end, one after the other, look, and take everything away."""
        wish = generated.left if initiator is Side.LEFT else generated.right
        logs = {side: self._log(side) for side in Side}
        begin = {side: logs[side].stat().st_size for side in Side}
        children = []
        if not wish.children:
            self._vici[initiator].request("initiate", ike="site", timeout="5000")
        refusal = None
        for number, child in enumerate(wish.children):
            since = {side: logs[side].stat().st_size for side in Side}
            self._vici[initiator].request("initiate", child=child.name, ike="site", timeout="5000")
            if number == 0:
                refusal = self._first_refusal(initiator, begin, ike=True)
            children.append(self._child(initiator, child.name, since))
        if refusal is None and not wish.children:
            refusal = self._first_refusal(initiator, begin, ike=True)
        asked = self._asked(initiator, begin[initiator])
        ike = self._ike(initiator)
        rekey = self._rekey(initiator, wish, children) if ike and wish.children else None
        self._clear()
        return Outcome(ike, tuple(children) if ike else (), None if ike else refusal or "silence", rekey, asked)

    def _asked(self, initiator: Side, since: int) -> str | None:
        found = _ASKED.search(self._said(initiator, since))
        algorithm = by_charon(found[1]) if found else None
        return algorithm.keyword if algorithm else None

    def _sa(self, side: Side) -> Message | None:
        for found in self._vici[side].stream("list-sas", "list-sa"):
            for sa in found.values():
                if isinstance(sa, dict) and sa.get("state") == "ESTABLISHED":
                    return sa
        return None

    def _ike(self, side: Side) -> str | None:
        sa = self._sa(side)
        return f"IKEv{sa['version']} {_keywords(sa, Protocol.IKE)}" if sa else None

    def _child(self, initiator: Side, name: str, since: dict[Side, int]) -> str:
        sa = self._sa(initiator)
        children = sa.get("child-sas", {}) if sa else {}
        assert isinstance(children, dict)
        for child in children.values():
            if isinstance(child, dict) and child["name"] == name and child["state"] == "INSTALLED":
                words = _keywords(child, Protocol(str(child["protocol"])))
                return f"{name}: {words} {str(child['mode']).lower()} {_selectors(child)}"
        answer = "".join(self._said(side, since[side]) for side in (initiator, initiator.other))
        if any(words in answer for words in _NO_KERNEL):
            return f"{name}: {read_charon_proposals(_SELECTED.findall(answer)[-1])[0][0].keywords}, which the kernel lacks"
        return f"{name}: {self._first_refusal(initiator, since) or 'silence'}"

    def _first_refusal(self, initiator: Side, since: dict[Side, int], *, ike: bool = False) -> str | None:
        """The first refusing notify of either end, the responder's first where both refuse. `ike`: of the IKE_SA."""
        for side in (initiator.other, initiator):
            for match in _GENERATED.finditer(self._said(side, since[side])):
                short = [name for name in _NOTIFY.findall(match[2]) if name in _NOTIFIES]
                if ike and "IDr " in match[2] and match[1] == "IKE_AUTH" and short[:1] != ["INVAL_SYN"]:
                    continue  # of a child only: the other end still looks at the proof
                v2_retry = short == ["INVAL_KE"] and match[1] in ("IKE_SA_INIT", "CREATE_CHILD_SA")
                if short and not v2_retry:
                    return f"{side} {_NOTIFIES[short[0]]}"
        return None

    def _rekey(self, initiator: Side, wish: Wish, children: list[str]) -> str | None:
        """Rekey the first child; IKEv2 only, where PFS shows late."""
        sa = self._sa(initiator)
        if not sa or sa["version"] != "2" or " tunnel " not in children[0] or not isinstance(sa["child-sas"], dict):
            return None
        old = next(
            str(child["uniqueid"])
            for child in sa["child-sas"].values()
            if isinstance(child, dict) and child["name"] == wish.children[0].name
        )
        since = {side: self._log(side).stat().st_size for side in Side}
        self._vici[initiator].request("rekey", **{"child-id": old})
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            said = self._said(initiator, since[initiator])
            if "CHILD_SA closed" in said or re.search(r"inbound CHILD_SA .* established", said):
                return "rekeyed"
            if re.search(r"failed to establish CHILD_SA|no acceptable proposal found|NO_PROPOSAL_CHOSEN|TS_UNACCEPTABLE", said):
                answer = "".join(self._said(side, since[side]) for side in Side)
                return "rekeyed" if any(words in answer for words in _NO_KERNEL) else "refused"
            time.sleep(0.005)
        return "silence"

    def _clear(self) -> None:
        deadline = time.monotonic() + 5
        while any(ids := {side: list(self._ids(side)) for side in Side}.values()) and time.monotonic() < deadline:
            for side, found in zip(Side, ids, strict=True):
                for one in found:
                    self._vici[side].request("terminate", **{"ike-id": one, "force": "yes", "timeout": "-1"})
            if any(list(self._ids(side)) for side in Side):
                time.sleep(0.005)
            else:
                return

    def _ids(self, side: Side) -> Iterator[str]:
        for found in self._vici[side].stream("list-sas", "list-sa"):
            yield from (str(sa["uniqueid"]) for sa in found.values() if isinstance(sa, dict))

    def _log(self, side: Side) -> Path:
        return self._pair.folder / side / "log/charon.log"

    def _said(self, side: Side, since: int) -> str:
        with self._log(side).open("rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")


def _keywords(sa: Message, protocol: Protocol) -> str:
    """charon's names as keywords, in the notation of Proposal.keywords."""
    size = sa.get("encr-keysize")
    encryption = f"{sa['encr-alg']}_{size}" if size and "encr-alg" in sa else str(sa.get("encr-alg", ""))
    names = [encryption, *(str(sa.get(key, "")) for key in ("integ-alg", "prf-alg", "dh-group"))]
    found = [by_charon(name) or by_charon(str(sa["encr-alg"])) for name in names if name]
    esn = by_charon("EXT_SEQ") if sa.get("esn") else None
    algorithms = tuple(one for one in (*found, esn) if one is not None)
    assert len(found) == len([one for one in found if one]), names
    return Proposal(protocol, algorithms).keywords


def _selectors(child: Message) -> str:
    lists = []
    for key in ("local-ts", "remote-ts"):
        words = child[key]
        assert isinstance(words, list)
        found, unknown = read_selectors(" ".join(words))
        assert not unknown, words
        lists.append(found)
    return selectors_text(tuple(SelectorPair(mine, theirs) for mine in lists[0] for theirs in lists[1]))


def selectors_text(pairs: tuple[SelectorPair, ...]) -> str:
    """What is behind each end, whatever the order and the way of cutting it into networks."""
    return " === ".join(_one_end([getattr(pair, side) for pair in pairs]) for side in ("local", "remote"))


def _one_end(selectors: list) -> str:  # type: ignore[type-arg]
    groups: dict[tuple[int, int, int], set] = {}  # type: ignore[type-arg]
    for one in selectors:
        groups.setdefault((one.protocol, one.first_port, one.last_port), set()).add(one.network)
    texts = []
    for (protocol, first, last), networks in sorted(groups.items()):
        suffix = f"[{protocol}/{first}-{last}]" if (protocol, first, last) != (0, 0, 65535) else ""
        texts += [f"{network}{suffix}" for network in sorted(collapse_addresses(networks))]
    return " ".join(texts)
