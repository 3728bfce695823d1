"""What charon says about identities, keys, certificates and users: one row per sentence.

Source: sentences of charon 4.5 to 6.0 as its users see them; variants of one sentence stand side by side.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.sa import Role
from ipsecbot.parse.phrase import Phrase

IDENTITY: tuple[Phrase, ...] = (
    # `detail`: the identity that the peer asks this end to have (IDr), `%any` when it asks for none
    Phrase(
        K.IDENTITY_RECEIVED, "looking for peer configs matching {local}[{detail}]...{remote}[{identity}]", role=Role.RESPONDER
    ),
    # `offered`: the authentication method that the peer proposed
    Phrase(
        K.IDENTITY_RECEIVED,
        "looking for {offered} peer configs matching {local}...{remote}[{identity}]",
        role=Role.RESPONDER,
        version=1,
    ),
    Phrase(K.IDENTITY_REFUSED, "IDir '{offered}' does not match to '{accepted}'", version=1),
    Phrase(K.IDENTITY_REFUSED, "received IDr {offered}, but require {accepted}", version=2),
    Phrase(
        K.IDENTITY_REFUSED,
        "constraint check failed: {?EAP }identity '{accepted}'{? ({any})} required, not matched by '{offered}'{? ({any})}",
    ),
    Phrase(K.IDENTITY_REFUSED, "constraint check failed: {?EAP }identity '{accepted}'{? ({any})} required{? }"),
    Phrase(K.IDENTITY_REFUSED, "constraint check failed: certificate does not confirm identity '{accepted}'{?{any}}"),
    Phrase(K.IDENTITY_REFUSED, "constraint check failed: peer not authenticated with peer cert '{accepted}'{?.}"),
    Phrase(K.CREDENTIAL_MISSING, "authentication of '{identity}' (myself) with {detail} failed"),
    Phrase(K.IDENTITY_SENT, "authentication of '{identity}' (myself) with {detail}"),
    Phrase(K.AUTH_METHOD_REFUSED, "constraint requires {accepted} authentication, but {offered} was used"),
    Phrase(K.AUTH_METHOD_REFUSED, "constraint requires {accepted}, but {offered} was used"),
    Phrase(K.AUTH_METHOD_REFUSED, "received {offered} authentication, but configured {accepted}, continue with configured"),
    Phrase(K.AUTH_METHOD_REFUSED, "peer requested EAP, config {unacceptable/inacceptable}", offered="EAP"),
    Phrase(K.AUTH_METHOD_REFUSED, "configured EAP-only authentication, but peer does not support it", offered="EAP"),
    Phrase(K.AUTH_METHOD_REFUSED, "negotiated authentication method {offered} not supported", version=1),
    Phrase(K.AUTH_METHOD_REFUSED, "configuration uses unsupported authentication"),
    Phrase(K.AUTHENTICATED, "authentication of '{identity}' with {detail} successful"),
    Phrase(K.AUTHENTICATION_FAILED, "authentication of '{identity}' with {detail} failed"),
    Phrase(K.AUTHENTICATION_FAILED, "tried {n} shared key{?s} for '{asked}' - '{identity}', but MAC mismatched", detail="psk"),
    Phrase(K.AUTHENTICATION_FAILED, "calculated HASH does not match HASH payload", version=1, detail="psk"),
    Phrase(K.AUTHENTICATION_FAILED, "verification of AUTH payload with{?out} EAP MSK failed", version=2, detail="EAP"),
    Phrase(K.KEY_MISSING, "no shared key found for '{asked}'[{local}] - '{identity}'[{remote}]"),
    Phrase(K.KEY_MISSING, "no shared key found for '{asked}' - '{identity}'"),
    Phrase(K.KEY_MISSING, "no shared key found for {local} - {remote}"),
    Phrase(K.CREDENTIAL_MISSING, "no {?{detail} }private key found for '{identity}'"),
    Phrase(K.CREDENTIAL_MISSING, "private key of type {detail} not supported"),
    Phrase(K.CREDENTIAL_MISSING, "authentication of '{identity}' (myself) failed"),
    # in IKEv1 the mark of a wrong pre-shared key, in IKEv2 of a damaged or foreign message
    Phrase(K.UNDECRYPTABLE, "invalid {any} payload length, decryption failed?"),
    Phrase(K.UNDECRYPTABLE, "could not decrypt payloads"),
    Phrase(K.UNDECRYPTABLE, "message parsing failed"),
    Phrase(K.UNDECRYPTABLE, "integrity check failed"),
    Phrase(K.UNDECRYPTABLE, "verifying {any} integrity failed"),
    Phrase(K.UNDECRYPTABLE, "decrypting {any} failed, {any}"),
    Phrase(K.UNDECRYPTABLE, "decryption failed, invalid length"),
    Phrase(K.UNDECRYPTABLE, "{word} payload verification failed"),
    Phrase(K.UNDECRYPTABLE, "{word} payload has invalid length {any}"),
    Phrase(K.UNDECRYPTABLE, "payload type {word} could not be parsed"),
    Phrase(K.UNDECRYPTABLE, "found encrypted message, but no keys available"),
    Phrase(K.UNDECRYPTABLE, "payload type {word} was not encrypted"),
    Phrase(K.UNDECRYPTABLE, "ignore malformed INFORMATIONAL {request/response}"),
    Phrase(K.UNDECRYPTABLE, "{our hash does not match received/received HASH payload does not match}{any}"),
)

CERTIFICATES: tuple[Phrase, ...] = (
    # `detail`: the time of validity; whether it is over or not begun follows from the time of the line (log.py)
    Phrase(K.CERTIFICATE_REFUSED, "{subject/issuer/peer/ca} certificate invalid (valid from {detail})", attribute="validity"),
    Phrase(K.CERTIFICATE_REFUSED, "certificate was revoked on {detail}", attribute="revoked"),
    Phrase(K.CERTIFICATE_REFUSED, "no trusted {?{any} }public key found for '{identity}'", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, 'no issuer certificate found for "{identity}"', attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, 'self-signed certificate "{identity}" is not trusted', attribute="untrusted"),
    Phrase(
        K.CERTIFICATE_REFUSED, "constraint check failed: peer not authenticated by CA '{accepted}'{?.}", attribute="untrusted"
    ),
    Phrase(
        K.CERTIFICATE_REFUSED,
        "constraint check failed: {any} is {offered}, but requires at least {accepted}",
        attribute="no-crl",
    ),
    Phrase(K.CERTIFICATE_REFUSED, "maximum path length of {detail} exceeded", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "path length of {detail} violates constraint of {n}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "peer certificate verification failed, {any}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "rejecting certificate without {detail}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "constraint requires cert policy {detail}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "constraint check failed: group membership {any}required", attribute="untrusted"),
    Phrase(
        K.CERTIFICATE_REFUSED, "{signature scheme/trustchain signature scheme} {detail} not acceptable", attribute="untrusted"
    ),
    Phrase(
        K.CERTIFICATE_DOUBT, 'reached end of incomplete trust chain for trusted certificate "{identity}"', attribute="untrusted"
    ),
    Phrase(K.CERTIFICATE_DOUBT, "certificate status is {not available/unknown, crl is stale}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "crl {is stale/is not valid}: {detail}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "crl fetching failed", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "crl fetched successfully but parsing failed", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "crl response verification failed", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "unable to fetch from {detail}, {any}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "libcurl request failed{?:} {detail}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "ocsp {any}{failed/failed, fallback to crl/stale, fallback to crl}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "ocsp response is stale: {detail}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_REFUSED, 'rejecting trusted certificate "{identity}"', attribute="untrusted"),
    Phrase(K.CERTIFICATE_DOUBT, "{OCSP/ocsp} response verification failed{any}", attribute="no-crl"),
    Phrase(K.CERTIFICATE_DOUBT, "received {n} cert requests for an unknown ca", attribute="untrusted"),
    Phrase(K.CERTIFICATE_DOUBT, "received cert request for unknown ca {any}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_DOUBT, "signature validation failed, looking for another key", attribute="untrusted"),
    Phrase(K.CERTIFICATE_DOUBT, "subject of certificate '{identity}' {any} name constraint{any}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_DOUBT, "building CRED_CERTIFICATE - {any} failed, {any}", attribute="untrusted"),
)

USERS: tuple[Phrase, ...] = (
    Phrase(K.USER_AUTH_FAILED, "XAuth authentication of '{identity}' {?(myself) }failed"),
    Phrase(K.USER_AUTH_FAILED, "EAP method {detail} failed for peer {identity}"),
    Phrase(K.USER_AUTH_FAILED, "EAP vendor specific method {detail} failed for peer {identity}"),
    Phrase(K.USER_AUTH_FAILED, "EAP_{detail} method failed"),
    Phrase(K.USER_AUTH_FAILED, "EAP-{detail} verification failed{any}"),
    Phrase(K.USER_AUTH_FAILED, "EAP-MS-CHAPv2 failed with error {detail}"),
    Phrase(K.USER_AUTH_FAILED, "EAP-MS-CHAPv2 {verification failed/failed}{detail}"),
    Phrase(K.USER_AUTH_FAILED, "RADIUS authentication of '{identity}' failed"),
    Phrase(K.USER_AUTH_FAILED, "no EAP key found for hosts '{asked}' - '{identity}'", detail="no secret"),
    Phrase(K.USER_AUTH_FAILED, "no XAuth {secret/password} found for '{asked}' - '{identity}'", detail="no secret"),
    Phrase(K.USER_AUTH_FAILED, "none of {n} found XAuth secrets for '{asked}' - '{identity}' matched", detail="wrong secret"),
    Phrase(K.USER_AUTH_FAILED, "peer did not respond to our XAuth {?{any} }request"),
    Phrase(K.USER_AUTH_FAILED, "XAuth username '{offered}' does not match to configured username '{accepted}'"),
    Phrase(K.USER_AUTH_FAILED, "XAuth pam_{word} for '{identity}' failed: {detail}"),
    Phrase(K.USER_AUTH_FAILED, "no XAuth {method/authentication round} found{detail}"),
    Phrase(K.USER_AUTH_FAILED, "constraint check failed: no EAP identity required, but '{offered}'{? ({any})} received"),
    Phrase(K.USER_AUTH_FAILED, "unknown EAP method: {detail}"),
    Phrase(K.USER_AUTH_FAILED, "EAP-Identity request configured, but not supported", detail="no eap-identity plugin"),
    Phrase(K.USER_AUTH_FAILED, "EAP method not supported, sending EAP_NAK", detail="no plugin"),
    Phrase(K.USER_AUTH_FAILED, "loading EAP_{detail} method failed"),
    Phrase(
        K.USER_AUTH_FAILED,
        "{?{any} }authorization {?hook }forbids IKE_SA, {any}",
    ),
    Phrase(K.ADDRESS_REFUSED, "no virtual IP found for {detail} requested by '{identity}'"),
    Phrase(K.ADDRESS_REFUSED, "no virtual IP found, sending {detail}"),
    Phrase(K.ADDRESS_REFUSED, "expected a virtual IP request, sending {detail}"),
    Phrase(K.ADDRESS_REFUSED, "pool '{detail}' is full, unable to assign address"),
    Phrase(K.ADDRESS_REFUSED, "no available address found in pool '{detail}'"),
    Phrase(K.ADDRESS_REFUSED, "virtual IP pool {detail} is empty"),
    Phrase(K.ADDRESS_REFUSED, "installing virtual IP {detail} failed"),
    Phrase(K.ADDRESS_REFUSED, "adding virtual IP {detail} failed"),
    Phrase(K.ADDRESS_REFUSED, "no interface available, unable to install virtual IP {detail}"),
    Phrase(K.ADDRESS_REFUSED, "looking up interface for virtual IP {detail} failed"),
)
