"""Forward secrecy that differs under IKEv2: what hides it, when it breaks, and what a refused rekey is put down to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipsecbot.compare import compare_texts
from ipsecbot.explain import explain
from ipsecbot.model.comparison import Agreement

WEST = """connections {{
  east {{
    version = 2
    local_addrs = 192.0.2.1
    remote_addrs = 198.51.100.2
    proposals = aes256-sha256-modp2048
    local {{
      auth = psk
      id = 192.0.2.1
    }}
    remote {{
      auth = psk
      id = 198.51.100.2
    }}
    children {{
      net {{
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
        esp_proposals = aes256-sha256{west}
        rekey_time = {west_time}
        rand_time = 0
      }}
    }}
  }}
}}
secrets {{
  ike-east {{
    id = 198.51.100.2
    secret = "Birkenwald-4"
  }}
}}
"""
EAST_SWAN = """connections {{
  west {{
    version = 2
    local_addrs = 198.51.100.2
    remote_addrs = 192.0.2.1
    proposals = aes256-sha256-modp2048
    local {{
      auth = psk
      id = 198.51.100.2
    }}
    remote {{
      auth = psk
      id = 192.0.2.1
    }}
    children {{
      net {{
        local_ts = 10.2.0.0/16
        remote_ts = 10.1.0.0/16
        esp_proposals = aes256-sha256{east}
        rekey_time = {east_time}
        rand_time = 0
      }}
    }}
  }}
}}
secrets {{
  ike-west {{
    id = 192.0.2.1
    secret = "Birkenwald-4"
  }}
}}
"""
EAST_IOS = """hostname east
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy POL
 proposal P
crypto ikev2 keyring KR
 peer west
  address 192.0.2.1
  pre-shared-key Birkenwald-4
crypto ikev2 profile PROF
 match identity remote address 192.0.2.1 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local KR
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map M 10 ipsec-isakmp
 set peer 192.0.2.1
 set transform-set T
 set security-association lifetime seconds {east_time}
 set security-association lifetime kilobytes disable
{east} set ikev2-profile PROF
 match address A
interface GigabitEthernet0/0
 ip address 198.51.100.2 255.255.255.0
 crypto map M
ip access-list extended A
 permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255
