"""The emulated debugs against real ones: every shape of line that the laboratory prints occurs in a real or rebuilt text."""

from __future__ import annotations

import difflib
import re
import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

from dump_logs import played
from faults import FAULTS, Fault

from ipsecbot.lab.ios.machine import Machine

SHARED = Path(__file__).parents[3] / "shared"
PREFIX = re.compile(r"^(>\s*)?(\d+: )?[*.]?[A-Z][a-z]{2} +\d+ (\d{4} )?[\d:.]+( [A-Z]{2,4})?: ?")
# in this order: what is a value and not wording
VALUES = (
    (re.compile(r"^ISAKMP(-[A-Z]+)?:? ?\(([\d:]|SW|N/A)+\): ?|^ISAKMP ?(-[A-Z]+)?: ?"), "ISAKMP "),
    (re.compile(r"^IKEv2(-ERROR)?:(\(SESSION ID = \d+,SA ID = \d+\):|\(SA ID = \d+\):)?"), "IKEv2 "),
    (re.compile(r"\d+\.\d+\.\d+\.\d+(/\d+\.\d+\.\d+\.\d+)?"), "A"),
    (re.compile(r"(?<=[ '(])[a-z][\w-]*(\.[a-z][\w-]*){1,3}(?=[',) ]|$)"), "A"),
    (re.compile(r"(Map found|Map Accepted:) \S+( \d+)?"), r"\1 MAP"),
    (re.compile(r"(?<=request profile is )\S+|(?<=xauth \.\.\.).*|(?<=peer matches )[\w-]+(?= profile)"), " P"),
    (re.compile(r"'[^']*'(?= of type| *$|\.)|(?<=keyring )\S+|(?<=profile )\S+(?= with)|'[A-Z][\w-]*'"), "Q"),
    (re.compile(r"\b(0x)?[0-9A-F]{6,16}\b|0x[0-9A-Fa-f]+"), "H"),
    (re.compile(r"-H\b"), "H"),
    (re.compile(r"-?\b\d+\b"), "N"),
    (re.compile(r"esp-\w+( N)?( esp-\S+)? *"), "T "),
    (re.compile(r"(?<![A-Z_])(AES|3DES|SHA|MD5|DH_GROUP|DES)\S*( Group N| N)?"), "ALG"),
    (re.compile(r"HMAC-\w+|ESP_\w+"), "ALG"),
    (re.compile(r"(GigabitEthernet|Tunnel|Dialer|Ethernet|FastEthernet)[\d/N-]*\S*"), "IF"),
    (re.compile(r"(ALG\s*(Group N\s*)?)+"), "ALG "),
    (re.compile(r"\s+"), " "),
)

LABELLED = "policies: : failed to find a matching policyproposal n: encryption: alg"

# shapes that no text in ../shared has, by where their wording comes from
SOURCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "key engine of IOS 15 (Cisco TechNotes 5409 and 113594, public captures)",
        (
            "ipsec(key_engine): request timer fired: count = n,",
            "isakmp sa is still budding. attached new ipsec request to it. (local a, remote a)",
            "isakmp purging sa., sa=h, delme=h",
            "ipsec(ipsec_process_proposal): transform proposal not supported for identity:",
            "{t }",
            "isakmp group is n",
            "ipsec(crypto_ipsec_sa_find_ident_head): reconnecting with the same proxies and peer a",
            "isakmp encaps is n (transport)",
            "protocol= esp, transform= none (transport),",
            "protocol= esp, transform= t (transport),",
        ),
    ),
    (
        "captions of refusals in public notes; the number behind the dashes is this laboratory's",
        ("ipsec(ipsec_process_proposal): invalid transform proposal flags -- h",),
    ),
    (
        "sentences per attribute: public test suites and notes on IOS",
        (
            "isakmp diffie-hellman group offered does not match policy!",
            "isakmp authentication method offered does not match policy!",
            "isakmp preshared authentication offered but does not match policy!",
        ),
    ),
    (
        "public capture of an XE router without a key",
        (
            "isakmp no pre-shared key with a!",
            "isakmp no cert or pre-shared address key.",
            "isakmp construct_initial_message: can not start main mode",
            "isakmp unlocking peer struct h for isadb_unlock_peer_delete_sa(), count n",
            "isakmp error while processing sa request: failed to initialize sa",
            "isakmp error while processing kmi message n, error n.",
        ),
    ),
    (
        "Cisco TechNote 117258 (rules for keyrings and profiles)",
        (
            "isakmp key not found in keyrings of profile , aborting exchange",
            'isakmp deleting sa reason "no reason" state (r) mm_key_exch (peer a)',
            "isakmp old state = ike_r_mm5 new state = ike_dest_sa",
            "isakmp : peer matches p profile",
        ),
    ),
    (
        "aggressive mode: IOS command reference, states as `show crypto isakmp sa` names them",
        (
            "isakmp sa has tunnel attributes set.",
            "isakmp sa is doing pre-shared key authentication using id type id_fqdn",
            "isakmp input = ike_mesg_from_ipsec, ike_sa_req_am",
            "isakmp beginning aggressive mode exchange",
            "isakmp old state = ike_ready new state = ike_i_am1",
            "isakmp old state = ike_i_am1 new state = ike_p1_complete",
            "isakmp old state = ike_i_am1 new state = ike_dest_sa",
            "isakmp old state = ike_r_am2 new state = ike_p1_complete",
            "isakmp sending packet to a my_port n peer_port n (i) ag_init_exch",
            "isakmp received packet from a dport n sport n global (i) ag_init_exch",
            "%crypton-ikmp_mode_failure: processing of aggressive mode failed with peer at a",
            "%crypton-ikmp_ag_mode_disabled: unable to initiate or respond to aggressive mode while disabled",
            'isakmp deleting sa reason "no reason" state (i) ag_init_exch (peer a)',
            'isakmp deleting sa reason "death by retransmission p1" state (i) ag_init_exch (peer a)',
        ),
    ),
    (
        "XE prints two colons before the error counter whatever the reason is (seen with another reason)",
        (
            "isakmp : incrementing error counter on sa, attempt n of n: construct_fail_ag_init",
            "isakmp : incrementing error counter on sa, attempt n of n: reset_retransmission",
        ),
    ),
    (
        "XE 17 lab captures of refused IKEv2 policies",
        (
            f"ikev2 received {LABELLED} prf: alg integrity: alg dh group: alg",
            f"ikev2 expected {LABELLED} prf: alg integrity: alg dh group: alg",
            f"ikev2 expected {LABELLED} prf: alg dh group: alg",
            "ikev2 received policies: : failed to find a matching policyesp: proposal n: alg don't use esn",
            "ikev2 expected policies: : failed to find a matching policyesp: proposal n: alg don't use esn",
        ),
    ),
    (
        "public capture of an XE router whose CHILD_SA was refused, and the IKEv2 code that IOS shares with ASA",
        (
            "vid idr auth notify(no_proposal_chosen)",
            "vid idr auth notify(ts_unacceptable)",
            "ikev2 : there was no ipsec policy found for received ts",
            "ikev2 sending ts unacceptable notify",
            "ikev2 [ipsec -> ikev2] callback received for the validate proposal - failed.",
            "ikev2 : failed to receive the auth msg before the timer expired",
            "ikev2 retransmitting packet",
            "ikev2 process delete request from peer",
            "ikev2 processing delete info message for ikev2 sa [ispi: h rspi: h]",
            "ikev2 check for existing active sa",
            "ikev2 delete all ike sas",
        ),
    ),
    (
        "NAT in IKEv2: Cisco TechNote 115934",
        (
            "ikev2 nat inside found",
            "ikev2 nat outside found",
            "ikev2 nat detected float to init port n, resp port n",
        ),
    ),
)
ALLOWED = {known: source for source, shapes in SOURCES for known in shapes}


