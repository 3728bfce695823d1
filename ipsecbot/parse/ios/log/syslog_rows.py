"""Syslog messages about IPsec, by mnemonic.

Source: Cisco IOS System Message Guide (CRYPTO, IKEV2, IPSEC, PKI, LINEPROTO).
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.proposal import Protocol as P
from ipsecbot.parse.ios.log.rows import Row

_PEER = r".*?(?:peer(?: at)?|from|Peer)\s+(?P<remote>[0-9A-Fa-f.:]+)"

# Facility and mnemonic without the severity → rows for the text; the first that matches wins.
SYSLOG: dict[str, tuple[Row, ...]] = {
    "CRYPTO-IKMP_BAD_MESSAGE": (Row(r"IKE message from (?P<remote>\S+)", K.UNDECRYPTABLE),),
    "CRYPTO-IKMP_NOT_ENCRYPTED": (Row(r"IKE packet from (?P<remote>\S+)", K.UNDECRYPTABLE),),
    "CRYPTO-IKMP_CRYPT_FAILURE": (Row(r".*?peer at (?P<remote>\S+)|.*", K.UNDECRYPTABLE),),
    "CRYPTO-IKMP_UNDECRYPTABLE": (Row(_PEER + r"|.*", K.UNDECRYPTABLE),),
    "CRYPTO-IKMP_NO_PRESHARED_KEY": (
        Row(r".*?(?:from|at|for|peer)\s+(?P<remote>[0-9A-Fa-f.:]+\b)", K.KEY_MISSING),
        Row(r".*", K.KEY_MISSING),
    ),
    "CRYPTO-IKMP_AUTH_FAIL": (Row(r".*?with(?: peer at)? (?P<remote>\S+)|.*", K.AUTHENTICATION_FAILED),),
    "CRYPTO-IKMP_UNKNOWN_PEER": (Row(_PEER + r"|.*", K.NO_CONNECTION),),
    "CRYPTO-IKMP_NO_ID_CERT_ADDR_MATCH": (Row(r".*", K.IDENTITY_REFUSED),),
    "CRYPTO-IKMP_NO_ID_CERT_DN_MATCH": (Row(r".*", K.IDENTITY_REFUSED),),
    "CRYPTO-IKMP_NO_ID_CERT_FQDN_MATCH": (Row(r".*", K.IDENTITY_REFUSED),),
    "CRYPTO-IKMP_NO_ID_CERT_USER_FQDN_MATCH": (Row(r".*", K.IDENTITY_REFUSED),),
    "CRYPTO-IKMP_INVAL_CERT": (
        Row(r"Certificate received from (?P<remote>\S+) is bad: (?P<detail>.*)", K.CERTIFICATE_REFUSED),
    ),
    "CRYPTO-IKMP_MODE_FAILURE": (
        Row(r"Processing of Informational mode failed with peer at (?P<remote>\S+)", step="informational_failed"),
        Row(r"Processing of (?P<mode>\w+) mode failed with peer at (?P<remote>\S+)", step="mode_failed"),
    ),
    "CRYPTO-IKMP_PEER_MSG": (Row(r".*", K.FAILED),),
    "CRYPTO-IKMP_NO_SA": (Row(r"IKE message from (?P<remote>\S+)", K.INVALID_SPI, protocol=P.IKE),),
    "CRYPTO-IKMP_SA_NOT_AUTH": (Row(r".*?(?:from|with)\s+(?P<remote>\S+)|.*", K.AUTHENTICATION_FAILED),),
    "CRYPTO-IKMP_SA_NOT_OFFERED": (Row(r".*?peer (?P<remote>[0-9A-Fa-f.:]+\b)|.*", K.PROPOSAL_REFUSED, protocol=P.IKE),),
    "CRYPTO-IKMP_POLICY_DEFAULT": (Row(r".*"),),
    "CRYPTO-IKMP_AG_MODE_DISABLED": (Row(r".*", K.MODE_REFUSED),),
    "CRYPTO-IKMP_SETUP_FAILURE": (Row(r".*?remote:(?P<remote>[^ ]+)|.*", K.FAILED),),
    "CRYPTO-IKE_INVALID_SPI": (Row(r".*", K.INVALID_SPI),),
    "CRYPTO-RECVD_PKT_INV_SPI": (
        Row(r".*?destaddr=(?P<local>[^,\s]+),.*?spi=0x(?P<spi>[0-9A-Fa-f]+).*?srcaddr=(?P<remote>[^,\s]+)", step="invalid_spi"),
    ),
    "CRYPTO-RECVD_PKT_NOT_IPSEC": (Row(r".*", step="unprotected"),),
    "CRYPTO-RECVD_PKT_INV_IDENTITY": (Row(r".*", K.VERIFY_FAILED),),
    "CRYPTO-RECVD_PKT_INV_IDENTITY_ACL": (Row(r".*", K.VERIFY_FAILED),),
    "CRYPTO-RECVD_PKT_MAC_ERR": (Row(r".*", K.VERIFY_FAILED),),
    "CRYPTO-RECVD_PKT_MSG_LEN_ERR": (Row(r".*", K.VERIFY_FAILED),),
    "CRYPTO-PKT_REPLAY_ERR": (Row(r".*", K.REPLAY),),
    # the accelerator's status 4612: an ESP or AH packet out of sequence (Cisco bug CSCdt40220)
    "HW_VPN-HPRXERR": (Row(r".*status=4612", K.REPLAY),),
    "IPSEC-RECVD_PKT_NOT_IPSEC": (Row(r".*", step="unprotected"),),
    "IPSEC-RECVD_PKT_INV_SPI": (Row(r".*", K.INVALID_SPI, protocol=P.ESP),),
    "IPSEC-HMAC_ERROR": (Row(r".*", K.VERIFY_FAILED),),
    "IPSEC-REPLAY_ERROR": (Row(r".*?(?:src_addr|Source) (?P<remote>[0-9A-Fa-f.:]+)|.*", K.REPLAY),),
    "CRYPTO-SESSION_STATUS": (
        Row(r"Crypto tunnel is DOWN\.?\s+Peer (?P<remote>[^\s:]+)(?::(?P<port>\d+))?", step="session_down"),
        Row(r"Crypto tunnel is UP\s*\.?\s+Peer (?P<remote>[^\s:]+)(?::(?P<port>\d+))?", step="session_up"),
    ),
    "CRYPTO-IPSEC_SETUP_FAILURE": (
        Row(
            r".*?local:(?P<local>\S+).*?remote:(?P<remote>\S+).*?fail_reason:(?P<reason>.*?)(?: fail_class_cnt:.*)?$",
            step="setup_failed",
        ),
    ),
    "CRYPTO-IKEV2_SETUP_FAILURE": (
        Row(
            r".*?local:(?P<local>\S+).*?remote:(?P<remote>\S+).*?fail_reason:(?P<reason>.*?)(?: fail_class_cnt:.*)?$",
            step="setup_failed",
        ),
    ),
    "CRYPTO-IKEV1_SETUP_FAILURE": (
        Row(
            r".*?local:(?P<local>\S+).*?remote:(?P<remote>\S+).*?fail_reason:(?P<reason>.*?)(?: fail_class_cnt:.*)?$",
            step="setup_failed",
        ),
    ),
    # said once IKE, mode configuration and the IPsec SAs are there (Cisco Easy VPN Remote, "Easy VPN Syslog Messages")
    "CRYPTO-EZVPN_CONNECTION_UP": (Row(r".*?Server_public_addr=(?P<remote>\S+)", K.ESTABLISHED, protocol=P.ESP),),
    "CRYPTO-EZVPN_CONNECTION_DOWN": (Row(r".*?Server_public_addr=(?P<remote>\S+)|.*", K.DELETED, protocol=P.ESP),),
    "CRYPTO-ISAKMP_ON_OFF": (
        Row(r"ISAKMP is ON", K.DAEMON_STARTED),
        Row(r"ISAKMP is OFF", K.DAEMON_STOPPED),
    ),
    "CRYPTO-IKEV2_ON_OFF": (Row(r".*ON", K.DAEMON_STARTED), Row(r".*OFF", K.DAEMON_STOPPED)),
    "CRYPTO-GDOI_ON_OFF": (Row(r".*"),),
    "CRYPTO-INVALID_SPI": (Row(r".*", K.INVALID_SPI),),
    "CRYPTO-IPSEC_ENCR_POLICY": (Row(r".*", K.ALGORITHM_UNSUPPORTED),),
    "CRYPTO-TUNNEL_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM-TUNNEL_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM-TX_BW_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM-RX_BW_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM-TLS_SESSION_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM_DP-DP_TUNNEL_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM_DP-DP_TX_BW_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CERM_DP-DP_RX_BW_LIMIT": (Row(r".*", K.RESOURCE_LIMIT),),
    "CRYPTO-MAX_IKE_SA": (Row(r".*", K.RESOURCE_LIMIT),),
    "CRYPTO-IKE_MAX_SA": (Row(r".*", K.RESOURCE_LIMIT),),
    "IKEV2-SA_UP": (Row(r".*?peer (?P<remote>[0-9A-Fa-f.:]+\b)|.*", K.ESTABLISHED, protocol=P.IKE),),
    "IKEV2-IKE_SA_UP": (Row(r".*?peer (?P<remote>[0-9A-Fa-f.:]+\b)|.*", K.ESTABLISHED, protocol=P.IKE),),
    "IKEV2-SA_DOWN": (Row(r".*?peer (?P<remote>[0-9A-Fa-f.:]+\b)|.*", K.DELETED, protocol=P.IKE),),
    "IKEV2-OSAL_INITIATE_TUNNEL": (Row(r".*"),),
    "IKEV2-RECV_CONNECTION_REQUEST": (Row(r".*"),),
    "IKEV2-SEND_CONNECTION_REQUEST": (Row(r".*"),),
    "IKEV2-NEG_ABORT": (
        Row(r".*?(?:Failed to find a matching policy|proposal)", K.PROPOSAL_REFUSED),
        Row(r".*?(?:TS_UNACCEPTABLE|traffic selector|received TS)", K.SELECTORS_REFUSED, protocol=P.ESP),
        Row(r".*?(?:profile)", K.PROFILE_NOT_MATCHED),
        Row(r".*?(?:retransmi|timed? ?out|timer expired)", K.GAVE_UP),
        Row(r".*?(?:Auth|authenticat)", K.AUTHENTICATION_FAILED),
        Row(r".*?unsupported (?P<detail>.*)", K.ALGORITHM_UNSUPPORTED),
        Row(r".*", K.FAILED),
    ),
    "PKI-CRL_FETCH_FAIL": (Row(r".*", K.CERTIFICATE_DOUBT, attribute="no-crl"),),
    "PKI-CRL_HTTP_FETCH_FAIL": (Row(r".*", K.CERTIFICATE_DOUBT, attribute="no-crl"),),
    "PKI-CRL_LDAP_FETCH_FAIL": (Row(r".*", K.CERTIFICATE_DOUBT, attribute="no-crl"),),
    "PKI-SOCKETSEND": (Row(r".*", K.CERTIFICATE_DOUBT, attribute="no-crl"),),
    "PKI-CERTIFICATE_REVOKED": (Row(r".*", K.CERTIFICATE_REFUSED, attribute="revoked"),),
    "PKI-CERTIFICATE_INVALID_EXPIRED": (Row(r".*", K.CERTIFICATE_REFUSED, attribute="expired"),),
    "PKI-CERTIFICATE_INVALID_NOT_YET_VALID": (Row(r".*", K.CERTIFICATE_REFUSED, attribute="not-yet-valid"),),
    "PKI-CERTIFICATE_INVALID": (
        Row(r".*expired", K.CERTIFICATE_REFUSED, attribute="expired"),
        Row(r".*not yet valid", K.CERTIFICATE_REFUSED, attribute="not-yet-valid"),
        Row(r".*", K.CERTIFICATE_REFUSED),
    ),
    "PKI-CERTIFICATE_INVALID_UNAUTHORIZED": (Row(r".*", K.CERTIFICATE_REFUSED, attribute="untrusted"),),
    "PKI-TRUSTPOOL_DOWNLOAD_FAILURE": (Row(r".*"),),
    "PKI-NON_AUTHORITATIVE_CLOCK": (Row(r".*", K.CERTIFICATE_DOUBT, attribute="not-yet-valid"),),
    "PKI-AUTOCERTERR": (Row(r".*", K.CERTIFICATE_DOUBT),),
    # the way to the tunnel's destination leads into the tunnel itself
    "TUN-RECURDOWN": (Row(r"(?P<detail>.*recursive routing.*)", K.LINK, attribute="recursive"),),
    "ADJ-PARENT": (Row(r"(?P<detail>.*looped chain.*)", K.LINK, attribute="recursive"),),
    "LINEPROTO-UPDOWN": (Row(r"Line protocol on Interface (?P<name>[^,]+), changed state to (?P<state>\w+)", step="link"),),
    "LINK-UPDOWN": (Row(r"Interface (?P<name>[^,]+), changed state to (?P<state>\w+)", step="link"),),
    "LINK-CHANGED": (Row(r"Interface (?P<name>[^,]+), changed state to (?P<state>.+)", step="link"),),
    "SYS-RESTART": (Row(r".*", K.DAEMON_STARTED),),
}
# Facilities whose unknown messages are worth a gap; everybody else's log is not ours.
OURS = frozenset({"CRYPTO", "IKEV2", "IPSEC"})

# `fail_reason:` of the SETUP_FAILURE messages.
FAIL_REASONS: tuple[Row, ...] = (
    Row(r".*ipsec proposal", K.PROPOSAL_REFUSED, protocol=P.ESP),
    Row(r".*(?:TS|traffic selector|proxy|ident)", K.SELECTORS_REFUSED, protocol=P.ESP),
    Row(r".*(?:ike|isakmp|phase ?1|policy).*(?:proposal|mismatch|policy)", K.PROPOSAL_REFUSED, protocol=P.IKE),
    Row(r".*(?:auth|psk|key)", K.AUTHENTICATION_FAILED),
    Row(r".*(?:retransmi|timed? ?out|timeout|no response)", K.GAVE_UP),
    Row(r".*profile", K.PROFILE_NOT_MATCHED),
    Row(r".*", K.FAILED),
)

# `debug crypto pki`: only what decides about a peer's certificate; the rest of it is not about IKE.
PKI: tuple[Row, ...] = (
    Row(r"No suitable trustpoints? found", K.CERTIFICATE_REFUSED, attribute="untrusted"),
    Row(r"No trust ?point for cert issuer", K.CERTIFICATE_DOUBT, attribute="untrusted"),
    Row(r".*certificate (?:is|has been) revoked", K.CERTIFICATE_REFUSED, attribute="revoked"),
    Row(r".*(?:certificate|cert)[\w ]* (?:has )?expired", K.CERTIFICATE_REFUSED, attribute="expired"),
    Row(r".*(?:certificate|cert)[\w ]* not yet valid", K.CERTIFICATE_REFUSED, attribute="not-yet-valid"),
    Row(r".*(?:Certificate|cert) (?:validation|verification) fail", K.CERTIFICATE_REFUSED),
    Row(r".*(?:CRL)[\w ]*(?:could not|failed|unable|timed out)", K.CERTIFICATE_DOUBT, attribute="no-crl"),
    Row(r"Matching CRL not found", K.CERTIFICATE_DOUBT, attribute="no-crl"),
)
