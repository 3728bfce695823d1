"""charon's short names in `[ … ]`: notify messages, exchange types and payload words.

Source: output of charon 4.5 to 6.0; the long names are IANA's "IKEv2 Notify Message Types" and RFC 2408 section 3.14.1.
"""

from __future__ import annotations

import re

from ipsecbot.model.exchange import ExchangeType

# (short, name): error types first (IANA 1–8191), then status types
_ERRORS: tuple[tuple[str, str], ...] = (
    ("CRIT", "UNSUPPORTED_CRITICAL_PAYLOAD"),
    ("INVAL_IKE_SPI", "INVALID_IKE_SPI"),
    ("INVAL_MAJOR", "INVALID_MAJOR_VERSION"),
    ("INVAL_SYN", "INVALID_SYNTAX"),
    ("INVAL_MID", "INVALID_MESSAGE_ID"),
    ("INVAL_SPI", "INVALID_SPI"),
    ("ATTR_UNSUP", "ATTRIBUTES_NOT_SUPPORTED"),
    ("NO_PROP", "NO_PROPOSAL_CHOSEN"),
    ("PLD_MAL", "PAYLOAD_MALFORMED"),
    ("INVAL_KE", "INVALID_KE_PAYLOAD"),
    ("INVAL_ID", "INVALID_ID_INFORMATION"),
    ("INVAL_CERTEN", "INVALID_CERT_ENCODING"),
    ("INVAL_CERT", "INVALID_CERTIFICATE"),
    ("CERT_UNSUP", "CERT_TYPE_UNSUPPORTED"),
    ("INVAL_CA", "INVALID_CERT_AUTHORITY"),
    ("INVAL_HASH", "INVALID_HASH_INFORMATION"),
    ("AUTH_FAILED", "AUTHENTICATION_FAILED"),
    ("SINGLE_PAIR", "SINGLE_PAIR_REQUIRED"),
    ("NO_ADD_SAS", "NO_ADDITIONAL_SAS"),
    ("INT_ADDR_FAIL", "INTERNAL_ADDRESS_FAILURE"),
    ("FAIL_CP_REQ", "FAILED_CP_REQUIRED"),
    ("TS_UNACCEPT", "TS_UNACCEPTABLE"),
    ("INVAL_SEL", "INVALID_SELECTORS"),
    ("UNACCEPT_ADDR", "UNACCEPTABLE_ADDRESSES"),
    ("UNEXPECT_NAT", "UNEXPECTED_NAT_DETECTED"),
    ("TEMP_FAIL", "TEMPORARY_FAILURE"),
    ("NO_CHILD_SA", "CHILD_SA_NOT_FOUND"),
    ("ME_CONN_FAIL", "ME_CONNECT_FAILED"),
    ("STATE_NOT_FOUND", "STATE_NOT_FOUND"),
)
_STATUS: tuple[tuple[str, str], ...] = (
    ("INIT_CONTACT", "INITIAL_CONTACT"),
    ("INITIAL_CONTACT", "INITIAL_CONTACT"),
    ("SET_WINSIZE", "SET_WINDOW_SIZE"),
    ("ADD_TS_POSS", "ADDITIONAL_TS_POSSIBLE"),
    ("IPCOMP_SUP", "IPCOMP_SUPPORTED"),
    ("NATD_S_IP", "NAT_DETECTION_SOURCE_IP"),
    ("NATD_D_IP", "NAT_DETECTION_DESTINATION_IP"),
    ("COOKIE", "COOKIE"),
    ("USE_TRANSP", "USE_TRANSPORT_MODE"),
    ("HTTP_CERT_LOOK", "HTTP_CERT_LOOKUP_SUPPORTED"),
    ("REKEY_SA", "REKEY_SA"),
    ("ESP_TFC_PAD_N", "ESP_TFC_PADDING_NOT_SUPPORTED"),
    ("NON_FIRST_FRAG", "NON_FIRST_FRAGMENTS_ALSO"),
    ("MOBIKE_SUP", "MOBIKE_SUPPORTED"),
    ("ADD_4_ADDR", "ADDITIONAL_IP4_ADDRESS"),
    ("ADD_6_ADDR", "ADDITIONAL_IP6_ADDRESS"),
    ("NO_ADD_ADDR", "NO_ADDITIONAL_ADDRESSES"),
    ("UPD_SA_ADDR", "UPDATE_SA_ADDRESSES"),
    ("COOKIE2", "COOKIE2"),
    ("NO_NATS", "NO_NATS_ALLOWED"),
    ("AUTH_LFT", "AUTH_LIFETIME"),
    ("MULT_AUTH", "MULTIPLE_AUTH_SUPPORTED"),
    ("AUTH_FOLLOWS", "ANOTHER_AUTH_FOLLOWS"),
    ("REDIR_SUP", "REDIRECT_SUPPORTED"),
    ("REDIR", "REDIRECT"),
    ("REDIR_FROM", "REDIRECTED_FROM"),
    ("EAP_ONLY", "EAP_ONLY_AUTHENTICATION"),
    ("CHDLESS_SUP", "CHILDLESS_IKEV2_SUPPORTED"),
    ("CRASH_DET", "QUICK_CRASH_DETECTION"),
    ("MSG_ID_SYN_SUP", "IKEV2_MESSAGE_ID_SYNC_SUPPORTED"),
    ("FRAG_SUP", "IKEV2_FRAGMENTATION_SUPPORTED"),
    ("HASH_ALG", "SIGNATURE_HASH_ALGORITHMS"),
    ("USE_PPK", "USE_PPK"),
    ("PPK_ID", "PPK_IDENTITY"),
    ("NO_PPK", "NO_PPK_AUTH"),
    ("INTERMEDIATE", "INTERMEDIATE_EXCHANGE_SUPPORTED"),
    ("INTR_SUP", "INTERMEDIATE_EXCHANGE_SUPPORTED"),
    ("ADD_KE", "ADDITIONAL_KEY_EXCHANGE"),
    ("DPD", "R_U_THERE"),
    ("DPD_ACK", "R_U_THERE_ACK"),
)
_NAMES = dict((*_ERRORS, *_STATUS))
_ERROR_NAMES = frozenset(name for _, name in _ERRORS)
_PAYLOAD = re.compile(r"[^\s()]+(?:\((?:[^()]|\([^()]*\))*\))?")
_NOTIFY = re.compile(r"N\((.*)\)")
_FRAGMENT = re.compile(r"(EF|FRAG)\(\d+(/\d+)?\)")

