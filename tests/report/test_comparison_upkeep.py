"""What a comparison shows of a tunnel after it came up (renewal, forward secrecy, liveness, NAT): text, page, JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

import ipsecbot.report
from ipsecbot.diagnose.weigh import weigh
from ipsecbot.model.comparison import ComparedTunnel, Comparison, Match, Placed
from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, IkePolicy
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, Secret, SharedKey
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.pairing import pair
from ipsecbot.report.comparison_document import document
from ipsecbot.report.comparison_html import to_html
from ipsecbot.report.comparison_text import print_comparison
from ipsecbot.report.comparison_upkeep import kept
from ipsecbot.report.sidebyside import Mark, compare_ends
from ipsecbot.spellings import read_keywords

SCHEMA = json.loads((Path(ipsecbot.report.__file__).parent / "comparison.schema.json").read_text(encoding="utf-8"))
ADDRESSES = ("192.0.2.1", "198.51.100.2")
NETS = ("10.1.0.0/16", "10.2.0.0/16")
HOUR = timedelta(hours=1)


def connection(number: int, *, version: int, esp: str, ike: str, life: timedelta | None, **of_ike: Any) -> Connection:
    """One end's wishes; `of_ike` changes the IkePolicy."""
    mine, yours = ADDRESSES[number], ADDRESSES[1 - number]
    own, far = (TrafficSelector(ip_network(NETS[n])) for n in (number, 1 - number))
    child = ChildPolicy(
        "net",
        Protocol.ESP,
        (read_keywords(esp, Protocol.ESP, number=1)[0],),
        (SelectorPair(own, far),),
        EncapsulationMode.TUNNEL,
        lifetime=life,
    )
    policy = IkePolicy(
        (version,),
        (read_keywords(ike, Protocol.IKE, number=1)[0],),
        initiates_mode=ExchangeMode.MAIN,
        accepts_modes=(ExchangeMode.MAIN,),
        local_id=IkeIdentity(IdType.IPV4, mine),
        local_auth=AuthMethod.PSK,
        remote_auth=AuthMethod.PSK,
        nat_traversal=True,
        force_encapsulation=False,
        dpd_interval=timedelta(seconds=30),
    )
    return Connection("gw", (mine,), (yours,), replace(policy, **of_ike), (child,))


def compared(left: dict[str, Any], right: dict[str, Any]) -> ComparedTunnel:
    usual: dict[str, Any] = {"version": 2, "esp": "aes256-sha256", "ike": "aes256-sha256-modp2048", "life": HOUR}
    ends = []
    for number, (name, change) in enumerate((("west", left), ("east", right))):
        made = connection(number, **{**usual, **change})
        device = Device(name, Platform.STRONGSWAN)
        keys = (SharedKey(Secret("aaaaaaaaaaaa")),)
        ends.append(Endpoint(device, addresses=(ADDRESSES[number],), connections=(made,), keys=keys))
    pairings = pair(ends[0], ends[1], *ADDRESSES)
    placed = [Placed(side, end, (end.connections or ())[0]) for side, end in zip(Side, ends, strict=True)]
    tunnel = Tunnel("west-east", ends[0], ends[1], pairings=pairings)
    return weigh(Match(placed[0], placed[1], tunnel, ()), {})


