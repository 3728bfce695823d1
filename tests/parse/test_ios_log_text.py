"""Stamps, mangled text, syslog, unknown lines, and the shared cases where they are present."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import LogEvent
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.log import read_events
from ipsecbot.parse.read import Parsed

SHARED = Path(__file__).parents[2] / "../shared"
BODY = "ISAKMP:(1011): reserved not zero on ID payload!"


def read(text: str, at: datetime | None = None) -> Parsed[tuple[LogEvent, ...]]:
    return read_events(RawOutput(OutputKind.PASTED, "paste", text, at), "r9")


STAMPS = [
    ("*Mar  1 00:21:17.007: ", datetime(2000, 3, 1, 0, 21, 17, 7000)),
    (".Jun  8 19:14:38: ", datetime(2000, 6, 8, 19, 14, 38)),
    ("000123: Jun 20 2023 14:03:31.751 UTC: ", datetime(2023, 6, 20, 14, 3, 31, 751000, tzinfo=UTC)),
    ("2328304: Jun  8 19:14:38.051 GMT: ", datetime(2000, 6, 8, 19, 14, 38, 51000, tzinfo=UTC)),
    ("Feb 25 19:40:01.983 CET: ", datetime(2000, 2, 25, 19, 40, 1, 983000, tzinfo=timezone(timedelta(hours=1)))),
    ("*Feb  2 11:39:35KST: ", datetime(2000, 2, 2, 11, 39, 35, tzinfo=timezone(timedelta(hours=9)))),
    ("Apr 26 21:15:09.443 CST: ", datetime(2000, 4, 26, 21, 15, 9, 443000)),
    ("00:27:07: ", datetime(2000, 1, 1, 0, 27, 7)),
    ("1d02h: ", datetime(2000, 1, 2, 2)),
    ("2w3d: ", datetime(2000, 1, 18)),
    (
        "<189>Jan 1 19:12:19 edge.example.net 11815: Jan 1 2014 19:12:18.454 UTC: ",
        datetime(2014, 1, 1, 19, 12, 18, 454000, tzinfo=UTC),
    ),
    ("Feb 29 10:00:00: ", datetime(2000, 2, 29, 10)),
    ("", None),
]


@pytest.mark.parametrize(("stamp", "expected"), STAMPS)
def test_every_form_of_timestamp(stamp: str, expected: datetime | None) -> None:
    """Marks, sequence numbers, years, zones, uptimes and relays; a zone of several meanings stays out."""
    (event,) = read(stamp + BODY).value
    assert event.at == expected
    assert (event.at is None) or (event.at.tzinfo is None) == (expected is None or expected.tzinfo is None)


def test_a_missing_year_is_the_snapshot_s() -> None:
    """The snapshot's date fills in what the router leaves out."""
    (event,) = read(f"*Mar  1 00:21:17.007: {BODY}", datetime(2026, 5, 5)).value
    assert event.at == datetime(2026, 3, 1, 0, 21, 17, 7000)


LINE = (
    "*Jun  3 07:15:00.101: ISAKMP (0:134217730): received packet from 198.51.100.9 dport 500 sport 500 Global (R) MM_KEY_EXCH"
)


def wrapped(width: int) -> str:
    """The same line on a terminal of that width, often enough to be recognised."""
    return "\n".join(LINE[start : start + width] for start in range(0, len(LINE), width)) + "\n"


MANGLED = [
    (wrapped(80) * 3, 3),
    ("> " + LINE + "\n> " + LINE + "\n> " + LINE + "\n", 3),
    ("- " + LINE + "\n- " + LINE + "\n- " + LINE + "\n", 3),
    ("".join(f"  {number}. {LINE}\n" for number in range(9, 12)), 3),
    (LINE + LINE, 2),
    ("r9(config-if)#" + LINE, 1),
    (LINE.replace(" sport", "\nsport"), 1),
    (LINE.replace("received", "rec.eived"), 1),
    (LINE.replace(" ", "&nbsp;"), 1),
    ("\n\n".join([LINE] * 8), 8),
]


