"""Whole pairs of configurations: what would be selected, whoever starts, or which fault is found, in every mix of syntaxes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from written_ends import RIGHT, SCHEMA, SECRET, compared, ios, told

from ipsecbot.compare import compare_texts
from ipsecbot.model.comparison import Agreement
from ipsecbot.report.comparison_document import document, to_json
from ipsecbot.report.comparison_html import to_html

SYNTAXES = ("ios", "swanctl", "ipsec.conf")


@pytest.mark.parametrize(("left", "right", "version"), [(*pair, v) for pair in product(SYNTAXES, repeat=2) for v in (1, 2)])
def test_a_sound_pair_agrees_in_every_mix_of_syntaxes(tmp_path: Path, left: str, right: str, version: int) -> None:
    """The same wishes in any two syntaxes: the whole selection in strongSwan's words, from either end."""
    comparison = compared(tmp_path, (left, {"version": version}), (right, {"version": version}))
    tunnel = told(comparison)
    jsonschema.validate(document(comparison), SCHEMA)
    assert (tunnel["agreement"], tunnel["ike_version"], tunnel["findings"]) == ("agrees", version, [])
    for direction in (tunnel["left_initiates"], tunnel["right_initiates"]):
        assert direction["ike"]["selected"] == "aes256-sha256-prfsha256-modp2048"
        assert direction["child"]["selected"] == ("aes256-sha256-modp2048" if version == 1 else "aes256-sha256")
        assert direction["identities"]["agree"]
        assert direction["authentication"]["agree"]
    assert tunnel["left_initiates"]["selectors"] == [{"local": "10.1.0.0/16", "remote": "10.2.0.0/16"}]
    assert tunnel["right_initiates"]["selectors"] == [{"local": "10.2.0.0/16", "remote": "10.1.0.0/16"}]


def test_an_aead_selection_is_written_in_full(tmp_path: Path) -> None:
    """`aes256gcm16-prfsha384-ecp384`: no integrity, the PRF always."""
    change: dict[str, Any] = {
        "encryption": "aes256gcm16",
        "hash": "prfsha384",
        "group": "ecp384",
        "esp": "aes256gcm16",
        "pfs": "",
    }
    tunnel = told(compared(tmp_path, ("swanctl", change), ("ipsec.conf", change)))
    assert tunnel["left_initiates"]["ike"]["selected"] == "aes256gcm16-prfsha384-ecp384"
    assert tunnel["left_initiates"]["child"]["selected"] == "aes256gcm16"


FAULTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ike-proposal-mismatch", "encryption", {"encryption": "aes128"}),
    ("ike-proposal-mismatch", "integrity", {"hash": "sha512"}),
    ("ike-proposal-mismatch", "dh", {"group": "modp1536"}),
    ("esp-proposal-mismatch", "encryption", {"esp": "aes128-sha256"}),
    ("psk-mismatch", "", {"secret": "ganz-anders-9"}),
    ("traffic-selector-mismatch", "", {"network": "10.77.0.0/16"}),
    ("pfs-mismatch", "dh", {"pfs": "ecp256"}),
)


