"""What the simulated IKE decides, by tables: each fault is told by the router that knows, in IOS's words."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

from dump_logs import played
from emulated_pairs import KEY, MAP_V1, MAP_V2, PAIRS, SEVERAL_V1
from faults import FAULTS, HEALTHY, Fault

from ipsecbot.lab.ios import show_isakmp, show_session
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.router import Debug
from ipsecbot.lab.ios.world import PathFaults, World

BY_NAME = {fault.name: fault for fault in FAULTS}

# fault, who says it (0 the initiator, 1 the responder), sentence
SAID = (
    ("v1-encryption-length", 1, "Proposed key length does not match policy"),
    ("v1-encryption-cipher", 1, "Encryption algorithm offered does not match policy!"),
    ("v1-hash", 1, "Hash algorithm offered does not match policy!"),
    ("v1-group", 1, "Diffie-Hellman group offered does not match policy!"),
    ("v1-group-in-several", 1, "phase 1 SA policy not acceptable! (local 203.0.113.20 remote 198.51.100.10)"),
    ("v1-group", 0, "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Informational mode failed with peer at 203.0.113.20"),
    ("v1-certificates-wanted", 1, "Authentication method offered does not match policy!"),
    ("v1-psk-mismatch", 1, "reserved not zero on ID payload!"),
    (
        "v1-psk-mismatch",
        1,
        "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 198.51.100.10 failed its sanity check or is malformed",
    ),
    ("v1-psk-mismatch", 0, 'deleting SA reason "Death by retransmission P1" state (I) MM_KEY_EXCH (peer 203.0.113.20)'),
    ("v1-psk-missing-at-responder", 1, "No pre-shared key with 198.51.100.10!"),
    ("v1-psk-missing-at-responder", 1, "Preshared authentication offered but does not match policy!"),
    ("v1-psk-missing-at-initiator", 0, "No pre-shared key with 203.0.113.20!"),
    ("v1-psk-missing-at-initiator", 0, "construct_initial_message: Can not start Main mode"),
    ("v1-aggressive-disabled", 1, "%CRYPTO-5-IKMP_AG_MODE_DISABLED"),
    ("v1-aggressive-disabled", 0, "retransmitting phase 1 AG_INIT_EXCH"),
    ("v1-identity-in-profile", 1, "peer matches *none* of the profiles"),
    ("v1-identity-in-profile", 1, "Key not found in keyrings of profile"),
    ("v1-not-listening", 0, "retransmitting phase 1 MM_NO_STATE"),
    ("v1-no-config-for-peer", 1, "No pre-shared key with 198.51.100.10!"),
    ("v1-esp-encryption", 1, "transform proposal not supported for identity"),
    ("v1-esp-encryption", 1, "IPSec policy invalidated proposal with error 256"),
    ("v1-esp-encryption", 0, "processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3"),
    ("v1-pfs-one-sided", 1, "invalid transform proposal flags"),
    ("v1-selectors-wider", 1, "proxy identities not supported"),
    ("v1-selectors-wider", 1, "IPSec policy invalidated proposal with error 32"),
    ("v1-transport-mode", 1, "encaps is 2 (Transport)"),
    ("v1-transport-mode", 1, "transform proposal not supported for identity"),
    ("v1-peer-down", 0, 'deleting SA reason "Death by retransmission P1" state (I) MM_NO_STATE (peer 203.0.113.20)'),
    ("v1-udp-4500-filtered", 0, "NAT found, this node inside NAT"),
    ("v1-udp-4500-filtered", 0, "my_port 4500 peer_port 4500 (I) MM_KEY_EXCH"),
    ("v1-against-v2", 1, "No pre-shared key with 198.51.100.10!"),
    ("v2-against-v1", 0, "Received no proposal chosen notify"),
    ("v2-encryption", 1, "Proposal 1:  AES-CBC-256 SHA256 SHA256 DH_GROUP_256_ECP/Group 19"),
    ("v2-encryption", 1, "Proposal 1:  AES-CBC-128 SHA256 SHA256 DH_GROUP_256_ECP/Group 19"),
    (
        "v2-integrity",
        1,
        "Expected Policies: : Failed to find a matching policyProposal 1:  ENCRYPTION: AES-CBC-256 PRF: SHA384",
    ),
    ("v2-group", 0, "Received no proposal chosen notify"),
    ("v2-psk-mismatch", 1, "Failed to authenticate the IKE SA"),
    ("v2-psk-mismatch", 0, "NOTIFY(AUTHENTICATION_FAILED)"),
    ("v2-psk-mismatch-one-direction", 0, "Verification of peer's authentication data FAILED"),
    ("v2-identity-at-responder", 1, "% IKEv2 profile not found"),
    ("v2-identity-at-initiator", 0, "Failed to locate an item in the database"),
    ("v2-no-config-for-peer", 1, "% IKEv2 profile not found"),
    ("v2-esp-encryption", 1, "ESP: Proposal 1:  AES-CBC-256 SHA256 Don't use ESN"),
    ("v2-esp-encryption", 0, "VID IDr AUTH NOTIFY(NO_PROPOSAL_CHOSEN)"),
    ("v2-selectors", 1, "There was no IPSEC policy found for received TS"),
    ("v2-selectors", 0, "NOTIFY(TS_UNACCEPTABLE)"),
    ("v2-peer-down", 0, "Retransmitting packet"),
    ("v2-udp-4500-filtered", 0, "NAT INSIDE found"),
    ("v2-udp-4500-filtered", 1, "Failed to receive the AUTH msg before the timer expired"),
    ("healthy-invalid-ke-v2", 1, "peer sent group 19, local policy prefers group 14"),
    ("healthy-nat-v1", 1, "Detected port floating to port = 4500"),
    ("healthy-several-v1", 1, "atts are acceptable. Next payload is 3"),
)


@pytest.mark.parametrize(("name", "end", "sentence"), SAID)
def test_the_router_says_what_it_decided(name: str, end: int, sentence: str) -> None:
    """The decisive sentence stands in the debug of the end that knows."""
    log = "\n".join(played(BY_NAME[name])[end].router.log.entries)
    assert sentence in log


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_tunnel_comes_up_only_without_a_fault(fault: Fault) -> None:
    """Healthy pairs end with SAs on both ends, all others without working ones."""
    left, right = played(fault)
    both = bool(left.ipsec.children()) and bool(right.ipsec.children())
    assert both == (fault.cause == "healthy")


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_either_end_may_begin(pair: object) -> None:
    """A healthy pair comes up from the right end as well; behind a translator and in aggressive mode only the left calls."""
    fault = next(known for known in HEALTHY if known.pair is pair)
    if "nat" in fault.name or "aggressive" in fault.name:
        return
    swapped = Fault(fault.name, type(fault.pair)(fault.pair.name, fault.pair.right, fault.pair.left, 1), "healthy")
    left, right = played(swapped)
    assert left.ipsec.children()
    assert right.ipsec.children()


def test_the_second_policy_is_found() -> None:
    """Refused pairs of transform and policy come before the accepted one, at the initiator too: nothing is wrong."""
    right = SEVERAL_V1.right.replace("crypto isakmp policy 10\n encr aes 256", "crypto isakmp policy 10\n encr aes")
    left_end, right_end = played(Fault("second", type(SEVERAL_V1)("p", SEVERAL_V1.left, right, 1), "healthy"))
    for machine in (left_end, right_end):
        log = "\n".join(machine.router.log.entries)
        assert "Proposed key length does not match policy" in log
        assert "atts are acceptable" in log
        assert machine.ipsec.children()


def test_a_responder_without_pfs_takes_any() -> None:
    """IOS: where no PFS is configured any offer of it is accepted, so the same pair works when the other end calls."""
    fault = BY_NAME["v1-pfs-one-sided"]
    left, right = fault.configs
    reversed_pair = Fault("reversed", type(fault.pair)("p", right, left, 1), "healthy")
    caller, called = played(reversed_pair)
    assert caller.ipsec.children()[0].pfs == 14
    assert called.ipsec.children()


def test_states_while_it_hangs() -> None:
    """A pre-shared key mismatch is MM_KEY_EXCH while it lasts, and MM_NO_STATE `(deleted)` for a minute afterwards."""
    fault = BY_NAME["v1-psk-mismatch"]
    left, right = played(fault, story=timedelta(seconds=10))
    assert "MM_KEY_EXCH" in show_isakmp.sa(left)
    assert "MM_NO_STATE" in show_isakmp.sa(right)
    assert "ACTIVE (deleted)" in show_isakmp.sa(right)
    assert "Session status: DOWN-NEGOTIATING" in show_session.session(left)


def test_half_open_after_a_refused_responder() -> None:
    """An initiator that does not accept the responder's identity leaves the responder with SAs that lead nowhere."""
    left, right = played(BY_NAME["v2-identity-at-initiator"])
    assert not left.ipsec.children()
    assert right.ipsec.children()
    assert "READY" in show_session.ikev2_sa(right)


