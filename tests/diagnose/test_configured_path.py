"""Routes and filters that an IOS configuration shows to be in the way, and those that are not."""

from __future__ import annotations

import pytest
from test_ios_remedy_lines import EAST, EAST_V1, WEST, config, end

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.parse.endpoint import read_endpoint
from ipsecbot.understand import join

INSIDE = "interface GigabitEthernet0/0\n"
IKE_ALONE = f"permit udp host {EAST} host {WEST} eq isakmp"
ALL = (IKE_ALONE, f"permit udp any host {WEST} eq non500-isakmp", "permit esp any any")


def filtered(*entries: str, text: str = "") -> str:
    applied = (text or config()).replace(INSIDE, f"{INSIDE} ip access-group EDGE in\n")
    return applied + "ip access-list extended EDGE\n" + "".join(f" {entry}\n" for entry in entries)


def concluded(west: str) -> Diagnosis:
    return conclude(join("lab", end("west", west), end("east", EAST_V1), WEST, EAST))


@pytest.mark.parametrize("entries", [("permit tcp any any",), ("deny udp any any eq isakmp", "permit ip any any"), (*ALL[1:],)])
def test_an_access_list_that_keeps_ike_out(entries: tuple[str, ...]) -> None:
    """By an entry that denies it, or by the end of the list."""
    diagnosis = concluded(filtered(*entries))
    finding = diagnosis.findings[0]
    assert (finding.cause, finding.evidence[0].text.strip()) == ("peer-unreachable", "ip access-group EDGE in")
    remedy = next(one for one in finding.remedies if one.device == "west")
    assert remedy.lines[:2] == ("ip access-list extended EDGE", f" 1 permit udp host {EAST} host {WEST} eq isakmp")


def test_an_access_list_that_keeps_esp_out() -> None:
    """IKE passes, ESP and its encapsulation do not."""
    finding = concluded(filtered(IKE_ALONE)).findings[0]
    assert finding.cause == "esp-blocked"
    assert any("permit esp" in line for remedy in finding.remedies for line in remedy.lines)


@pytest.mark.parametrize(
    "west",
    [
        filtered(*ALL),
        filtered("permit ip any any"),
        filtered(*ALL[:2]),  # ESP may go in UDP
        filtered("permit frob any any", "deny ip any any"),  # what is not understood may permit it
        config().replace(INSIDE, f"{INSIDE} ip access-group EDGE in\n"),  # a list that does not exist drops nothing
        filtered("deny ip any any").replace("EDGE in", "EDGE out"),
        config() + "ip access-list extended EDGE\n deny ip any any\n",  # not applied
    ],
)
def test_lists_that_are_not_in_the_way(west: str) -> None:
    """Nothing is found where the list lets the tunnel pass, was not shown, or is applied elsewhere."""
    assert not {finding.cause for finding in concluded(west).findings} & {"peer-unreachable", "esp-blocked"}


ROUTE = "ip route 0.0.0.0 0.0.0.0 192.0.2.254\n"
FAR = "198.18.0.9"


def without_route(more: str = "") -> Diagnosis:
    west = config(peer=FAR).replace(ROUTE, more)
    east = EAST_V1.replace(f"ip address {EAST}", f"ip address {FAR}")
    return conclude(join("lab", end("west", west), end("east", east), WEST, FAR))


def test_no_configured_route_to_the_peer() -> None:
    """Neither a default route nor one to the peer, and nothing that would bring one."""
    found = {finding.cause for finding in without_route().findings}
    assert "no-route" in found


@pytest.mark.parametrize(
    "more",
    [
        ROUTE,
        "ip route 198.18.0.0 255.255.0.0 192.0.2.254\n",
        "router bgp 65000\n",
        "interface Dialer1\n ip address negotiated\n",
    ],
)
def test_a_route_that_is_there_or_may_come(more: str) -> None:
    """By static route, routing protocol or provider."""
    assert "no-route" not in {finding.cause for finding in without_route(more).findings}


def test_a_forwarding_table_that_has_no_way() -> None:
    """The router was asked for this very address."""
    outputs = (
        RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", config(peer=FAR)),
        RawOutput(OutputKind.SURROUNDINGS, f"show ip cef {FAR}", "0.0.0.0/0\n  no route\n"),
    )
    west = read_endpoint(Snapshot(Device("west", Platform.CISCO_IOS), None, outputs))
    finding = conclude(join("lab", west, None, WEST, FAR)).findings[0]
    assert (finding.cause, finding.evidence[0].text) == ("no-route", "no route")


def test_a_static_translation_of_one_host_is_no_translation_of_its_network() -> None:
    """Only where the tunnel protects that very host."""
    nat = "ip nat inside source static 10.1.0.5 203.0.113.5\n"
    assert "nat-before-ipsec" not in {finding.cause for finding in concluded(config() + nat).findings}