@pytest.mark.parametrize(("text", "count"), MANGLED)
def test_what_terminals_and_pages_do_to_a_line_is_undone(text: str, count: int) -> None:
    """Wrapped, quoted, numbered, glued, behind a prompt, broken by a ping, with hard spaces, double spaced."""
    parsed = read(text)
    assert [event.name for event in parsed.value if event.kind in (K.RECEIVED, K.REPEATED)] == ["MM5"] * count
    assert {event.remote for event in parsed.value} == {"198.51.100.9"}
    assert parsed.gaps == ()


SYSLOG = [
    ("%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 198.51.100.9 failed its sanity check or is malformed", K.UNDECRYPTABLE),
    ("%CRYPTO-5-IKMP_AG_MODE_DISABLED: Unable to initiate or respond to Aggressive Mode while disabled", K.MODE_REFUSED),
    ("%CRYPTO-5-IKMP_INVAL_CERT: Certificate received from 198.51.100.9 is bad: expired", K.CERTIFICATE_REFUSED),
    ("%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 198.51.100.9", K.FAILED),
    ("%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed connection id=4, sequence number=9", K.REPLAY),
    (
        "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=203.0.113.1, prot=50, "
        "spi=0xABCDEF01(2882400001), srcaddr=198.51.100.9, input interface=Gi1",
        K.INVALID_SPI,
    ),
    ("%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /203.0.113.1", K.UNPROTECTED),
    ("%CRYPTO-5-SESSION_STATUS: Crypto tunnel is DOWN.  Peer 198.51.100.9:500       Id: 198.51.100.9", K.DELETED),
    ("%CRYPTO-5-SESSION_STATUS: Crypto tunnel is UP  .  Peer 198.51.100.9:500       Id: 198.51.100.9", K.ESTABLISHED),
    ("%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is OFF", K.DAEMON_STOPPED),
    ("%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel7, changed state to down", K.LINK),
    ("%PKI-3-CERTIFICATE_REVOKED: Certificate chain validation has failed.", K.CERTIFICATE_REFUSED),
    ("%IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: Failed to find a matching policy", K.PROPOSAL_REFUSED),
    (
        "%CRYPTO-5-IPSEC_SETUP_FAILURE: IPSEC SETUP FAILED for local:203.0.113.1 local_id:a remote:198.51.100.9 remote_id:b "
        "IKE profile:x fvrf:None fail_reason:IPSec Proposal failure fail_class_cnt:2",
        K.PROPOSAL_REFUSED,
    ),
    ("%ASA-3-713902: Group = 198.51.100.9, IP = 198.51.100.9, QM FSM error (P2 struct &0xcc19ed48, mess id 0xfc16)!", K.FAILED),
]


@pytest.mark.parametrize(("line", "kind"), SYSLOG)
def test_syslog(line: str, kind: K) -> None:
    """One mnemonic, one event, with the addresses that the text names."""
    parsed = read(f"*Jun  3 07:15:00.101: {line}")
    assert [event.kind for event in parsed.value] == [kind]
    if "198.51.100.9" in line:
        assert parsed.value[0].remote == "198.51.100.9"
    assert parsed.gaps == ()


def test_unknown_ike_lines_are_gaps_of_one_shape_each() -> None:
    """A thousand lines that differ in numbers only are one gap that counts them; other logs and show output are none."""
    lines = [f"ISAKMP:(10{number:02}): frobnicating peer 10.0.0.{number % 250}" for number in range(100)]
    lines += ["%BGP-5-ADJCHANGE: neighbor 10.1.1.1 Up", "r9#show crypto isakmp sa", "dst   src   state   conn-id status"]
    lines += ["%CRYPTO-3-NEVER_SEEN: something new"]
    parsed = read("\n".join(lines))
    assert parsed.value == ()
    assert [(gap.line, gap.why) for gap in parsed.gaps] == [
        (1, "unknown IKE or IPsec message (100 lines like this)"),
        (104, "unknown IKE or IPsec message"),
    ]