def shape(line: str) -> str:
    text = PREFIX.sub("", line.rstrip())
    for pattern, replacement in VALUES:
        text = pattern.sub(replacement, text)
    return text.strip().lower()


@cache
def real_shapes() -> frozenset[str]:
    files = [*SHARED.glob("cases/ios-*/*/*.txt"), *SHARED.glob("cases/recon-*/*/*.txt"), *SHARED.glob("seeds/*.txt")]
    found: set[str] = set()
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        found |= {shape(line) for line in text.splitlines()}
        # texts that a terminal has wrapped at a fixed width
        pairs = list(zip(text.splitlines(), text.splitlines()[1:], strict=False))
        found |= {shape(first + gap + second) for first, second in pairs for gap in ("", " ")}
    return frozenset(found)


def unknown_shapes(fault: Fault) -> set[str]:
    return {
        shape(line)
        for machine in played(fault)
        for entry in machine.router.log.entries
        for line in entry.splitlines()
        if line.strip() and shape(line) not in real_shapes()
    }


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_line_has_a_shape_of_its_own(fault: Fault) -> None:
    """A line whose wording no real text has is an invention, unless it is listed with its source."""
    if not SHARED.is_dir():
        pytest.skip("left out: comparing the emulated debugs with real ones (no ../shared beside this checkout)")
    assert unknown_shapes(fault) - set(ALLOWED) == set()


def test_every_exception_is_still_printed() -> None:
    """An allowed shape that nothing prints any more has to leave the list."""
    if not SHARED.is_dir():
        pytest.skip("left out: comparing the emulated debugs with real ones (no ../shared beside this checkout)")
    printed = set().union(*(unknown_shapes(fault) for fault in FAULTS))
    assert set(ALLOWED) - printed == set()


def _told(machine: Machine, part: str) -> list[str]:
    lines = [line for entry in machine.router.log.entries for line in entry.splitlines() if line.strip()]
    return [known for known in map(shape, lines) if part in known or known.startswith(part)]


@pytest.mark.parametrize(
    ("fault", "end", "case", "part"),
    [
        ("healthy-several-v1", 0, "recon-291/init/debug.txt", "isakmp"),
        ("healthy-several-v1", 1, "recon-291/resp/debug.txt", "isakmp"),
        ("healthy-map-v2", 0, "recon-246/sofia/debug.txt", "ikev2"),
        ("healthy-map-v2", 1, "recon-246/varna/debug.txt", "ikev2"),
        ("v1-psk-mismatch", 1, "recon-201/porto/debug.txt", "isakmp"),
        ("v1-selectors-wider", 0, "recon-228/basel/debug.txt", "isakmp"),
    ],
)
def test_lines_come_in_the_order_of_a_real_debug(fault: str, end: int, case: str, part: str) -> None:
    """Nearly every line of a comparable text stands in the same place: what is left are other vendor ids and policies."""
    path = SHARED / "cases" / case
    if not path.is_file():
        pytest.skip("left out: comparing the emulated debugs with real ones (no ../shared beside this checkout)")
    text = path.read_text(encoding="utf-8", errors="replace")
    real = [known for known in map(shape, text.splitlines()) if known.startswith(part)]
    machine = played(next(known for known in FAULTS if known.name == fault))[end]
    matcher = difflib.SequenceMatcher(None, real, _told(machine, part), autojunk=False)
    common = sum(block.size for block in matcher.get_matching_blocks())
    assert common / len(real) > 0.85, "\n".join(difflib.unified_diff(real, _told(machine, part), lineterm="", n=0))