def test_an_sa_without_a_partner_is_named() -> None:
    """Traffic on an SA that the other end has lost is answered with %CRYPTO-4-RECVD_PKT_INV_SPI."""
    world = World()
    left, right = Machine("hq", MAP_V2.left, world), Machine("branch", MAP_V2.right, world)
    for _ in range(2):
        left.ipsec.ping("10.10.1.1", "10.20.5.1", lambda: None)
        world.run(timedelta(seconds=2))
    right.ipsec.forget()
    left.ipsec.ping("10.10.1.1", "10.20.5.1", lambda: None)
    world.run(timedelta(seconds=2))
    assert "%CRYPTO-4-RECVD_PKT_INV_SPI" in "\n".join(right.router.log.entries)


def test_clearing_tells_the_peer() -> None:
    """`clear crypto session` ends the SAs on both ends, and the next packet brings them up again."""
    world = World()
    left, right = Machine("hq", MAP_V1.left, world), Machine("branch", MAP_V1.right, world)
    arrived: list[int] = []
    for turn in range(4):
        left.ipsec.ping("10.10.1.1", "10.20.5.1", lambda turn=turn: arrived.append(turn))
        world.run(timedelta(seconds=2))
        if turn == 1:
            left.isakmp.clear()
            left.ipsec.forget()
            world.run(timedelta(seconds=2))
            assert not right.ipsec.children()
    assert arrived == [1, 3]


