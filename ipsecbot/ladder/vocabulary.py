"""What the events of a negotiation mean for its outcome, as tables.

Notify names are those of RFC 7296 section 3.10.1 and RFC 2408 section 3.14.1.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K

# IKEv2 only: INVALID_KE_PAYLOAD has the number of IKEv1's INVALID_KEY_INFORMATION, which is an error
RETRY_NOTIFIES = frozenset({"INVALID_KE_PAYLOAD", "COOKIE"})
IKEV1_ERRORS = frozenset({"INVALID_KE_PAYLOAD"})
IKEV2_ONLY = frozenset({"TS_UNACCEPTABLE", "SINGLE_PAIR_REQUIRED", "NO_ADDITIONAL_SAS", "FAILED_CP_REQUIRED", "COOKIE"})

CHILD_ERRORS = frozenset(
    {
        "TS_UNACCEPTABLE",
        "SINGLE_PAIR_REQUIRED",
        "NO_ADDITIONAL_SAS",
        "INTERNAL_ADDRESS_FAILURE",
        "FAILED_CP_REQUIRED",
        "INVALID_SELECTORS",
        "CHILD_SA_NOT_FOUND",
        "INVALID_ID_INFORMATION",
    }
)

ERROR_NOTIFIES = CHILD_ERRORS | frozenset(
    {
        "UNSUPPORTED_CRITICAL_PAYLOAD",
        "INVALID_IKE_SPI",
        "INVALID_MAJOR_VERSION",
        "INVALID_MINOR_VERSION",
        "INVALID_SYNTAX",
        "INVALID_MESSAGE_ID",
        "NO_PROPOSAL_CHOSEN",
        "AUTHENTICATION_FAILED",
        "TEMPORARY_FAILURE",
        "INVALID_PAYLOAD_TYPE",
        "DOI_NOT_SUPPORTED",
        "SITUATION_NOT_SUPPORTED",
        "INVALID_COOKIE",
        "INVALID_EXCHANGE_TYPE",
        "INVALID_FLAGS",
        "INVALID_PROTOCOL_ID",
        "INVALID_TRANSFORM_ID",
        "ATTRIBUTES_NOT_SUPPORTED",
        "BAD_PROPOSAL_SYNTAX",
        "PAYLOAD_MALFORMED",
        "INVALID_KEY_INFORMATION",
        "INVALID_CERT_ENCODING",
        "INVALID_CERTIFICATE",
        "CERT_TYPE_UNSUPPORTED",
        "INVALID_CERT_AUTHORITY",
        "INVALID_HASH_INFORMATION",
        "INVALID_SIGNATURE",
        "CERTIFICATE_UNAVAILABLE",
        "UNSUPPORTED_EXCHANGE_TYPE",
        "UNEQUAL_PAYLOAD_LENGTHS",
    }
)

# This end says no to what the peer is, asks or proves.
DENIALS = frozenset(
    {
        K.NO_CONNECTION,
        K.PEER_REFUSED,
        K.PROFILE_NOT_MATCHED,
        K.VERSION_REFUSED,
        K.MODE_REFUSED,
        K.PROPOSAL_REFUSED,
        K.SELECTORS_REFUSED,
        K.ENCAPSULATION_REFUSED,
        K.IDENTITY_REFUSED,
        K.KEY_MISSING,
        K.CREDENTIAL_MISSING,
        K.AUTH_METHOD_REFUSED,
        K.UNDECRYPTABLE,
        K.AUTHENTICATION_FAILED,
        K.USER_AUTH_FAILED,
        K.CERTIFICATE_REFUSED,
    }
)

# This end says no, for whatever reason, its own shortcomings included, whatever was or was not sent about it.
REFUSALS = DENIALS | {K.ADDRESS_REFUSED, K.ALGORITHM_UNSUPPORTED, K.RESOURCE_LIMIT, K.CONFIG_INCOMPLETE, K.FAILED}

# Events that are about traffic to protect, and so about a CHILD_SA, whatever else the line says.
CHILD_KINDS = frozenset(
    {
        K.SELECTORS_OFFERED,
        K.SELECTORS_CONFIGURED,
        K.SELECTORS_SELECTED,
        K.SELECTORS_REFUSED,
        K.ENCAPSULATION_OFFERED,
        K.ENCAPSULATION_SELECTED,
        K.ENCAPSULATION_REFUSED,
    }
)

# Events of a life after the negotiation; they say nothing about a negotiation that is still open.
LIFE_KINDS = frozenset({K.PEER_SILENT, K.IDLE, K.REPLACED, K.REKEYED})

# Events that belong to a device, an interface or a data plane; to a negotiation only when the line names it.
LOOSE_KINDS = frozenset(
    {
        K.INVALID_SPI,
        K.REPLAY,
        K.VERIFY_FAILED,
        K.UNPROTECTED,
        K.CONFIG_REFUSED,
        K.CONFIG_INCOMPLETE,
        K.LINK,
        K.DAEMON_STARTED,
        K.DAEMON_STOPPED,
    }
)

WIRE = frozenset({K.SENT, K.RECEIVED})
NOTIFIES = frozenset({K.NOTIFY_SENT, K.NOTIFY_RECEIVED})
DELETES = frozenset({K.DELETE_SENT, K.DELETE_RECEIVED})
UNREACHABLE = frozenset({K.PORT_UNREACHABLE, K.NETWORK_UNREACHABLE})
