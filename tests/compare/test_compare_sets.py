"""Many tunnels at once: which belong together, which are left over, what cannot be told, and how the work grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_ends import LEFT, RIGHT, SCHEMA, ios, swanctl

from bench.apparatus.sites import Fault, sites, write_ios, write_swan
from ipsecbot.compare import compare_ends, compare_texts
from ipsecbot.model.comparison import Agreement, Bond, Comparison
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect
from ipsecbot.negotiate import match as matching
from ipsecbot.report.comparison_outline import ASPECTS, comparison_outline, summary_line


def paired(comparison: Comparison) -> dict[str, str]:
    """Left connection → right device."""
    return {one.match.left.connection.name: one.match.right.end.device.name for one in comparison.tunnels}


@pytest.mark.parametrize("write", [write_ios, write_swan])
def test_a_hub_and_its_sites_are_paired_and_every_fault_is_found_where_it_is(tmp_path: Path, write: object) -> None:
    """Sixty sites, six faults: each at its own site, with its own cause, and nothing else."""
    assert callable(write)
    every = sites(60)
    comparison = compare_texts(*map(str, write(every, tmp_path)))
    assert len(comparison.tunnels) == 60
    assert comparison.unpaired == ()
    found = {one.match.right.end.device.name: [f.cause for f in one.findings] for one in comparison.tunnels}
    for site in every:
        causes = [] if site.fault is Fault.NONE else [site.fault.value]
        assert [cause for cause in found[site.name] if cause in causes or not causes] == causes, site
    assert comparison.tunnels[0].agreement is Agreement.MISMATCHED
    assert comparison.tunnels[-1].agreement is Agreement.AGREES


def test_what_has_no_partner_is_listed_on_its_side(tmp_path: Path) -> None:
    """A hub with three sites of which one answers: two connections of the left side are left over."""
    hub, folder = write_swan(sites(3), tmp_path)
    comparison = compare_texts(str(hub), str(folder / "site00001"))
    assert paired(comparison) == {"SITES 11": "site00001"}
    assert [one.connection.name for one in comparison.unpaired_of(Side.LEFT)] == ["SITES 10", "SITES 12"]
    assert summary_line(comparison) == "1 agree, 0 one-way, 0 mismatched; unpaired: 2 left (hub), 0 right (site00001)"
    assert len(comparison_outline(comparison).unpaired) == 2


TWINS = """connections {{
  {first} {{
    local_addrs = {own}
    remote_addrs = {peer}
    local {{ auth = psk }}
    remote {{ auth = psk }}
    children {{ {first} {{ local_ts = {mine}
 remote_ts = {theirs} }} }}
  }}
  {second} {{
    local_addrs = {own}
    remote_addrs = {peer}
    local {{ auth = psk }}
    remote {{ auth = psk }}
    children {{ {second} {{ local_ts = {mine}
 remote_ts = {theirs} }} }}
  }}
}}
secrets {{ ike-x {{ id-1 = {own}
 id-2 = {peer}
 secret = x }} }}