end
"""
REFUSED = """\
05[ENC] <east|1> generating IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]
05[NET] <east|1> sending packet: from 192.0.2.1[500] to 198.51.100.2[500] (272 bytes)
06[NET] <east|1> received packet: from 198.51.100.2[500] to 192.0.2.1[500] (224 bytes)
06[ENC] <east|1> parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]
06[IKE] <east|1> IKE_SA east[1] established between 192.0.2.1[192.0.2.1]...198.51.100.2[198.51.100.2]
06[IKE] <east|1> CHILD_SA net{1} established with SPIs c0ffee01_i c0ffee02_o and TS 10.1.0.0/16 === 10.2.0.0/16
12[IKE] <east|1> establishing CHILD_SA net{2} reqid 1
12[ENC] <east|1> generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No KE TSi TSr ]
12[NET] <east|1> sending packet: from 192.0.2.1[500] to 198.51.100.2[500] (480 bytes)
13[NET] <east|1> received packet: from 198.51.100.2[500] to 192.0.2.1[500] (80 bytes)
13[ENC] <east|1> parsed CREATE_CHILD_SA response 2 [ N(NO_PROP) ]
13[IKE] <east|1> received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built
13[IKE] <east|1> failed to establish CHILD_SA, keeping IKE_SA
"""
GROUPS = {"": "", "modp2048": " set pfs group14\n", "ecp256": " set pfs group19\n"}


def ends(folder: Path, *, ios: bool, west: str, east: str, times: tuple[int, int]) -> tuple[Path, Path]:
    """A strongSwan host and its peer, of either make; `west`, `east`: the group of forward secrecy."""
    (folder / "west").mkdir()
    (folder / "east").mkdir()
    mine = WEST.format(west=f"-{west}" if west else "", west_time=times[0])
    (folder / "west" / "swanctl.conf").write_text(mine)
    theirs = f"-{east}" if east else ""
    text = EAST_IOS.format(east=GROUPS[east], east_time=times[1]) if ios else EAST_SWAN.format(east=theirs, east_time=times[1])
    (folder / "east" / ("running.cfg" if ios else "swanctl.conf")).write_text(text)
    return folder / "west", folder / "east"


UP = "The first CHILD_SA comes up, because IKE_AUTH carries no key exchange; "
OLD = "traffic stops when the old keys expire."
WHEN = [
    ("two groups", True, "modp2048", "ecp256", (3000, 3600), f"west renews its keys after 50 min and is refused: {OLD}"),
    ("two groups", False, "modp2048", "ecp256", (7200, 3600), f"east renews its keys after 1 h and is refused: {OLD}"),
    ("in the same moment", False, "modp2048", "", (3600, 3600), "both ends renew its keys after 1 h, and are refused."),
    ("a router takes a group that it does not ask for", True, "modp2048", "", (3000, 3600),
     "west renews its keys after 50 min, which works; it breaks when east does so first (after 1 h)."),
    ("… and asks for none", True, "modp2048", "", (7200, 3600),
     f"east renews its keys after 1 h and is refused (west would not be, after 2 h): {OLD}"),
    ("only one end renews", False, "modp2048", "ecp256", (0, 5400), f"east renews its keys after 90 min and is refused: {OLD}"),
    ("neither does", False, "modp2048", "ecp256", (0, 0),
     "it breaks when somebody renews its keys: neither end does by itself."),
]  # fmt: skip


@pytest.mark.parametrize(("about", "ios", "west", "east", "times", "when"), WHEN)
def test_a_comparison_says_when_it_will_break(
    tmp_path: Path, about: str, ios: bool, west: str, east: str, times: tuple[int, int], when: str
) -> None:
    """A finding of its own, with who renews first, after how long, and what then."""
    left, right = ends(tmp_path, ios=ios, west=west, east=east, times=times)
    tunnel = compare_texts(str(left), str(right)).tunnels[0]
    assert tunnel.agreement is Agreement.LATE, about
    finding = next(one for one in tunnel.findings if one.cause == "pfs-mismatch")
    assert finding.headline.startswith("From the first rekey on: ")
    assert finding.headline.endswith(UP + when)


@pytest.mark.parametrize("ios", [True, False])
def test_a_refused_rekey_is_explained_by_both_configurations(tmp_path: Path, ios: bool) -> None:
    """A tunnel that was up until its first rekey: the groups of both ends, and the lifetime after which it had to break."""
    left, right = ends(tmp_path, ios=ios, west="modp2048", east="ecp256", times=(3000, 3600))
    (left / "charon.log").write_text(REFUSED)
    diagnosis = explain([str(left), str(right)])
    assert (diagnosis.cause, diagnosis.attribute) == ("pfs-mismatch", "dh")
    assert "group19" in diagnosis.headline or "ecp256" in diagnosis.headline
    assert f"west renews its keys after 50 min and is refused: {OLD}" in diagnosis.headline
    assert {source.output.rsplit("/")[-1] for source in diagnosis.findings[0].evidence} >= {"swanctl.conf"}
    assert diagnosis.findings[0].remedies


def test_a_refused_rekey_of_equal_groups_is_not_put_down_to_them(tmp_path: Path) -> None:
    """Both configurations would agree on the group at a rekey: NO_PROPOSAL_CHOSEN then says that something else runs."""
    left, right = ends(tmp_path, ios=False, west="modp2048", east="modp2048", times=(3000, 3600))
    (left / "charon.log").write_text(REFUSED)
    diagnosis = explain([str(left), str(right)])
    assert diagnosis.cause != "pfs-mismatch" or diagnosis.confidence < 0.5


def test_nothing_is_said_of_a_rekey_that_will_work(tmp_path: Path) -> None:
    """The same group on both: no finding, no note."""
    left, right = ends(tmp_path, ios=True, west="modp2048", east="modp2048", times=(3000, 3600))
    tunnel = compare_texts(str(left), str(right)).tunnels[0]
    assert (tunnel.agreement, tunnel.findings) == (Agreement.AGREES, ())