@pytest.mark.parametrize(("cause", "attribute", "change"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_each_mismatch_is_found_with_the_lines_and_a_change_for_an_end(
    tmp_path: Path, syntax: str, version: int, cause: str, attribute: str, change: dict[str, Any]
) -> None:
    """The right end differs in one thing: its cause, both lines, a change that replay has tried, and no secret anywhere."""
    comparison = compared(tmp_path, ("swanctl", {"version": version}), (syntax, {"version": version, **change}))
    tunnel = told(comparison)
    jsonschema.validate(document(comparison), SCHEMA)
    late = cause == "pfs-mismatch" and version == 2
    assert tunnel["agreement"] in (("fails-at-rekey",) if late else ("mismatched", "one-way"))
    found = {finding["cause"]: finding for finding in tunnel["findings"]}
    assert cause in found
    assert (found[cause]["attribute"] or "") == attribute
    assert {line["device"] for line in found[cause]["evidence"]} == {"west", "east"}
    assert all(line["line"] > 0 for line in found[cause]["evidence"])
    remedies = found[cause]["remedies"]
    assert remedies
    assert all(remedy["verified"] == "simulated" for remedy in remedies)
    text = to_json(comparison) + to_html(comparison)
    assert SECRET not in text
    assert "ganz-anders-9" not in text


def test_a_version_only_one_end_speaks_stops_everything(tmp_path: Path) -> None:
    """IKEv1 against IKEv2: nothing is selected, and the version depends on who starts."""
    tunnel = told(compared(tmp_path, ("swanctl", {"version": 1}), ("ipsec.conf", {"version": 2})))
    assert tunnel["agreement"] == "mismatched"
    assert tunnel["ike_version"] is None
    assert [finding["cause"] for finding in tunnel["findings"]] == ["ike-version-mismatch"]
    assert tunnel["left_initiates"]["ike"]["selected"] is None
    assert tunnel["left_initiates"]["child"]["selected"] is None


def test_an_identity_that_is_not_expected_is_found(tmp_path: Path) -> None:
    """What one end sends is not what the other expects of it."""
    tunnel = told(compared(tmp_path, ("swanctl", {"identity": "west.example"}), ("swanctl", {})))
    assert "id-mismatch" in [finding["cause"] for finding in tunnel["findings"]]
    identities = tunnel["left_initiates"]["identities"]
    assert identities["left"]["sends"] == "west.example"
    assert not identities["agree"]
    assert identities["reasons"]


def test_aggressive_against_main_mode_is_found(tmp_path: Path) -> None:
    """IKEv1: one end starts in aggressive mode, which the other does not accept."""
    tunnel = told(compared(tmp_path, ("swanctl", {"version": 1, "aggressive": True}), ("swanctl", {"version": 1})))
    assert "exchange-mode-mismatch" in [finding["cause"] for finding in tunnel["findings"]]


def test_transport_against_tunnel_mode_is_found(tmp_path: Path) -> None:
    """IKEv1: the modes have to be the same."""
    hosts = {"version": 1, "network": "198.51.100.2/32", "far": "192.0.2.1/32"}
    turned = {"version": 1, "network": "192.0.2.1/32", "far": "198.51.100.2/32"}
    tunnel = told(compared(tmp_path, ("swanctl", {**turned, "mode": "transport"}), ("swanctl", hosts)))
    assert "encapsulation-mode-mismatch" in [finding["cause"] for finding in tunnel["findings"]]


def test_a_one_way_tunnel_is_a_finding_of_its_own(tmp_path: Path) -> None:
    """A router takes a part of what it protects and asks for the whole, which the other refuses."""
    (tmp_path / "wide.cfg").write_text(LEFT_WIDE.format(secret=SECRET))
    (tmp_path / "east.cfg").write_text(ios(replace(RIGHT, version=1, network="10.0.0.0/16")))
    one_way = compare_texts(str(tmp_path / "wide.cfg"), str(tmp_path / "east.cfg"))
    tunnel = told(one_way)
    assert tunnel["agreement"] == "one-way"
    assert tunnel["comes_up_from"] == ["right"]
    assert tunnel["left_initiates"]["child"]["selected"] is None
    assert tunnel["right_initiates"]["child"]["selected"] == "aes256-sha256-modp2048"
    finding = tunnel["findings"][0]
    assert finding["only_from"] == "right"
    assert finding["cause"] == "traffic-selector-mismatch"
    assert finding["headline"].startswith("One-way: the tunnel comes up only when east starts it.")
    assert one_way.count(Agreement.ONE_WAY) == 1


LEFT_WIDE = """hostname wide
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key {secret} address 198.51.100.2
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map M 10 ipsec-isakmp
 set peer 198.51.100.2
 set transform-set T
 set pfs group14
 match address A
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 crypto map M
ip access-list extended A
 permit ip 10.0.0.0 0.1.255.255 10.0.0.0 0.0.255.255
"""