"""


def _twins(tmp_path: Path, name: str, end: object, names: tuple[str, str]) -> Path:
    assert isinstance(end, type(LEFT))
    path = tmp_path / f"{name}.conf"
    text = TWINS.format(first=names[0], second=names[1], own=end.address, peer=end.peer, mine=end.network, theirs=end.far)
    path.write_text(text)
    return path


def test_what_cannot_be_told_apart_is_said_to_be_ambiguous(tmp_path: Path) -> None:
    """Two connections a side that differ in their names alone: the choice is named, with those that would do as well."""
    comparison = compare_texts(
        str(_twins(tmp_path, "west", LEFT, ("one", "two"))), str(_twins(tmp_path, "east", RIGHT, ("three", "four")))
    )
    assert len(comparison.tunnels) == 2
    rivals = comparison.tunnels[0].match.rivals
    assert {one.connection.name for one in rivals} == {"two", "four"}
    assert "ambiguous" in comparison_outline(comparison).blocks[0].doubts[0]


def test_a_name_that_both_ends_use_decides_between_twins(tmp_path: Path) -> None:
    """The same two connections under the same names, in another order: no ambiguity."""
    comparison = compare_texts(
        str(_twins(tmp_path, "west", LEFT, ("one", "two"))), str(_twins(tmp_path, "east", RIGHT, ("two", "one")))
    )
    assert {(one.match.left.connection.name, one.match.right.connection.name) for one in comparison.tunnels} == {
        ("one", "one"),
        ("two", "two"),
    }
    assert all(Bond.NAME in one.match.bonds and not one.match.rivals for one in comparison.tunnels)


def test_a_wrong_address_is_a_fault_of_a_pair_that_its_selectors_hold_together(tmp_path: Path) -> None:
    """One end names a peer that is not there; what both protect tells that they are meant for each other."""
    (tmp_path / "west.cfg").write_text(ios(LEFT))
    (tmp_path / "east.conf").write_text(swanctl(RIGHT).replace("remote_addrs = 192.0.2.1", "remote_addrs = 192.0.2.99"))
    comparison = compare_texts(str(tmp_path / "west.cfg"), str(tmp_path / "east.conf"))
    (only,) = comparison.tunnels
    assert Bond.SELECTORS in only.match.bonds
    assert Bond.ADDRESSES not in only.match.bonds
    assert "wrong-peer-address" in [finding.cause for finding in only.findings]


def test_one_with_one_is_compared_even_when_nothing_ties_them(tmp_path: Path) -> None:
    """Who gives two connections wants them compared; it is said that nothing else speaks for it."""
    (tmp_path / "west.conf").write_text(swanctl(LEFT).replace("198.51.100.2", "198.51.100.77"))
    (tmp_path / "east.conf").write_text(swanctl(RIGHT).replace("192.0.2.1", "192.0.2.77").replace("10.2.", "10.66."))
    (only,) = compare_texts(str(tmp_path / "west.conf"), str(tmp_path / "east.conf")).tunnels
    assert only.match.bonds == (Bond.NOTHING_ELSE,)
    assert only.agreement is Agreement.MISMATCHED


def test_a_gateway_for_anybody_never_starts_and_is_no_one_way_tunnel(tmp_path: Path) -> None:
    """`remote_addrs = %any` only answers: the other direction is not missed."""
    (tmp_path / "west.conf").write_text(
        swanctl(LEFT).replace("remote_addrs = 198.51.100.2", "remote_addrs = %any").replace("start_action = trap", "")
    )
    (tmp_path / "east.conf").write_text(swanctl(RIGHT))
    (only,) = compare_texts(str(tmp_path / "west.conf"), str(tmp_path / "east.conf")).tunnels
    assert only.starts == (Side.RIGHT,)
    assert only.agreement is Agreement.AGREES
    assert comparison_says(only) == ["east"]


def comparison_says(only: object) -> list[str]:
    """Who may start it."""
    from ipsecbot.model.comparison import ComparedTunnel

    assert isinstance(only, ComparedTunnel)
    ends = (only.match.tunnel.end(side) for side in only.comes_up_from)
    return [end.device.name for end in ends if end is not None]


def test_the_number_of_replays_grows_with_the_number_of_tunnels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with its square: one pairing a site is replayed, however many there are."""
    counted: list[int] = []
    original = matching.pairing_of

    def counting(*arguments: object) -> object:
        counted.append(1)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(matching, "pairing_of", counting)
    numbers = []
    for count in (20, 80):
        (tmp_path / str(count)).mkdir()
        read = compare_texts(*map(str, write_ios(sites(count), tmp_path / str(count))))
        counted.clear()
        compare_ends("hub", "sites", read.left, read.right)
        numbers.append(len(counted))
    assert numbers == [20, 80]


def test_a_folder_of_one_host_is_one_device(tmp_path: Path) -> None:
    """Folders as strongSwan has them below /etc are not taken for two hosts, and one unreadable file spoils no set."""
    etc = tmp_path / "etc"
    (etc / "swanctl").mkdir(parents=True)
    (etc / "strongswan.d").mkdir()
    (etc / "swanctl" / "swanctl.conf").write_text(swanctl(LEFT))
    (etc / "strongswan.d" / "charon.conf").write_text("charon {\n  threads = 16\n}\n")
    (tmp_path / "east.conf").write_text(swanctl(RIGHT))
    comparison = compare_texts(str(etc), str(tmp_path / "east.conf"))
    assert [end.device.name for end in comparison.left] == ["etc"]
    hub, folder = write_ios(sites(3), tmp_path)
    (folder / "photo.cfg").write_bytes(bytes(range(256)) * 64)
    kept = compare_texts(str(hub), str(folder))
    assert len(kept.tunnels) == 3
    assert any(note.startswith("Left out: ") and "photo.cfg" in note for note in kept.notes)


def test_lifetimes_that_end_together_are_one_caution_for_all_tunnels(tmp_path: Path) -> None:
    """Thirty sites with the router's own lifetimes at both ends: said once for the IKE SA and once for the CHILD_SA."""
    comparison = compare_texts(*map(str, write_ios(sites(30), tmp_path)))
    found = [one for one in comparison.cautions if one.topic == "rekey-together"]
    assert len(found) == 2
    assert all("and 27 more" in one.headline or "and 26 more" in one.headline for one in found), [one.headline for one in found]
    assert all(not one.reference and "each end may go on with another one" in one.why for one in found)  # IKEv1
    for name, end in (("west", LEFT), ("east", RIGHT)):
        (tmp_path / f"{name}.cfg").write_text(ios(end))
    newer = compare_texts(str(tmp_path / "west.cfg"), str(tmp_path / "east.cfg"))
    assert {one.reference for one in newer.cautions if one.topic == "rekey-together"} == {"RFC 7296 section 2.8"}


