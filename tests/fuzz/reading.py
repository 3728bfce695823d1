"""Every reader of pasted text as one table, and the lines and shapes that are thrown at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.ladder.climb import climb
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.parse.detect import detect, unread
from ipsecbot.parse.endpoint import HOST_CONFIG, READERS, read_endpoint
from ipsecbot.parse.ios.log import read_events as read_ios_log
from ipsecbot.parse.libreswan.log import read_events as read_pluto_log
from ipsecbot.parse.paste.repair import repair
from ipsecbot.parse.strongswan.log import read_events as read_charon_log

KEY = KeyedFingerprinter(b"f" * 32)
CASES = Path(__file__).parents[2] / "../shared/cases"
LOGS = (OutputKind.LOG, OutputKind.DEBUG, OutputKind.LOGGING)

IOS_LINES = """\
*Mar  1 00:21:17.007: ISAKMP:(0): SA request profile is (NULL)
*Mar  1 00:21:17.011: ISAKMP:(0):found peer pre-shared key matching 192.0.2.9
000123: *Mar  1 00:21:17.015: ISAKMP:(0): sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
*Mar  1 00:21:17.019: ISAKMP (0:2): received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_NO_STATE
*Mar  1 00:21:17.023: ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_I_MM2
*Mar  1 00:21:17.027: ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
*Mar  1 00:21:17.031: ISAKMP:      life duration (VPI) of  0x0 0x1 0x51 0x80
*Mar  1 00:21:17.035: ISAKMP:(0):atts are not acceptable. Next payload is 0
*Mar  1 00:21:17.039: ISAKMP:(1007):beginning Quick Mode exchange, M-ID of -1234567890
*Mar  1 00:21:17.043: ISAKMP: set new node 0 to QM_IDLE
*Mar  1 00:21:17.047: IPSEC(validate_proposal_request): proposal part #1,
  (key eng. msg.) INBOUND local= 203.0.113.1:0, remote= 192.0.2.9:0,
    local_proxy= 10.1.0.0/255.255.0.0/256/0, remote_proxy= ::/0/256/0,
        inbound SA from 192.0.2.9 to 203.0.113.1 (f/i)  0/ 0
        has spi 0xDEADBEEF and conn_id 0
*Mar  1 00:21:17.051: IKEv2:(SESSION ID = 5,SA ID = 1):Received Packet [From 192.0.2.9:500/To 203.0.113.1:500/VRF i0:f0]
Payload contents: SA KE N VID NOTIFY(NAT_DETECTION_SOURCE_IP)
IKEv2-ERROR:(SESSION ID = 5,SA ID = 1):: Failed to find a matching policy
%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=203.0.113.1, prot=50, spi=0x1(1)
%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Informational mode failed with peer at 192.0.2.9
R1#show crypto isakmp sa
dst             src             state          conn-id status
192.0.2.9       203.0.113.1     MM_NO_STATE          0 ACTIVE (deleted)
    Crypto map tag: VPN, local addr 203.0.113.1
   local  ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/0/0)
    #pkts encaps: 12, #pkts encrypt: 13, #pkts digest: 14
Success rate is 0 percent (0/5)
crypto isakmp policy 10
 encryption aes 256
crypto isakmp key 0 hello-there address 192.0.2.9
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto map VPN 10 ipsec-isakmp
 set peer 192.0.2.9
 match address 101
access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
""".splitlines()
HOST_LINES = """\
Jun  3 10:00:00 gw charon: 05[IKE] <office|1> initiating IKE_SA office[1] to 192.0.2.9
2024-06-06T18:26:36 05[ENC] <office|1> generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(FRAG_SUP) ]
05[NET] <office|1> sending packet: from 203.0.113.1[500] to 192.0.2.9[500] (464 bytes)
05[NET] <1> received packet: from 192.0.2.9[500] to 203.0.113.1[500] (36 bytes)
05[ENC] <1> parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]
05[IKE] <1> received NO_PROPOSAL_CHOSEN notify error
05[CFG] <1> selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
05[CFG] proposing traffic selectors for us:
05[CFG]  10.1.0.0/16
05[IKE] <office|1> CHILD_SA net{1} established with SPIs c1234567_i c7654321_o and TS 10.1.0.0/16 === 10.2.0.0/16
Jun  3 10:00:00 gw pluto[812]: "office" #1: STATE_MAIN_I1: initiate
Jun  3 10:00:00 gw pluto[812]: "office"[3] 192.0.2.9 #4: no acceptable Oakley Transform
packet from 192.0.2.9:500: initial Main Mode message received on 203.0.113.1:500 but no connection has been authorized
002 "office" #2: initiating Quick Mode PSK+ENCRYPT+TUNNEL {using isakmp#1 msgid:1}
office: #1, ESTABLISHED, IKEv2, 0123456789abcdef_i* fedcba9876543210_r
  local  'gw' @ 203.0.113.1[4500]
Security Associations (1 up, 0 connecting):
PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data.
3 packets transmitted, 0 received, 100% packet loss, time 2031ms
connections {
  office { remote_addrs = 192.0.2.9
    children { net { local_ts = 10.1.0.0/16 } } } }
secrets { ike-1 { secret = "hello there" } }
conn office
    left=203.0.113.1
    right=192.0.2.9
192.0.2.9 203.0.113.1 : PSK "hello there"
default via 203.0.113.254 dev eth0
""".splitlines()
LINES = (*IOS_LINES, *HOST_LINES)


def case_lines(most: int) -> list[str]:
    """Lines of the shared cases, evenly picked; none where they are not there."""
    files = [path for path in sorted(CASES.rglob("*")) if path.is_file() and path.suffix not in (".yaml", ".md")]
    lines = [line for path in files for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return lines[:: max(1, len(lines) // most)]


def _log(read: Callable[[RawOutput, str], object]) -> Callable[[str], object]:
    return lambda text: read(RawOutput(OutputKind.LOG, "log", text), "r1")


def _of_kind(platform: Platform, kind: OutputKind) -> Callable[[str], object]:
    return lambda text: read_endpoint(Snapshot(Device("r1", platform), None, (RawOutput(kind, "text", text),)))


def _readers() -> dict[str, Callable[[str], object]]:
    found: dict[str, Callable[[str], object]] = {
        "repair": repair,
        "redact": lambda text: redact(text, None, KEY),
        "detect": lambda text: (detect(text, "f"), unread(text, "f", "r1")),
        "ios log": _log(read_ios_log),
        "charon log": _log(read_charon_log),
        "pluto log": _log(read_pluto_log),
    }
    for platform, rows in READERS.items():
        kinds = {kind for kind, _ in rows} - set(LOGS) | {OutputKind.SURROUNDINGS}
        kinds |= {OutputKind.RUNNING_CONFIG} if platform is Platform.CISCO_IOS else set(HOST_CONFIG)
        found |= {f"{platform.value} {kind.value}": _of_kind(platform, kind) for kind in sorted(kinds)}
    return found


READ = _readers()


def climbed(text: str) -> object:
    """The ladder of everything that any of the three log engines finds in a text."""
    output = RawOutput(OutputKind.LOG, "log", text)
    return [climb(read(output, "r1").value) for read in (read_ios_log, read_charon_log, read_pluto_log)]
