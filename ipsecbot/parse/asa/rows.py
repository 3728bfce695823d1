"""What ASA says, as rows: IKEv1 debug and syslog share one text, syslog about IKEv2 has its own.

Source: Cisco ASA Series Syslog Messages (402…, 602…, 713…, 717…, 750…, 751…, 752…), Cisco TechNotes 113574 and 113595 (IKEv1
debugs of main and aggressive mode). Groups name the fields of the event; `step` names the method that keeps the state for it.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.proposal import Protocol as P
from ipsecbot.parse.ios.log.rows import Row

# The text behind `Group = …, Username = …, IP = …,` of `[IKEv1]:` and `%ASA-x-713nnn:`.
IKEV1: tuple[Row, ...] = (
    Row(
        r"IKE_DECODE (?P<way>SENDING|RECEIVED|RESENDING) Message \(msgid=(?P<msgid>[0-9a-f]{1,8})\) with payloads\s*:"
        r"\s*(?P<payloads>.*)",
        step="message",
    ),
    Row(r"IKE Initiator: New Phase 1\b", step="initiates"),
    Row(r"IKE Initiator: (?:New|Rekeying) Phase 2\b", step="initiates_child"),
    Row(r"IKE (?P<role>Initiator|Responder) starting QM: msg id = (?P<msgid>[0-9a-f]{1,8})", step="child"),
    Row(r"PHASE 1 COMPLETED", step="phase1_up"),
    Row(r"PHASE 2 COMPLETED", step="phase2_up"),
    Row(
        r"Security negotiation complete for .*?(?P<role>Initiator|Responder), Inbound SPI = 0x(?P<spi_in>[0-9a-f]+), "
        r"Outbound SPI = 0x(?P<spi_out>[0-9a-f]+)",
        step="phase2_up",
    ),
    Row(r"(?:Duplicate (?:Phase [12] |first )?packet detected|Duplicate Phase)", K.REPEATED),
    Row(r"P[12] Retransmit msg dispatched", step="retransmitted"),
    Row(
        r"IKE (?P<mode>MM|AM|QM) (?P<role>Initiator|Responder) FSM error history.*?<state>, <event>:\s*(?P<history>.*)",
        step="history",
    ),
    Row(r"Connection landed on tunnel_group (?P<detail>\S+)", K.CONNECTION_SELECTED),
    Row(
        r"(?:Automatic )?NAT Detection Status:\s+Remote end\s*(?P<remote_nat>IS|is)?(?:\s*(?:is )?NOT)? behind a NAT device\s+"
        r"This\s+end\s*(?P<local_nat>IS|is)?(?:\s*(?:is )?NOT)? behind a NAT device",
        step="nat",
    ),
    # phase 1
    Row(r"(?:Oakley proposal is acceptable|IKE SA Proposal # \d+, Transform # \d+ acceptable)", step="accepted"),
    Row(r"All SA proposals found unacceptable", K.PROPOSAL_REFUSED, protocol=P.IKE),
    Row(
        r"Phase (?P<phase>[12]) failure:\s+Mismatched (?:attribute|transform-IDs|transform|protocol)\w* types? for class "
        r"(?P<what>[\w -]+?):\s+Rcv'd: (?P<offered>.*?)\s+Cfg'd: (?P<accepted>.*)",
        step="mismatch",
    ),
    Row(r"ERROR, had problems decrypting packet, probably due to mismatched pre-shared key", K.UNDECRYPTABLE),
    Row(r"Received encrypted Oakley \w+ Mode packet with invalid payloads", K.UNDECRYPTABLE),
    Row(r"Can't find a valid tunnel group", step="no_group"),
    Row(r"Received ISAKMP Aggressive Mode message 1 with unknown tunnel group name '?(?P<detail>[^']*)", K.NO_CONNECTION),
    Row(r"No (?:matching )?(?:tunnel|Group|group)[ -].*(?:found|configured)", K.NO_CONNECTION),
    Row(r"(?:No|Error, no|Unable to find) (?:preshared|pre-shared) key", K.KEY_MISSING),
    Row(r"No crypto map bound to interface", K.CONFIG_INCOMPLETE, protocol=P.ESP),
    Row(r"(?:Aggressive Mode|IKE Aggressive Mode)\b.*(?:disabled|not (?:allowed|enabled))", K.MODE_REFUSED),
    Row(r"(?:Peer Identity|Peer ID|ID) (?:check|validation) failed", K.IDENTITY_REFUSED),
    Row(r"(?:Remote peer has failed user authentication|Authentication rejected)", K.USER_AUTH_FAILED),
    Row(r".*(?:certificate|Certificate)[\w ]* (?:expired|has expired)", K.CERTIFICATE_REFUSED, attribute="expired"),
    Row(r".*[Cc]ertificate[\w ]* revoked", K.CERTIFICATE_REFUSED, attribute="revoked"),
    Row(r"(?:Unable to validate|Failed to validate|Could not validate) .*certificate", K.CERTIFICATE_REFUSED),
    # phase 2
    Row(r"All IPSec SA proposals found unacceptable", K.PROPOSAL_REFUSED, protocol=P.ESP),
    Row(
        r"Rejecting IPSec tunnel: no matching crypto map entry for remote proxy (?P<remote_proxy>\S+) "
        r"local proxy (?P<local_proxy>\S+)",
        step="selectors_refused",
    ),
    Row(
        r"(?:.*\W)?(?:[Pp]roxy|PROXY) (?:ID|[Ii]dentit(?:y|ies))\W+(?:mismatch|MISMATCH|not supported)",
        K.SELECTORS_REFUSED,
        protocol=P.ESP,
    ),
    Row(r"Crypto Map Policy not found for Session Type", K.SELECTORS_REFUSED, protocol=P.ESP),
    Row(
        r"(?:Static Crypto Map [Cc]heck|Skipping dynamic map|Mismatch: Overriding|Overriding Initiator's|IKE: requesting SPI|"
        r"Starting phase 1 rekey|Adding static route|NP encrypt rule|Add to IKEv1|Loading (?:all|subnet|host))"
    ),
    Row(
        r"Received (?P<end>remote|local) (?:IP )?Proxy (?:Subnet|Host|Range)[\w ]* in ID Payload:\s+"
        r"Address (?P<address>[^\s,]+),(?: Mask (?P<mask>[^\s,]+),)? ?Protocol (?P<protocol_number>\d+), Port (?P<port>\d+)",
        step="proxy",
    ),
    Row(r"(?:Tunnel|Encapsulation) [Mm]ode mismatch|.*Mismatched? encapsulation", K.ENCAPSULATION_REFUSED, protocol=P.ESP),
    Row(r"QM FSM error \(P2 struct .*?mess id (?:0x)?(?P<msgid>[0-9a-f]{1,8})\)", step="child_failed"),
    # notifies and the end
    Row(r"Received non-routine Notify message: (?P<words>.*?)\s*\((?P<number>\d+)\)", step="notified"),
    Row(r"Received an un-encrypted (?P<notify>[A-Z_]+) notify message", step="notified_in_clear"),
    Row(r"Sending (?:.*)?notify (?:message|payload)(?:.*?: (?P<notify>[A-Z_]{6,}))?", None),
    Row(r"IKE lost contact with remote peer", K.PEER_SILENT),
    Row(r"Connection terminated for peer \S+\s+Reason: Peer Terminate", K.DELETE_RECEIVED, protocol=P.IKE),
    Row(r"Cannot obtain an IP address for remote peer", K.ADDRESS_REFUSED),
    Row(r"Session (?:is being torn down|disconnected).*?Reason: (?P<reason>.*)", step="ended"),
    Row(r"(?:IKE SA|IKE session|Connection) .*terminat\w+.*?(?:Reason|reason|for peer).*?[:.]?\s*(?P<reason>.*)", step="ended"),
    Row(r"Received (?:IKE )?(?:delete|Delete).*|Connection terminated for peer .*Reason: Peer Terminate", K.DELETE_RECEIVED),
    # known, and of no consequence
    Row(
        r"(?:constructing|processing|generating|computing|construct|process|sending|send|pitcher|"
        r"received (?!non|an un|remote|local)|ike peer included|oakley (?:constructing|proposal)|ike sa proposal|"
        r"ipsec sa proposal|proposal|transform|claims|hash|dumping|"
        r"peer negotiated|keep-?alive|starting (?:p1|p2)|removing peer|error: unable to remove|error processing payload|"
        r"information exchange processing failed|header invalid|freeing|ikegetuser|tunnel group|ike got|ike received response|"
        r"responding to|active unit|sa lock|ike deleting|matched|mode config|assigned|obtained|client type|sent|"
        r"automatic|discovered|validating|rsa signature|dpd|selecting only|assigning|peer certificate|found phase 1|"
        r"overriding|no valid|building|deleting|unknown|need|ack|fragment|nat-|quick mode|xauth|user|lan-to-lan|aaa)",
    ),
)

# Number of a Notify message (RFC 2408 section 3.14.1) as the debug prints it.
NOTIFIES: dict[int, str] = {
    1: "INVALID_PAYLOAD_TYPE",
    2: "DOI_NOT_SUPPORTED",
    4: "INVALID_COOKIE",
    7: "INVALID_EXCHANGE_TYPE",
    8: "INVALID_FLAGS",
    9: "INVALID_MESSAGE_ID",
    10: "INVALID_PROTOCOL_ID",
    11: "INVALID_SPI",
    12: "INVALID_TRANSFORM_ID",
    13: "ATTRIBUTES_NOT_SUPPORTED",
    14: "NO_PROPOSAL_CHOSEN",
    15: "BAD_PROPOSAL_SYNTAX",
    16: "PAYLOAD_MALFORMED",
    17: "INVALID_KEY_INFORMATION",
    18: "INVALID_ID_INFORMATION",
    19: "INVALID_CERT_ENCODING",
    20: "INVALID_CERTIFICATE",
    22: "INVALID_CERT_AUTHORITY",
    23: "INVALID_HASH_INFORMATION",
    24: "AUTHENTICATION_FAILED",
    25: "INVALID_SIGNATURE",
    28: "CERTIFICATE_UNAVAILABLE",
}

# What `Mismatched attribute types for class …` names.
CLASSES: tuple[tuple[str, str], ...] = (
    ("encryption", "encryption"),
    ("key length", "key-length"),
    ("hash", "integrity"),
    ("auth method", "auth"),
    ("authentication alg", "integrity"),
    ("group", "dh"),
    ("life", "lifetime"),
    ("encapsulation", "mode"),
)

# Why a session ended (113019, 713259): `crypto map policy not found` and the like.
REASONS: tuple[Row, ...] = (
    Row(r"crypto map policy not found", K.SELECTORS_REFUSED, protocol=P.ESP),
    Row(r"Phase 2 (?:Mismatch|Error)", K.FAILED, protocol=P.ESP),
    Row(r"(?:Lost Service|Lost Carrier|peer lost|DPD)", K.PEER_SILENT),
    Row(r"Idle Time", K.IDLE),
    Row(r"IP Address assignment failure", K.ADDRESS_REFUSED),
    Row(r"(?:Peer Terminate|Peer Address Changed|IKE Delete|peer request|Peer requested)", K.DELETE_RECEIVED, protocol=P.IKE),
    Row(r"(?:Authentication|Auth) ", K.USER_AUTH_FAILED),
    Row(r".*", K.DELETED, protocol=P.IKE),
)

# `IKEv2 …` behind `Local:… Remote:… Username:…` (750…, 751…).
IKEV2: tuple[Row, ...] = (
    Row(r"(?:IKEv2 )?Received request to establish an IPsec tunnel", step="v2_initiates"),
    Row(r"(?:IKEv2 )?Received a IKE_INIT_SA request", step="v2_responds"),
    Row(r"(?:IKEv2 )?SA UP", step="v2_up"),
    Row(r"(?:IKEv2 )?SA DOWN\. Reason: (?P<reason>.*)", step="ended"),
    Row(r"(?:IKEv2 )?Negotiation aborted due to ERROR: (?P<reason>.*)", step="v2_aborted"),
    Row(
        r"(?:IKEv2 )?Tunnel rejected: Crypto Map Policy not found for remote traffic selector (?P<remote_proxy>\S+) "
        r"local traffic selector (?P<local_proxy>\S+)",
        step="selectors_refused",
    ),
    Row(r".*No preshared key", K.KEY_MISSING),
    Row(r".*(?:No (?:remote|local) authentication method)", K.AUTH_METHOD_REFUSED),
    Row(r".*[Cc]ertificate authentication failed", K.CERTIFICATE_REFUSED),
    Row(r".*(?:user authentication|EAP)[\w ]*(?:failed|failure)|.*Failed user auth", K.USER_AUTH_FAILED),
    Row(r".*licen[cs]e", K.RESOURCE_LIMIT),
    Row(r".*(?:peer not found|no longer responding|Need to send a DPD)"),
)

# `Negotiation aborted due to ERROR: …`
ABORTS: tuple[Row, ...] = (
    Row(r"Failed to find a matching policy", K.PROPOSAL_REFUSED, protocol=P.IKE),
    Row(r"Received no proposal chosen notify", K.NOTIFY_RECEIVED, notify="NO_PROPOSAL_CHOSEN"),
    Row(r"There was no IPSEC policy found for received TS", K.SELECTORS_REFUSED, protocol=P.ESP),
    Row(r"(?:Failed to authenticate the IKE SA|Auth exchange failed|.*authentication failed)", K.AUTHENTICATION_FAILED),
    Row(r"Maximum number of retransmissions reached", K.GAVE_UP),
    Row(r"The peer's KE payload contained the wrong DH group", K.KE_REFUSED, attribute="dh"),
    Row(r"Create child exchange failed", K.FAILED, protocol=P.ESP),
    Row(r".*", K.FAILED),
)

# Messages that name no peer in front: by number, without the severity.
NUMBERED: dict[str, tuple[Row, ...]] = {
    # PIX 6: what later releases say as 402114 to 402117
    "402101": (
        Row(
            r"decaps: rec'd IPSEC packet has invalid spi for destaddr=\s*(?P<local>[0-9A-Fa-f.:]+).*?"
            r"spi=\s*(?:0x)?(?P<spi>[0-9A-Fa-f]+)",
            K.INVALID_SPI,
            protocol=P.ESP,
        ),
        Row(r".*invalid spi", K.INVALID_SPI, protocol=P.ESP),
    ),
    "402103": (Row(r".*?src_addr=\s*(?P<remote>[0-9A-Fa-f.:]+)|.*", K.VERIFY_FAILED, protocol=P.ESP),),
    "402106": (Row(r".*?src_addr=\s*(?P<remote>[0-9A-Fa-f.:]+)|.*", K.UNPROTECTED, protocol=P.ESP),),
    "402114": (
        Row(
            r".*?SPI\s*=\s*0x(?P<spi>[0-9A-Fa-f]+).*? from (?P<remote>\S+) .*?to (?P<local>[0-9A-Fa-f.:]+).*invalid SPI",
            K.INVALID_SPI,
            protocol=P.ESP,
        ),
    ),
    # what came out of the SA is not what the SA protects: the other end's list permits more
    "402116": (
        Row(r".*? from (?P<remote>[0-9A-Fa-f.:]+).*doesn't match the negotiated policy", K.SELECTORS_REFUSED, protocol=P.ESP),
        Row(r".*? from (?P<remote>[0-9A-Fa-f.:]+)", K.VERIFY_FAILED, protocol=P.ESP),
    ),
    "402117": (Row(r".*? from (?P<remote>[0-9A-Fa-f.:]+)", K.UNPROTECTED, protocol=P.ESP),),
    "402119": (Row(r".*? from (?P<remote>[0-9A-Fa-f.:]+)", K.REPLAY, protocol=P.ESP),),
    "402120": (Row(r".*? from (?P<remote>[0-9A-Fa-f.:]+)", K.VERIFY_FAILED, protocol=P.ESP),),
    "602303": (Row(r".*"),),
    "602304": (Row(r".*between (?P<local>\S+) and (?P<remote>[0-9A-Fa-f.:]+)", K.DELETED, protocol=P.ESP),),
    "717009": (
        Row(r".*(?:expired|not yet valid|validity)", K.CERTIFICATE_REFUSED, attribute="expired"),
        Row(r".*revoked", K.CERTIFICATE_REFUSED, attribute="revoked"),
        Row(r".*(?:CRL|OCSP|revocation)", K.CERTIFICATE_REFUSED, attribute="no-crl"),
        Row(r".*", K.CERTIFICATE_REFUSED, attribute="untrusted"),
    ),
    "737007": (Row(r".*Local pool request failed", K.ADDRESS_REFUSED),),
    "737013": (Row(r".*"),),
    "113005": (Row(r"AAA user auth\w* Rejected", K.USER_AUTH_FAILED),),
    "113015": (Row(r".*", K.USER_AUTH_FAILED),),
    "752012": (Row(r"(?P<detail>IKEv[12]) was unsuccessful", K.FAILED),),
    "752015": (Row(r".*", K.FAILED),),
}
NUMBERED["717027"] = NUMBERED["717009"]
