"""What pluto says about connections, proposals, selectors, identities, keys and certificates: one row per sentence.

Source: sentences of Openswan 2.4 to Libreswan 5.3 as their users see them; variants of one sentence stand side by side.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.parse.libreswan.phrases_wire import AGGRESSIVE, ESP, IKE, MAIN, QUICK, RESP, SA_INIT
from ipsecbot.parse.phrase import Phrase

CONNECTIONS: tuple[Phrase, ...] = (
    Phrase(K.NO_CONNECTION, "initial Main Mode message received {?on {local} }but {any}", RESP, 1, IKE, MAIN),
    Phrase(
        K.NO_CONNECTION,
        "initial Aggressive Mode message from {remote} but no {?(wildcard) }connection has been configured{?{any}}",
        RESP,
        1,
        IKE,
        AGGRESSIVE,
    ),
    Phrase(
        K.PEER_REFUSED,
        "initial Aggressive Mode packet claiming to be from {identity} on {any} but no {any}",
        RESP,
        1,
        IKE,
        AGGRESSIVE,
    ),
    Phrase(K.NO_CONNECTION, "initial parent SA message received {?on {local} }but {any}", RESP, 2, IKE, SA_INIT),
    Phrase(K.NO_CONNECTION, "{?ISAKMP_v2_}IKE_SA_INIT message received on {local} but no {any}", RESP, 2, IKE, SA_INIT),
    Phrase(K.NO_CONNECTION, "{?ISAKMP_v2_}SA_INIT message received on {local} but no {any}", RESP, 2, IKE, SA_INIT),
    Phrase(K.VERSION_REFUSED, "ignoring IKEv{offered} packet as global policy {any}", RESP),
    Phrase(K.VERSION_REFUSED, "{Unexpected/unexpected} IKE major '{offered}'", RESP),
    Phrase(K.CONNECTION_SELECTED, 'switched from "{any}" to "{detail}"'),
    Phrase(K.CONNECTION_SELECTED, 'switched to "{detail}"'),
    Phrase(K.PEER_REFUSED, "no suitable connection for peer '{identity}'"),
    Phrase(K.PEER_REFUSED, "Peer mismatch on first found connection and no better connection found"),
    Phrase(None, "Deleting previous proposal in the hopes of selecting DH {any}"),
)

PROPOSALS: tuple[Phrase, ...] = (
    Phrase(K.TRANSFORM_REFUSED, "Oakley Transform [{offered}] refused{?{any}}", protocol=IKE),
    Phrase(K.TRANSFORM_REFUSED, "{?ESP }{?AH }IPsec Transform [{offered}] refused{?{any}}", protocol=ESP),
    Phrase(K.TRANSFORM_REFUSED, "{?ESP }{?AH }IPsec Transform refused: {detail}", protocol=ESP),
    Phrase(K.TRANSFORM_REFUSED, "IPsec encryption transform rejected: {detail}", protocol=ESP, attribute="encryption"),
    Phrase(K.TRANSFORM_REFUSED, "OAKLEY proposal refused: {detail}", protocol=IKE),
    Phrase(
        K.KEY_MISSING,
        "Can't authenticate: no preshared key found for {`/'}{asked}' and {`/'}{identity}'{?. {any}}",
        protocol=IKE,
    ),
    Phrase(K.TRANSFORM_REFUSED, "{detail}. Attribute OAKLEY_AUTHENTICATION_METHOD", protocol=IKE, attribute="auth"),
    Phrase(K.TRANSFORM_REFUSED, "{detail}. Attribute OAKLEY_ENCRYPTION_ALGORITHM", protocol=IKE, attribute="encryption"),
    Phrase(K.TRANSFORM_REFUSED, "{detail}. Attribute OAKLEY_HASH_ALGORITHM", protocol=IKE, attribute="integrity"),
    Phrase(K.TRANSFORM_REFUSED, "{detail}. Attribute OAKLEY_GROUP_DESCRIPTION", protocol=IKE, attribute="dh"),
    Phrase(K.TRANSFORM_REFUSED, "{detail}. Attribute OAKLEY_KEY_LENGTH", protocol=IKE, attribute="key-length"),
    Phrase(K.TRANSFORM_REFUSED, "{detail}. Attribute OAKLEY_LIFE_DURATION{?{any}}", protocol=IKE, attribute="lifetime"),
    Phrase(K.TRANSFORM_REFUSED, "1DES was proposed, it is insecure and was rejected", attribute="encryption"),
    Phrase(K.PROPOSAL_REFUSED, "no acceptable Oakley Transform", version=1, protocol=IKE),
    Phrase(K.PROPOSAL_REFUSED, "no acceptable Proposal in IPsec SA", version=1, protocol=ESP, exchange=QUICK),
    Phrase(
        K.PROPOSAL_REFUSED,
        "we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION",
        version=1,
        protocol=ESP,
        exchange=QUICK,
        attribute="dh",
        offered="none",
    ),
    Phrase(
        K.PROPOSAL_REFUSED,
        "OAKLEY_GROUP {offered} not supported for PFS",
        version=1,
        protocol=ESP,
        exchange=QUICK,
        attribute="dh",
    ),
    Phrase(K.PROPOSAL_REFUSED, "no local proposal matches remote proposals {proposals}", RESP, 2),
    Phrase(K.PROPOSAL_REFUSED, "{any} contained no acceptable proposal{?{any}}", version=2),
    Phrase(
        K.PROPOSAL_REFUSED, "No {?responder }{?SA }{?proposal }{proposal selected/SA proposal found/proposal found}", version=2
    ),
    Phrase(K.PROPOSAL_REFUSED, "IKE_AUTH responder matching remote ESP/AH proposals failed, {any}", version=2, protocol=ESP),
    Phrase(K.PROPOSAL_SELECTED, "proposal {proposals} chosen from remote proposals {any}", RESP, 2),
    Phrase(None, "proposal {any}"),
    Phrase(None, "transform ({any}) ignored."),
    Phrase(K.PROPOSAL_REFUSED, "{accepted proposal invalid/Error: invalid accepted proposal}{any}"),
)

SELECTORS: tuple[Phrase, ...] = (
    Phrase(K.SELECTORS_OFFERED, "the peer proposed: {any}", RESP, protocol=ESP),
    Phrase(
        K.SELECTORS_REFUSED,
        "cannot respond to IPsec SA request because no connection is known for {any}",
        RESP,
        1,
        ESP,
        QUICK,
    ),
    Phrase(K.SELECTORS_REFUSED, "{no/No} IKEv2 connection found with compatible Traffic Selectors", protocol=ESP),
    Phrase(K.SELECTORS_REFUSED, "Child SA's Traffic Selector request {any} does not match {any}", RESP, 2, ESP),
    Phrase(K.SELECTORS_REFUSED, "{any} does not match any IKEv2 {any}; responding with TS_UNACCEPTABLE", RESP, 2, ESP),
    Phrase(K.SELECTORS_REFUSED, "{peer/our} client {any} returned doesn't match my proposal{?{any}}", protocol=ESP),
    Phrase(K.SELECTORS_REFUSED, "{peer/our} client subnet returned doesn't match my proposal{?{any}}", protocol=ESP),
    Phrase(K.SELECTORS_REFUSED, "peer proposal was {reject/rejected} in a virtual connection policy{?{any}}", protocol=ESP),
    Phrase(K.SELECTORS_REFUSED, "IDci, IDcr payloads missing in message but default does not match proposal", protocol=ESP),
    Phrase(K.FAILED, "cannot install eroute -- it is in use for {any}", protocol=ESP, detail="eroute in use"),
    Phrase(None, "route to peer's client conflicts with {any}"),
    Phrase(K.SELECTORS_SELECTED, "accepted selectors {any}", protocol=ESP),
    Phrase(
        K.ENCAPSULATION_REFUSED,
        "{policy dictates/local policy requires} Transport Mode{?,} but peer {requested/requires required} Tunnel Mode",
        offered="tunnel",
        protocol=ESP,
    ),
    Phrase(
        K.ENCAPSULATION_REFUSED,
        "{policy dictates/local policy requires} Tunnel Mode{?,} but peer {requested/requires required} Transport Mode",
        offered="transport",
        protocol=ESP,
    ),
    Phrase(
        K.ENCAPSULATION_REFUSED, "Local policy is transport mode, but peer did not request that", offered="tunnel", protocol=ESP
    ),
    Phrase(
        K.ENCAPSULATION_OFFERED,
        "{?{any}}ignoring {?peer's }request for {transport mode/Transport Mode}",
        detail="transport",
        protocol=ESP,
    ),
    Phrase(None, "policy dictates {any}, ignoring peer's request for {any}"),
)

IDENTITIES: tuple[Phrase, ...] = (
    Phrase(K.IDENTITY_RECEIVED, "{?{Main mode/Aggressive mode/IKEv2 mode} }{peer/Peer} ID is {?ID_}{word}: '{identity}'"),
    Phrase(K.IDENTITY_REFUSED, "we require {?IKEv{n} }peer to have ID '{accepted}', but peer declares '{offered}'"),
    Phrase(K.IDENTITY_REFUSED, "Peer ID '{offered}' mismatched{?{any}}"),
    Phrase(
        K.IDENTITY_REFUSED,
        "{?X509: authentication failed; }{?peer }certificate subjectAltName extension does not match {word} '{accepted}'",
    ),
    Phrase(K.IDENTITY_REFUSED, "{?peer }certificate does not contain {?{word} }subjectAltName={accepted}"),
    Phrase(
        K.IDENTITY_REFUSED,
        "{?X509: authentication failed; }peer certificate contains no subjectAltName extension to match {word} '{accepted}'",
    ),
    Phrase(
        K.IDENTITY_REFUSED,
        "X509: authentication failed; peer ID {word} '{offered}' does not match expected '{accepted}'{?{any}}",
    ),
    Phrase(None, "X509: connection allows unmatched IKE ID and certificate SAN"),
    Phrase(K.IDENTITY_REFUSED, "X509: connection failed due to unmatched IKE ID in certificate SAN"),
    Phrase(K.IDENTITY_REFUSED, "{word} '{offered}' does not match expected '{accepted}'"),
    Phrase(K.IDENTITY_REFUSED, "No matching subjectAltName found"),
    Phrase(K.IDENTITY_REFUSED, "Peer public key SubjectAltName does not match peer ID for this connection"),
    Phrase(None, "Peer public key SubjectAltName matches peer ID for this connection"),
    Phrase(K.IDENTITY_REFUSED, "X509: CERT payload does not match connection ID"),
    Phrase(K.IDENTITY_REFUSED, "Peer CERT payload SubjectAltName does not match peer ID for this connection"),
    Phrase(K.AUTH_METHOD_REFUSED, "authentication failed: peer attempted {offered} authentication but we want {accepted}"),
    Phrase(K.AUTH_METHOD_REFUSED, "{peer/Peer} attempted {offered} authentication{?,} but {?we want }{accepted}"),
    Phrase(K.AUTH_METHOD_REFUSED, "authentication failed: peer authentication requires policy {accepted}"),
    Phrase(K.AUTH_METHOD_REFUSED, "private key {any} has type {offered} but {accepted} is needed"),
    Phrase(K.AUTH_METHOD_REFUSED, "authentication method{?:} {offered} not supported"),
    Phrase(K.AUTH_METHOD_REFUSED, "auth method {offered} unrecognized"),
    Phrase(K.KEY_MISSING, "authentication failed: no PSK found for '{identity}'"),
    Phrase(K.KEY_MISSING, "connection requires PPK, but we didn't find one"),
    Phrase(K.KEY_MISSING, "{Failed to find our PreShared Key/cannot find PSK}{?{any}}"),
    Phrase(K.KEY_MISSING, "No matching PSK found for connection:{detail}"),
    Phrase(K.KEY_MISSING, "no {preshared/pre-shared} key found{?{any}}"),
    Phrase(
        K.AUTHENTICATION_FAILED, "PSK {authentication/Authentication} failed{?:}{? AUTH mismatch!}", version=2, detail="psk"
    ),
    Phrase(K.AUTHENTICATION_FAILED, "AUTH mismatch: Received AUTH != computed AUTH", version=2, detail="psk"),
    Phrase(
        K.AUTHENTICATION_FAILED,
        "authentication failed: computed hash does not match hash received from peer {any} '{identity}'",
        version=2,
        detail="psk",
    ),
    # IKEv1: the hash of aggressive mode, or of main mode with a key that decrypts
    Phrase(K.AUTHENTICATION_FAILED, "received Hash Payload does not match computed value", version=1, detail="psk"),
    Phrase(K.AUTHENTICATION_FAILED, "{?RSA }Signature check (on {identity}) failed{any}", detail="pubkey"),
    Phrase(K.AUTHENTICATION_FAILED, "Digital Signature authentication using {any} failed{?{any}}", detail="pubkey"),
    Phrase(K.AUTHENTICATION_FAILED, "authentication failed: using {any} for '{identity}' tried {any}", detail="pubkey"),
    Phrase(K.CERTIFICATE_REFUSED, "authentication failed: no certificate matched {any}for '{identity}'", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "no RSA public key known for '{identity}'{?{any}}", attribute="untrusted"),
    Phrase(K.AUTHENTICATION_FAILED, "{RSA/ECDSA} authentication failed", detail="pubkey"),
    Phrase(K.AUTHENTICATION_FAILED, "authentication failed{?{any}}"),
    Phrase(K.AUTHENTICATED, "{Authenticated/authenticated} {?peer }using {detail}{?{any}}"),
    Phrase(K.AUTHENTICATED, "authenticated peer {detail}"),
    Phrase(K.UNDECRYPTABLE, "probable authentication failure (mismatch of preshared secrets?): {detail}", version=1),
    Phrase(K.UNDECRYPTABLE, "{?%}malformed payload in packet{?{any}}"),
    Phrase(K.UNDECRYPTABLE, "next payload type of {any} has an unknown value: {any}"),
    Phrase(K.UNDECRYPTABLE, "byte {n} of {any} {must be zero, but is not/should have been zero, but was not}{?{any}}"),
    Phrase(K.UNDECRYPTABLE, "byte at offset {n} ({n}) of {any} should have been zero (ignored)"),
    Phrase(K.UNDECRYPTABLE, "length of {any} is larger than can fit"),
    Phrase(K.UNDECRYPTABLE, "payload malformed after IV{?{any}}"),
    Phrase(K.UNDECRYPTABLE, "{failed to match authenticator/R2 failed to match authenticator}"),
    Phrase(K.USER_AUTH_FAILED, "XAUTH: {any}{Authentication Failed/FAILED during/failure}{any}"),
    Phrase(K.USER_AUTH_FAILED, "Received Cisco XAUTH status: FAIL"),
    Phrase(K.USER_AUTH_FAILED, "{xauth/XAUTH}: aborting entire IKE Exchange"),
)

CREDENTIALS: tuple[Phrase, ...] = (
    Phrase(K.CREDENTIAL_MISSING, "unable to locate my private key{any}"),
    Phrase(K.CREDENTIAL_MISSING, "Can't find the {any}private key{any}"),
    Phrase(K.CREDENTIAL_MISSING, "{Failed to find our RSA key/cannot find RSA key}{?{any}}"),
    Phrase(K.CREDENTIAL_MISSING, "private key {matching/for} {any} not found{any}"),
    Phrase(K.CREDENTIAL_MISSING, "No {any} private key found{?{any}}"),
    Phrase(K.CREDENTIAL_MISSING, "I did not send a certificate because I do not have one."),
    Phrase(K.CERTIFICATE_REFUSED, "NSS: ERROR: {any} certificate {identity} invalid: {any}", attribute="nss"),
    Phrase(K.CERTIFICATE_REFUSED, "ERROR: Peer's Certificate {detail}", attribute="nss"),
    Phrase(K.CERTIFICATE_REFUSED, "ERROR: {detail}SEC_ERROR_{any}", attribute="nss"),
    Phrase(K.CERTIFICATE_REFUSED, "Peer public key {any}{expired/revoked/untrusted}{any}", attribute="nss"),
    Phrase(
        K.CERTIFICATE_REFUSED, "certificate {any}{has expired/is not yet valid/was revoked/is revoked}{any}", attribute="nss"
    ),
    Phrase(
        K.CERTIFICATE_REFUSED,
        "certificate payload rejected; crl-strict=yes and Certificate Revocation List (CRL) is expired or missing{?{any}}",
        attribute="no-crl",
    ),
    Phrase(K.CERTIFICATE_REFUSED, "{no/No} Certificate Authority in NSS Certificate DB! {any}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "X509: {CERT/Certificate/certificate} {payload /}rejected for this connection"),
    Phrase(K.CERTIFICATE_REFUSED, "X509: CERT payload bogus or revoked", attribute="revoked"),
    Phrase(K.CERTIFICATE_REFUSED, "X509: certificate payload rejected for this connection"),
    Phrase(K.CERTIFICATE_REFUSED, "issuer {?cacert }{?CA }{?certificate }not found", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "issuer cacert not found", attribute="untrusted"),
    Phrase(K.CERTIFICATE_REFUSED, "invalid certificate signature from {any}", attribute="untrusted"),
    Phrase(K.CERTIFICATE_DOUBT, "no crl from issuer {any} found (strict=no)", attribute="no-crl"),
    Phrase(K.CERTIFICATE_REFUSED, "no crl from issuer {any} found (strict=yes)", attribute="no-crl"),
    Phrase(None, "certificate {verified OK: /}{any}{OK/}"),
)

# What an NSS sentence says is wrong with a certificate; NSS has one word for "expired" and "not valid yet".
REASONS: tuple[tuple[str, str], ...] = (
    ("CERT_NOT_YET_VALID", "not-yet-valid"),
    ("not yet valid", "not-yet-valid"),
    ("EXPIRED", "expired"),
    ("expired", "expired"),
    ("REVOKED", "revoked"),
    ("revoked", "revoked"),
    ("CRL", "no-crl"),
    ("OCSP", "no-crl"),
    ("SEC_ERROR", "untrusted"),
    ("untrusted", "untrusted"),
    ("not recognized", "untrusted"),
    ("issuer", "untrusted"),
)
