"""Notify messages by every name that IOS prints for them.

Sources: RFC 2408 section 3.14.1 and RFC 2407 section 4.6.3 (IKEv1), RFC 7296 section 3.10.1 (IKEv2), RFC 3706 (DPD);
`debug crypto isakmp` and `debug crypto ikev2` of IOS 12.4 to IOS XE 17 for the spellings.
"""

from __future__ import annotations

# What IOS prints for IKEv1 : the RFC 7296 name where there is one, else the one of its own RFC.
IKEV1_NAMES: dict[str, str] = {
    "INVALID_PAYLOAD_TYPE": "INVALID_SYNTAX",
    "DOI_NOT_SUPPORTED": "INVALID_SYNTAX",
    "SITUATION_NOT_SUPPORTED": "INVALID_SYNTAX",
    "INVALID_COOKIE": "INVALID_IKE_SPI",
    "INVALID_MAJOR_VERSION": "INVALID_MAJOR_VERSION",
    "INVALID_EXCHANGE_TYPE": "INVALID_SYNTAX",
    "INVALID_FLAGS": "INVALID_SYNTAX",
    "INVALID_MESSAGE_ID": "INVALID_MESSAGE_ID",
    "INVALID_PROTOCOL_ID": "INVALID_SYNTAX",
    "INVALID_SPI": "INVALID_SPI",
    "INVALID_TRANSFORM_ID": "NO_PROPOSAL_CHOSEN",
    "ATTRIBUTES_NOT_SUPPORTED": "NO_PROPOSAL_CHOSEN",
    "NO_PROPOSAL_CHOSEN": "NO_PROPOSAL_CHOSEN",
    "PROPOSAL_NOT_CHOSEN": "NO_PROPOSAL_CHOSEN",
    "BAD_PROPOSAL_SYNTAX": "INVALID_SYNTAX",
    "PAYLOAD_MALFORMED": "PAYLOAD_MALFORMED",
    "INVALID_KEY_INFORMATION": "INVALID_KE_PAYLOAD",
    "INVALID_ID_INFO": "INVALID_ID_INFORMATION",
    "INVALID_ID_INFORMATION": "INVALID_ID_INFORMATION",
    "INVALID_CERT_ENCODING": "AUTHENTICATION_FAILED",
    "INVALID_CERTIFICATE": "AUTHENTICATION_FAILED",
    "CERT_TYPE_UNSUPPORTED": "AUTHENTICATION_FAILED",
    "INVALID_CERT_AUTHORITY": "AUTHENTICATION_FAILED",
    "INVALID_HASH_INFORMATION": "AUTHENTICATION_FAILED",
    "AUTHENTICATION_FAILED": "AUTHENTICATION_FAILED",
    "INVALID_SIGNATURE": "AUTHENTICATION_FAILED",
    "ADDRESS_NOTIFICATION": "ADDRESS_NOTIFICATION",
    "UNEQUAL_PAYLOAD_LENGTHS": "INVALID_SYNTAX",
    "RESPONDER_LIFETIME": "RESPONDER_LIFETIME",
    "REPLAY_STATUS": "REPLAY_STATUS",
    "INITIAL_CONTACT": "INITIAL_CONTACT",
    "R_U_THERE": "R_U_THERE",
    "R_U_THERE_ACK": "R_U_THERE_ACK",
    "KEEPALIVE": "R_U_THERE",
    "KEEPALIVE_ACK": "R_U_THERE_ACK",
}

# Error types of RFC 7296 section 3.10.1: a message that carries one of these refuses something.
IKEV2_ERRORS: frozenset[str] = frozenset(
    {
        "UNSUPPORTED_CRITICAL_PAYLOAD",
        "INVALID_IKE_SPI",
        "INVALID_MAJOR_VERSION",
        "INVALID_SYNTAX",
        "INVALID_MESSAGE_ID",
        "INVALID_SPI",
        "NO_PROPOSAL_CHOSEN",
        "INVALID_KE_PAYLOAD",
        "AUTHENTICATION_FAILED",
        "SINGLE_PAIR_REQUIRED",
        "NO_ADDITIONAL_SAS",
        "INTERNAL_ADDRESS_FAILURE",
        "FAILED_CP_REQUIRED",
        "TS_UNACCEPTABLE",
        "INVALID_SELECTORS",
        "TEMPORARY_FAILURE",
        "CHILD_SA_NOT_FOUND",
    }
)
# Spellings of IOS and ASA that differ from the RFC.
_IKEV2_SPELLINGS: dict[str, str] = {
    "INVALID_KE": "INVALID_KE_PAYLOAD",
    "AUTH_FAILED": "AUTHENTICATION_FAILED",
    "TS_UNACCEPT": "TS_UNACCEPTABLE",
    "NO_ADDITIONAL_SA": "NO_ADDITIONAL_SAS",
    "NO_PROP_CHOSEN": "NO_PROPOSAL_CHOSEN",
}


def ikev1_notify(printed: str) -> str:
    """The RFC name of an IKEv1 notify; a name that is not in the table stays as printed."""
    word = printed.strip().upper().removeprefix("DPD/").replace("-", "_")
    return IKEV1_NAMES.get(word, word)


def ikev2_notify(printed: str) -> str:
    """The RFC name of an IKEv2 notify; `Unknown - 16418` becomes `16418`."""
    word = printed.strip().upper().removeprefix("UNKNOWN - ").replace("-", "_")
    return _IKEV2_SPELLINGS.get(word, word)