def test_a_remedy_says_what_else_uses_the_line(tmp_path: Path) -> None:
    """The hub's policy serves every site: a change for one either stands beside it or names the others."""
    comparison = compare_texts(*map(str, write_ios(sites(10), tmp_path)))
    (finding,) = comparison.tunnels[0].findings
    hub = next(remedy for remedy in finding.remedies if remedy.device == "hub")
    assert "SITES 10, SITES 11, SITES 12" in hub.why or "SITES 10" in hub.shared_with


def test_every_aspect_has_its_words_and_stands_in_the_schema() -> None:
    """A new aspect of a negotiation needs both."""
    assert set(ASPECTS) == set(Aspect)
    assert set(SCHEMA["$defs"]["reason"]["properties"]["aspect"]["enum"]) == {one.value for one in Aspect}


def test_entries_for_other_peers_are_no_further_entries_for_a_site_of_unknown_address(tmp_path: Path) -> None:
    """`show running-config | section crypto` shows no interface: of a hub's entries the one that fits best is the site's, and
    the others, each for an address of its own, are nobody's."""
    hub, site = ["crypto ikev2 keyring KR"], ["crypto ikev2 keyring KR", " peer HUB", "  address 192.0.2.1"]
    for number in range(1, 6):
        hub += [f" peer S{number}", f"  address 198.51.100.{number}", f"  pre-shared-key Erle-{number}-Specht"]
    profile = ["crypto ikev2 profile P", " match identity remote address 0.0.0.0", " authentication remote pre-share"]
    profile += [" authentication local pre-share", " keyring local KR"]
    profile += ["crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac"]
    hub += profile
    for number in range(1, 6):
        hub += [f"crypto map CM {number} ipsec-isakmp", f" set peer 198.51.100.{number}", " set transform-set TS"]
        hub += [" set ikev2-profile P", f" match address A{number}"]
    hub += ["interface GigabitEthernet0/0", " ip address 192.0.2.1 255.255.255.0", " crypto map CM"]
    site += ["  pre-shared-key Erle-3-Specht", *profile, "crypto map CM 10 ipsec-isakmp", " set peer 192.0.2.1"]
    site += [" set transform-set TS", " set ikev2-profile P", " match address A"]
    for name, lines in (("hub", hub), ("site", site)):
        (tmp_path / f"{name}.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    comparison = compare_texts(str(tmp_path / "hub.cfg"), str(tmp_path / "site.cfg"))
    assert [one.match.left.connection.name for one in comparison.tunnels] == ["CM 3"]
    assert len(comparison.unpaired) == 4


def test_somebody_who_waits_is_told_how_far_a_set_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the devices of a set are read, and of a long text while it is."""
    hub, folder = write_swan(sites(3), tmp_path)
    monkeypatch.setattr("ipsecbot.compare._TOLD", 2)
    told: list[tuple[str, str]] = []
    compare_texts(str(hub), str(folder), lambda argument, step: told.append((argument, step)))
    assert (str(folder), "2 of 3 devices sorted out") in told
    assert (str(folder), "3 devices read") in told


def test_the_address_that_a_tunnel_starts_from_is_an_own_one(tmp_path: Path) -> None:
    """Excerpts of a lab: the interface with the crypto map shows no address, the GRE tunnel inside does, by its source."""
    for name, own, peer in (("west", "192.0.2.1", "198.51.100.2"), ("east", "198.51.100.2", "192.0.2.1")):
        lines = ["interface Tunnel0", f" ip address 172.16.0.{len(name)} 255.255.255.0", f" tunnel source {own}"]
        lines += [f" tunnel destination {peer}", "crypto isakmp policy 10", " encr aes 256", " hash sha256", " group 14"]
        lines += [" authentication pre-share", "crypto isakmp key Amsel-4-Birke address 0.0.0.0"]
        lines += ["crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac", " mode transport"]
        lines += ["ip access-list extended GRE", f" permit gre host {own} host {peer}", "crypto map CM 10 ipsec-isakmp"]
        lines += [f" set peer {peer}", " set transform-set TS", " match address GRE", "interface Serial2/0", " crypto map CM"]
        (tmp_path / f"{name}.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    comparison = compare_texts(str(tmp_path / "west.cfg"), str(tmp_path / "east.cfg"))
    assert [finding.cause for one in comparison.tunnels for finding in one.findings] == []
    assert Bond.ADDRESSES in comparison.tunnels[0].match.bonds