def test_odd_input_never_raises() -> None:
    """Cut, shuffled and binary text gives events and gaps, no exception."""
    chance = random.Random(4)
    good = "\n".join([LINE, BODY, *(line for line, _ in SYSLOG)])
    letters = [chr(code) for code in range(1, 0x250)]
    for _ in range(150):
        start, stop = sorted(chance.sample(range(len(good)), 2))
        noise = "".join(chance.choices(letters, k=60))
        read(good[start:stop] + noise + good[: start // 2])
    read("ISAKMP:(0):life duration (VPI) of  0x0 0xZZ\nISAKMP: transform 1, ESP_FOO\nISAKMP:(0):atts are acceptable.")
    assert read("\x00\x01\x02").value == ()
    assert read("").value == ()


def test_time_grows_with_the_text_and_no_faster() -> None:
    """Eight times the text may take little more than eight times the time."""
    text = "\n".join([LINE, BODY] * 400)
    read(text)

    def seconds(copies: int) -> float:
        start = time.perf_counter()
        read("\n".join([text] * copies))
        return time.perf_counter() - start

    assert min(seconds(8) for _ in range(2)) < 24 * max(min(seconds(1) for _ in range(3)), 0.002)


# the shared cases: read in place, never copied


def case_texts() -> list[Path]:
    return sorted(path for pattern in ("ios-*", "recon-*") for path in (SHARED / "cases").glob(f"{pattern}/*/*.txt"))


def shared(path: str) -> Parsed[tuple[LogEvent, ...]]:
    file = SHARED / "cases" / path
    if not file.exists():
        pytest.skip(f"left out: {path} of the shared cases is not here")
    return read(file.read_text(errors="replace"))


def test_every_shared_case_is_read_without_an_unknown_line() -> None:
    """No exception and no gap in any text of the shared collection."""
    texts = case_texts()
    if not texts:
        pytest.skip("left out: the shared cases are not here")
    gaps = {str(path): read(path.read_text(errors="replace")).gaps for path in texts}
    assert {path: found for path, found in gaps.items() if found} == {}


FACTS = [
    ("ios-002/r2/debug.txt", K.TRANSFORM_REFUSED, "attribute", "encryption"),
    ("ios-044/r1/debug.txt", K.PROFILE_NOT_MATCHED, "ike_version", 2),
    ("recon-201/porto/debug.txt", K.UNDECRYPTABLE, "remote", "198.51.100.14"),
    ("recon-207/gw/a-debug.txt", K.TRANSFORM_REFUSED, "offered", "AES-CBC 128"),
    ("recon-216/lte/kiosk-debug.txt", K.NAT_DETECTED, "detail", "local"),
    ("recon-219/dc/vpn-debug.txt", K.SELECTORS_REFUSED, "context", "1019"),
    ("recon-225/kiosk/9-debug.txt", K.CREDENTIAL_MISSING, "context", "1006"),
    ("recon-231/cpe/60-debug.txt", K.NOTIFY_RECEIVED, "notify", "NO_PROPOSAL_CHOSEN"),
    ("recon-234/cisco2811/debug.txt", K.CONFIG_INCOMPLETE, "local", "192.0.2.30"),
    ("recon-249/dc/debug.txt", K.PROPOSAL_REFUSED, "context", "204:3"),
    ("recon-255/isr4k/debug.txt", K.AUTHENTICATION_FAILED, "remote", "198.51.100.125"),
    ("recon-258/ios33/debug.txt", K.NOTIFY_RECEIVED, "notify", "TS_UNACCEPTABLE"),
    ("recon-264/asr1001/log.txt", K.CONFIGURED, "ike_version", 2),
]


@pytest.mark.parametrize(("path", "kind", "field", "value"), FACTS)
def test_facts_of_shared_cases(path: str, kind: K, field: str, value: object) -> None:
    """The decisive fact of a real text is an event with the right field."""
    events = [event for event in shared(path).value if event.kind is kind]
    assert value in {getattr(event, field) for event in events}
