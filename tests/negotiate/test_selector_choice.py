"""Which traffic is agreed: narrowing, inclusion, protocols and ports."""

from __future__ import annotations

import pytest
from two_ends import pairs

from ipsecbot.model.selectors import SelectorPair
from ipsecbot.negotiate.responder_rules import SelectorRule
from ipsecbot.negotiate.selectors import is_between_hosts, resolved, select

A, B = "10.1.0.0/24", "10.2.0.0/24"
NARROW, WITHIN = SelectorRule.NARROW, SelectorRule.WITHIN

TABLE = [
    # rule, offered by the initiator, configured at the responder, agreed (as the initiator writes it)
    (NARROW, [f"{A} === {B}"], [f"{B} === {A}"], [f"{A} === {B}"]),
    (WITHIN, [f"{A} === {B}"], [f"{B} === {A}"], [f"{A} === {B}"]),
    (NARROW, ["0.0.0.0/0 === 0.0.0.0/0"], [f"{B} === {A}"], [f"{A} === {B}"]),
    (NARROW, [f"10.1.0.0/16 === {B}"], [f"{B} === {A}"], [f"{A} === {B}"]),
    (NARROW, [f"{A} === {B}"], ["0.0.0.0/0 === 10.1.0.0/16"], [f"{A} === {B}"]),
    (WITHIN, [f"{A} === {B}"], ["0.0.0.0/0 === 10.1.0.0/16"], [f"{A} === {B}"]),
    (NARROW, [f"{A} === {B}"], [f"{B}[6/443] === {A}[6]"], [f"{A}[6] === {B}[6/443]"]),
    (NARROW, [f"{A}[17] === {B}[17/1701]"], [f"{B} === {A}"], [f"{A}[17] === {B}[17/1701]"]),
    (NARROW, ["2001:db8:1::/64 === 2001:db8:2::/64"], ["2001:db8:2::/64 === 2001:db8:1::/64"],
     ["2001:db8:1::/64 === 2001:db8:2::/64"]),
    # refused
    (NARROW, [f"{A} === {B}"], [f"10.9.0.0/24 === {A}"], []),
    (WITHIN, [f"10.1.0.0/16 === {B}"], [f"{B} === {A}"], []),
    (WITHIN, ["0.0.0.0/0 === 0.0.0.0/0"], [f"{B} === {A}"], []),
    (NARROW, [f"{A}[6] === {B}[6]"], [f"{B}[17] === {A}[17]"], []),
    (NARROW, [f"{A} === {B}[6/80]"], [f"{B}[6/443] === {A}"], []),
    (NARROW, [f"{A} === {B}"], ["2001:db8:2::/64 === 2001:db8:1::/64"], []),
    (WITHIN, [f"{A} === {B}"], [f"{A} === {B}"], []),  # copied instead of mirrored
]  # fmt: skip


@pytest.mark.parametrize(("rule", "offered", "configured", "agreed"), TABLE)
def test_the_responder_agrees_to_the_overlap_or_refuses(
    rule: SelectorRule, offered: list[str], configured: list[str], agreed: list[str]
) -> None:
    """NARROW takes any overlap, WITHIN only what lies inside one configured pair."""
    chosen = select(pairs(*offered), pairs(*configured), rule=rule, alone=True)
    assert [str(pair) for pair in chosen.selected] == agreed
    assert bool(chosen.refused) is not bool(agreed)
    assert chosen.narrowed is (bool(agreed) and agreed != offered)


def test_pairs_offered_together_need_only_one_that_fits() -> None:
    """IKEv2 narrows a list; crypto ACL entries are negotiations of their own."""
    offered, configured = pairs(f"{A} === {B}", f"10.7.0.0/24 === {B}"), pairs(f"{B} === {A}")
    assert select(offered, configured, rule=NARROW, alone=False).refused == ()
    assert [str(pair) for pair in select(offered, configured, rule=WITHIN, alone=True).refused] == [f"10.7.0.0/24 === {B}"]


def test_dynamic_is_the_own_address() -> None:
    """`dynamic` needs the address; without it nothing is guessed."""
    pair = pairs("dynamic === 10.2.0.0/24")[0]
    fixed = resolved(pair, "192.0.2.1", None)
    assert isinstance(fixed, SelectorPair)
    assert str(fixed) == "192.0.2.1/32 === 10.2.0.0/24"
    assert resolved(pair, None, "198.51.100.2") is None


def test_only_the_peers_themselves_are_host_to_host() -> None:
    """Transport mode protects the traffic of the two peers and nothing else."""
    assert is_between_hosts(pairs("dynamic[47] === dynamic[47]")[0], "192.0.2.1", "198.51.100.2")
    assert not is_between_hosts(pairs("192.0.2.1/32 === 198.51.100.0/24")[0], "192.0.2.1", "198.51.100.2")
    assert not is_between_hosts(pairs("dynamic === dynamic")[0], None, "198.51.100.2")
