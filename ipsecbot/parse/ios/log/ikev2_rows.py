"""What `debug crypto ikev2` says, phrase by phrase; ASA's IKEv2-PROTO lines share most of it.

Sources: Cisco documents 115934 "IKEv2 packet exchange and protocol level debugging", 115935 "Debugs for site-to-site VPNs with
PSKs", FlexVPN troubleshooting notes, and debugs of IOS 15.2 to IOS XE 17 seen in the field.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.proposal import Protocol as P
from ipsecbot.parse.ios.log.rows import Row

WIRE: tuple[Row, ...] = (
    Row(r"(?:Sending|Received) Packet \[", step="packet"),
    # 15.1 and ASA: direction and addresses, SPIs, and the header in records of their own
    Row(r"(?P<way>Tx|Rx) \[L (?P<own>.+?)/R (?P<peer>.+?)(?:/VRF[^\]]*)?\]", step="heading"),
    Row(r"HDR\s?\[i:(?P<ispi>[0-9A-Fa-f]+) - r: ?(?P<rspi>[0-9A-Fa-f]+)\]", step="spis"),
    Row(r"IKEV2 HDR ispi"),
    Row(r"Next payload: \w+, version: [\d.]+\s+Exchange type: (?P<exchange>[A-Z_]+), flags: (?P<flags>.*)", step="header"),
    Row(r"Exchange type: (?P<exchange>[A-Z_]+), flags: (?P<flags>.*)", step="header"),
    Row(r"(?:SENT|RECV) PKT \["),
    Row(r"(?:Sending|Received) IKEv2 (?P<exchange>[A-Z_]+) Exchange (?P<way>REQUEST|RESPONSE)", step="trace"),
    Row(r"IKEv2 (?P<exchange>[A-Z_]+) Exchange Contains: (?P<payload>\w+)", step="trace_payload"),
    Row(r"Building packet for encryption\.?\s*(?:Payload contents:\s*(?P<payloads>.*))?", step="building"),
    Row(r"Retransmitting packet|Retransmit", step="retransmitting"),
    Row(r"Retransmitting", step="retransmitting"),
    Row(r"(?:Packet|Message|Request) is a retransmission", step="repeated"),
    Row(r"(?:Maximum|Exceeded|Max)\b.*retransmi", K.GAVE_UP),
    Row(r".*(?:maximum number of retransmissions|retransmission.*(?:limit|exceeded|timed? ?out))", K.GAVE_UP),
    Row(r"Failed to receive the AUTH msg before the timer expired", K.GAVE_UP, detail="IKE_AUTH never came"),
    Row(r"(?:Negotiation|Exchange) (?:context )?timed? ?out", K.GAVE_UP),
)

CHOOSING: tuple[Row, ...] = (
    Row(r"found matching IKEv2 profile '?(?P<detail>[^']+)'?", K.CONNECTION_SELECTED),
    Row(r"Found Policy '?(?P<detail>[^']+)'?"),
    Row(r"(?:Searching Policy with|Using the Default Policy|Getting configured policies|Verify peer's policy)"),
    Row(r"Peer's policy verified"),
    Row(r"Received Policies:?\s*(?P<policies>.*)", step="received_policies"),
    Row(r"Expected Policies:?\s*(?P<policies>.*)", step="expected_policies"),
    Row(r"(?:IKE|ESP|AH) Proposal: \d+, SPI size", step="own_proposal"),
    Row(r"Failed to find a matching policy", step="no_policy"),
    Row(r"Failed to verify the proposed policies", step="no_policy"),
    Row(r"(?:No|Unable to find|Could not find) (?:a )?(?:matching )?(?:IKEv2 )?policy", K.NO_CONNECTION),
    Row(r"(?:Failed to find|No) (?:a )?(?:matching )?IKEv2 polic(?:y|ies)", K.NO_CONNECTION),
    Row(r"(?:%\s*)?(?:IKEv2 )?[Pp]rofile (?:could not be found|not found)[\w .]*", K.PROFILE_NOT_MATCHED),
    Row(r"(?:Failed to find|No|Unable to find)(?: a)?(?: matching)?(?: IKEv2)? profile", K.PROFILE_NOT_MATCHED),
    Row(r"Failed to locate an item in the database", step="no_item"),
    Row(r"There was no IPSEC policy found for received TS", K.SELECTORS_REFUSED, protocol=P.ESP),
    Row(
        r"(?:Failed|Unable) to (?:find|match|narrow)[\w ]*(?:traffic selectors?|TS\b|proxy)",
        K.SELECTORS_REFUSED,
        protocol=P.ESP,
    ),
    Row(r"Sending (?:a )?TS[_ ]?unacceptable", K.SELECTORS_REFUSED, protocol=P.ESP, notify="TS_UNACCEPTABLE"),
    Row(r"Received (?:a )?TS[_ ]?unacceptable", K.NOTIFY_RECEIVED, notify="TS_UNACCEPTABLE"),
    Row(r"Received no proposal chosen notify", K.NOTIFY_RECEIVED, notify="NO_PROPOSAL_CHOSEN"),
    Row(r"Sending no proposal chosen notify", K.NOTIFY_SENT, notify="NO_PROPOSAL_CHOSEN"),
    Row(r"Received auth\w* fail\w* notify", K.NOTIFY_RECEIVED, notify="AUTHENTICATION_FAILED"),
    Row(r"Sending auth\w* fail\w* notify", K.NOTIFY_SENT, notify="AUTHENTICATION_FAILED"),
    Row(
        r"Sending invalid ke notification, peer sent group (?P<offered>\d+), local policy prefers group (?P<detail>\d+)",
        step="ke_refused",
    ),
    Row(
        r"Processing invalid ke notification, we sent group (?P<offered>\d+), peer prefers group (?P<detail>\d+)",
        step="ke_refused",
    ),
    Row(r"The peer's KE payload contained the wrong DH group"),
    Row(
        r"(?:\(SA ID = \d+\):\s*)?(?:\[IPsec -> IKEv2\] )?Callback received for the validate proposal - FAILED",
        step="child_invalid",
    ),
    Row(r"Processing (?P<exchange>IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA) message", step="processing"),
    Row(r"(?:\[IPsec -> IKEv2\] )?Callback received for the validate proposal - PASSED"),
    Row(r"IPSec policy validate request (?:sent|failed)"),
    Row(r".*(?:IKE|peer)[\w ]*(?:major )?version (?:mismatch|not supported|is not supported)", K.VERSION_REFUSED),
    Row(r"(?:Unsupported|Invalid|Incorrect) (?:IKE )?(?:major )?version", K.VERSION_REFUSED),
)

AUTHENTICATION: tuple[Row, ...] = (
    Row(r"Matched peer block '?(?P<detail>[^']+)'?", K.KEY_FOUND),
    Row(r"Getting preshared key (?:from|by)"),
    Row(r"(?:Get|Use|Looking up|Look up) (?:peer's |my )?pre-?shared key"),
    Row(
        r"(?:No|Failed to (?:get|find|retrieve)|Unable to (?:get|find)|Could not (?:get|find))[\w' ]*"
        r"(?:pre-?shared key|keyring|peer block)",
        K.KEY_MISSING,
    ),
    Row(r"(?:pre-?shared key|psk)[\w ]* (?:not found|not configured|unavailable|missing)", K.KEY_MISSING),
    Row(r"No (?:matching )?(?:pre-?shared key|psk|keyring|key)\b", K.KEY_MISSING),
    Row(r"Constructing ID(?P<which>[ir]) payload: '(?P<identity>.*?)' of type '(?P<id_type>[^']+)'", step="identity_sent"),
    Row(
        r"Searching policy based on peer's identity '(?P<identity>.*?)' of type '(?P<id_type>[^']+)'", step="identity_received"
    ),
    Row(r"(?:Peer|My)(?:'s)? authentication method is '?(?P<detail>\w+)'?"),
    Row(r"Get (?:my|peer's) authentication method"),
    Row(r"(?:Generate|Verify) (?:my|peer's) authentication data"),
    Row(r"Verification of peer's auth\w* data PASSED", K.AUTHENTICATED),
    Row(r"Verification of peer's auth\w* data FAILED", K.AUTHENTICATION_FAILED),
    Row(r"Failed to authenticate the IKE SA", K.AUTHENTICATION_FAILED),
    Row(r"Verify auth failed", K.AUTHENTICATION_FAILED),
    Row(r"(?:IKEv2 )?authentication data generation FAILED", K.CREDENTIAL_MISSING),
    Row(r"(?:Authentication|Auth) method (?:mismatch|not supported|does not match)[\w ]*", K.AUTH_METHOD_REFUSED),
    Row(r".*authentication method.*(?:mismatch|not match|not (?:allowed|configured|supported))", K.AUTH_METHOD_REFUSED),
    Row(r"Peer ID check failed", K.IDENTITY_REFUSED),
    Row(r"(?:Peer )?identity (?:mismatch|does not match|validation failed)", K.IDENTITY_REFUSED),
    Row(r"Verify cert failed", K.CERTIFICATE_REFUSED),
    Row(r"(?:Verification of|Validation of) (?:peer's )?cert\w*[\w ]* FAILED", K.CERTIFICATE_REFUSED),
    Row(r"(?:Certificate|Cert)\w* (?:chain )?(?:validation|verification)[\w ]* fail", K.CERTIFICATE_REFUSED),
    Row(r"Unsupported cert encoding", K.CERTIFICATE_REFUSED),
    Row(r"(?:No|Failed to (?:find|get|retrieve)) (?:a |my )?(?:certificate|trustpoint|private key|cert)", K.CREDENTIAL_MISSING),
    Row(r"EAP (?:authentication|exchange)? ?fail", K.USER_AUTH_FAILED),
    Row(r"(?:AAA|EAP)[\w -]* (?:failed|rejected|denied)", K.USER_AUTH_FAILED),
    Row(r"Received failure from (?:external )?EAP authenticator", K.USER_AUTH_FAILED),
)

LIFE: tuple[Row, ...] = (
    Row(r"NAT not found"),
    Row(r"NAT INSIDE found", K.NAT_DETECTED, detail="local"),
    Row(r"NAT OUTSIDE found", K.NAT_DETECTED, detail="remote"),
    Row(r"NAT (?:found|detected)[\w ,]*both", K.NAT_DETECTED, detail="both"),
    Row(r"NAT (?:found|detected)[\w ,]*(?:peer|remote|outside)", K.NAT_DETECTED, detail="remote"),
    Row(r"NAT (?:found|detected)", K.NAT_DETECTED, detail="local"),
    Row(r"NAT(?:-T| discovery)"),
    Row(r"Session with IKE ID PAIR ?\((?P<peer>[^,]*?) ?, (?P<own>[^)]*)\) is UP", step="up"),
    Row(r"(?:\[IPsec -> IKEv2\] )?Creation of IPsec SA into IPsec database PASSED", step="child_up"),
    Row(r"(?:\[IPsec -> IKEv2\] )?Creation of IPsec SA into IPsec database FAILED", K.FAILED, protocol=P.ESP),
    Row(r"Sending DELETE INFO message for (?P<what>IKEv2|IPsec) SA \[(?P<spis>[^\]]*)\]", step="delete_sent"),
    Row(r"Processing DELETE INFO message for (?P<what>IKEv2|IPsec) SA \[(?P<spis>[^\]]*)\]", step="delete_received"),
    Row(r"Process delete request from peer"),
    Row(r"Queuing IKE SA delete request reason: (?P<detail>.*)", step="deleting"),
    Row(r"Deleting SA", step="deleted"),
    Row(r"Delete all IKE SAs"),
    Row(r"Auth exchange failed", step="failed", detail="IKE_AUTH"),
    Row(r"Initial exchange failed", step="failed", detail="IKE_SA_INIT"),
    Row(r"Failed SA init exchange", step="failed", detail="IKE_SA_INIT"),
    Row(r"Create child exchange failed", step="failed", detail="CREATE_CHILD_SA"),
    Row(r"Platform errors", K.FAILED, detail="platform error"),
    Row(r"A supplied parameter is incorrect", K.FAILED),
    Row(r"Unsupported (?P<detail>.*)", K.ALGORITHM_UNSUPPORTED),
    Row(r"Address type \d+ not supported", K.FAILED),
    Row(r"Detected an invalid IKE SPI", K.INVALID_SPI, protocol=P.IKE),
    Row(r"Couldn't find matching SA", K.INVALID_SPI, protocol=P.IKE),
    Row(r"(?:Detected|DPD).*(?:dead|no response|not respond|timed? ?out|fail)", K.PEER_SILENT),
    Row(r"Peer (?:is )?(?:dead|not respond\w*)", K.PEER_SILENT),
    Row(r"(?:Failed|Error)[\w ]* (?:allocate|assign)[\w ]* address", K.ADDRESS_REFUSED),
    Row(r"(?:Maximum|Max|limit)[\w ]*(?:SAs?|sessions?|negotiations?)[\w ]* (?:reached|exceeded)", K.RESOURCE_LIMIT),
    Row(r"(?:IKEV2 )?SA rekey\w* (?:completed|done|successful)", K.REKEYED),
)

# Every step of a healthy negotiation.
SILENT: tuple[Row, ...] = tuple(
    Row(pattern)
    for pattern in (
        r"\[(?:IKEv2|Crypto Engine|PKI|IPsec|IKEv2 ) ?->",
        r"Request queued for",
        r"(?:Generating|Processing|Process|Validating|Checking|Check|Completed|Starting|Stopping|Insert|Load|Abort) ",
        r"Abort exchange",
        r"Verify SA init message",
        r"Verify (?:my|cert)",
        r"(?:No|Have|Config|Attrib|No data|Set)[ -](?:config|mode|data|type|duplicate|received)",
        r"(?:IKEv2 )?(?:initiator|responder) - (?:no )?config data",
        r"IKEV2 SA created",
        r"IKEv2 (?:initiator|responder|MIB)",
        r"No duplicate IKEv2 SA",
        r"(?:Config|Attrib|Have config|No config|Sending config|Parsing config|Allocated|Accounting|AAA)\b",
        r"SM Trace",
        r"(?:Next payload|Message id|Payload contents|Got a packet|Sending initial message|Sending auth message)",
        r"(?:New ikev2 sa request admitted|Incrementing|Decrementing|Choosing IKE profile|Setting configured policies)",
        r"(?:Opening|Action|Event|CurState|Adding|Updating|Calculating|Computing|Constructing|Parse|Parsing|Successfully)\b",
        r"(?:Received|Sending) (?:valid|cookie|keepalive|DPD|ack)",
        r"attempting to find tunnel group|mapped to tunnel group|tg_name|tunn grp|\(\d+\) (?:tg_name|tunn)",
        r"Peer ID check(?: started|: failed)",
        r"retrieving SAN",
        r"(?:Use|Using|Fragment|IKEv2 fragmentation|REAL Decrypted)\b",
    )
)

IKEV2_ROWS = (*WIRE, *CHOOSING, *AUTHENTICATION, *LIFE, *SILENT)