EXCHANGES: tuple[tuple[str, ExchangeType, int], ...] = (
    ("ID_PROT", ExchangeType.MAIN, 1),
    ("AGGRESSIVE", ExchangeType.AGGRESSIVE, 1),
    ("QUICK_MODE", ExchangeType.QUICK, 1),
    ("TRANSACTION", ExchangeType.TRANSACTION, 1),
    ("INFORMATIONAL_V1", ExchangeType.INFORMATIONAL_V1, 1),
    ("IKE_SA_INIT", ExchangeType.IKE_SA_INIT, 2),
    ("IKE_AUTH", ExchangeType.IKE_AUTH, 2),
    ("CREATE_CHILD_SA", ExchangeType.CREATE_CHILD_SA, 2),
    ("INFORMATIONAL", ExchangeType.INFORMATIONAL, 2),
)


def notify_name(word: str) -> str:
    """The RFC name of a notify that charon writes short or long; an unknown one (`(40961)`) stays as it is."""
    return _NAMES.get(word, word)


def is_error(name: str) -> bool:
    """Whether a notify (by its RFC name) is of an error type."""
    return name in _ERROR_NAMES


def read_payloads(text: str) -> tuple[str, ...]:
    """`SA KE No N(NATD_S_IP) CPRQ(ADDR DNS)` → its payloads as printed."""
    return tuple(_PAYLOAD.findall(text))


def notifies_in(payloads: tuple[str, ...]) -> tuple[str, ...]:
    """The RFC names of the notify payloads among `payloads`."""
    return tuple(notify_name(match[1]) for payload in payloads if (match := _NOTIFY.fullmatch(payload)))


def is_fragment(payloads: tuple[str, ...]) -> bool:
    """Whether these are the payloads of one fragment of a message, not of a message."""
    return len(payloads) == 1 and _FRAGMENT.fullmatch(payloads[0]) is not None