ROWS: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("nothing is noteworthy", {}, {}, []),
    ("one end renews sooner", {"life": timedelta(minutes=50)}, {},
     ["renewed: CHILD_SA by west after 50 min (east after 1 h)"]),
    ("one end never does", {"lifetime": timedelta(0)}, {"lifetime": timedelta(hours=8)},
     ["renewed: IKE_SA by east after 8 h (west never)"]),
    ("neither ever does", {"life": timedelta(0)}, {"life": timedelta(0)}, ["renewed: CHILD_SA never"]),
    ("a lifetime that is not known is not compared", {"life": None}, {}, []),
    ("forward secrecy, in agreement", {"esp": "aes256-sha256-ecp256"}, {"esp": "aes256-sha256-ecp256"},
     ["PFS: in IKEv2 from the first rekey on: ESP aes256-sha256-ecp256"]),
    ("… and not", {"esp": "aes256-sha256-ecp256"}, {},
     ["! PFS: in IKEv2 from the first rekey on, and refused then, whoever starts that"]),
    ("in IKEv1 it shows at once", {"version": 1, "esp": "aes256-sha256-ecp256"},
     {"version": 1, "esp": "aes256-sha256-ecp256"}, []),
    ("a guess that the responder does not share", {"ike": "aes256-sha256-modp3072-modp2048"}, {},
     ["key exchange: east asks west for modp2048 (INVALID_KE_PAYLOAD), which costs an exchange more"]),
    ("one end looks after the other", {}, {"dpd_interval": timedelta(0)},
     ["DPD: west notices a peer that vanished, east does not"]),
    ("always in UDP", {"force_encapsulation": True}, {}, ["NAT-T: ESP always goes in UDP 4500, because of west"]),
    ("no way through a NAT", {}, {"nat_traversal": False}, ["NAT-T: switched off at east: no way through a NAT"]),
    ("what does not come up is not kept up", {"ike": "aes128-sha256-modp2048", "force_encapsulation": True}, {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("about", "left", "right", "lines"), ROWS, ids=[row[0] for row in ROWS])
def test_what_deserves_a_line_has_one(about: str, left: dict[str, Any], right: dict[str, Any], lines: list[str]) -> None:
    """One compact line each, and none where nothing is noteworthy; the terminal and the page show the same."""
    one = compared(left, right)
    told = [f"{'! ' if each.warns else ''}{each.label}: {each.words}" for each in kept(one)]
    assert told == lines, about
    comparison = Comparison("west", "east", (one.match.left.end,), (one.match.right.end,), (one,))
    out = io.StringIO()
    print_comparison(comparison, Console(file=out, width=200))
    page = to_html(comparison)
    for each in kept(one):
        assert each.words in out.getvalue()
        assert each.words in page


def test_the_json_holds_them_for_either_end(tmp_path: Path) -> None:
    """`upkeep`, `asked_group` and `rekey_choice` by the schema, beside what was there before."""
    one = compared(
        {"esp": "aes256-sha256-ecp256", "ike": "aes256-sha256-modp3072-modp2048", "force_encapsulation": True},
        {"esp": "aes256-sha256-ecp256", "dpd_interval": timedelta(0)},
    )
    whole = document(Comparison("west", "east", (one.match.left.end,), (one.match.right.end,), (one,)))
    jsonschema.validate(whole, SCHEMA)
    left, right = (whole["tunnels"][0][f"{side}_initiates"] for side in ("left", "right"))
    assert (left["ike"]["asked_group"], right["ike"]["asked_group"]) == ("modp2048", None)
    assert left["child"]["selected"] == "aes256-sha256"
    assert left["child"]["rekey_choice"] == {"selected": "aes256-sha256-ecp256", "reasons": []}
    upkeep = {"encapsulated": True, "traverses": True, "encapsulates": ["left"], "probes": ["left"]}
    assert left["upkeep"] == right["upkeep"] == upkeep


def test_a_rekey_that_will_be_refused_has_its_reason_in_the_json() -> None:
    """`rekey_choice` selects nothing, and says why; the CHILD_SA itself comes up."""
    one = compared({"esp": "aes256-sha256-ecp256"}, {})
    whole = document(Comparison("west", "east", (one.match.left.end,), (one.match.right.end,), (one,)))
    child = whole["tunnels"][0]["left_initiates"]["child"]
    assert child["selected"] == "aes256-sha256"
    assert child["rekey_choice"]["selected"] is None
    assert [(reason["aspect"], reason["late"]) for reason in child["rekey_choice"]["reasons"]] == [("pfs", True)]


def test_ikev1_has_no_choice_of_its_own_at_a_rekey() -> None:
    """Every quick mode is like the first."""
    one = compared({"version": 1}, {"version": 1})
    whole = document(Comparison("west", "east", (one.match.left.end,), (one.match.right.end,), (one,)))
    jsonschema.validate(whole, SCHEMA)
    assert whole["tunnels"][0]["left_initiates"]["child"]["rekey_choice"] is None


def _key_lines(one: ComparedTunnel) -> list[tuple[str, str, Mark]]:
    sides = compare_ends(one.match.tunnel)
    assert sides is not None
    return [(line.left, line.right, line.mark) for line in sides.lines if line.label == "pre-shared key"]


def test_keys_are_marked_equal_only_where_they_were_compared() -> None:
    """Two equal keys agree; keys that were not read, or cannot be, stay open; certificates have no such line."""
    equal = compared({}, {})
    tunnel = equal.match.tunnel
    assert tunnel.right is not None
    assert _key_lines(equal) == [("set", "set", Mark.SAME)]
    for keys, shown in ((None, "not known"), ((SharedKey(Secret(None)),), "set")):
        right = replace(tunnel.right, keys=keys)
        pairings = pair(tunnel.left, right, *ADDRESSES)
        match = replace(equal.match, tunnel=replace(tunnel, right=right, pairings=pairings))
        assert _key_lines(replace(equal, match=match)) == [("set", shown, Mark.OPEN)]
    signs: dict[str, Any] = {"local_auth": AuthMethod.PUBKEY, "remote_auth": AuthMethod.PUBKEY}
    assert _key_lines(compared(signs, signs)) == []


def test_a_mode_that_is_answered_stands_beside_the_one_that_is_started() -> None:
    """One end starts aggressive mode, the other main mode and answers both: no difference, and both columns say why."""
    both = (ExchangeMode.MAIN, ExchangeMode.AGGRESSIVE)
    old: dict[str, Any] = {"version": 1, "accepts_modes": both}
    one = compared({**old, "initiates_mode": ExchangeMode.AGGRESSIVE}, old)
    sides = compare_ends(one.match.tunnel)
    assert sides is not None
    shown = [(line.left, line.right, line.mark) for line in sides.lines if line.label == "exchange mode"]
    assert shown == [("aggressive, answers main", "main, answers aggressive", Mark.SAME)]
    mixed = compare_ends(compared(old, {}).match.tunnel)
    assert mixed is not None
    assert "exchange mode" not in [line.label for line in mixed.lines]  # IKEv2 alone knows no modes