def test_lost_esp_is_no_matter_of_ike() -> None:
    """With ESP dropped the SAs stand and one end counts what the other never sees."""
    world = World(faults=PathFaults(drop_esp=True))
    left, right = Machine("hq", MAP_V1.left, world), Machine("branch", MAP_V1.right, world)
    for _ in range(3):
        left.ipsec.ping("10.10.1.1", "10.20.5.1", lambda: None)
        world.run(timedelta(seconds=2))
    assert left.ipsec.table()[0].encaps == 2
    assert right.ipsec.table()[0].decaps == 0


def test_no_secret_is_ever_printed() -> None:
    """Neither debugs nor shows hold a pre-shared key; only the running-config does, as on a real router."""
    for fault in FAULTS:
        for machine in played(fault):
            said = "\n".join(machine.router.log.entries)
            shown = (
                show_isakmp.sa_detail(machine) + show_session.session_detail(machine) + show_session.ikev2_sa_detail(machine)
            )
            assert KEY not in said + shown, fault.name


def test_debug_flags_decide_what_is_printed() -> None:
    """Without flags only syslog messages are printed."""
    fault = BY_NAME["v1-psk-mismatch"]
    world = World()
    left, right = (Machine(name, text, world) for name, text in zip(("hq", "branch"), fault.configs, strict=True))
    right.router.debugs = {Debug.IKEV2}
    left.ipsec.ping("10.10.1.1", "10.20.5.1", lambda: None)
    world.run()
    assert left.router.log.entries == type(left.router.log.entries)()
    assert all("%CRYPTO-4" in entry for entry in right.router.log.entries)
