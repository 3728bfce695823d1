"""The `local…` and `remote…` sections of a connection of swanctl.conf → rounds of authentication.

Source: swanctl.conf(5) of strongSwan 5.9.8, "connections.<conn>.local<suffix>", tried against `swanctl --list-conns`.
"""

from __future__ import annotations

from ipsecbot.model.identity import AuthMethod, IkeIdentity
from ipsecbot.model.wishes import AuthRound, Revocation
from ipsecbot.parse.strongswan import words
from ipsecbot.parse.strongswan.authentication import read_eap_type, read_method, read_xauth
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.sections import Section
from ipsecbot.parse.strongswan.values import Values

CHILDREN, SIDES = "children", ("local", "remote")


def read_rounds(connection: Section, side: str, notes: Notes) -> tuple[AuthRound, ...]:
    """The rounds of one side in the order they are done: by their `round` number, else as written."""
    sections = (one for one in connection.sections if one.name.lower().startswith(side))
    read = [(_read_round(one, notes)) for one in sections]
    return tuple(found for _, found in sorted(read, key=lambda pair: pair[0]))


def _read_round(section: Section, notes: Notes) -> tuple[int, AuthRound]:
    values = Values(section, words.ROUND, notes)
    certificates, authorities = _named_certificates(section, notes)
    auth, anybody = section.setting("auth"), None
    text = auth.value if auth else ""
    method: AuthMethod | None = read_method(text) if auth else None
    nobody: tuple[IkeIdentity, ...] = ()
    return values.get("round", 0), AuthRound(
        method=method,
        identity=values.get("id", anybody),
        name=section.name,
        eap_type=read_eap_type(text) if method is AuthMethod.EAP else None,
        xauth=read_xauth(text) if method is AuthMethod.HYBRID else None,
        constraints=_constraints(text, method),
        eap_identity=values.get("eap_id", anybody),
        aaa_identity=values.get("aaa_id", anybody),
        xauth_identity=values.get("xauth_id", anybody),
        groups=values.get("groups", nobody),
        certificates=(*values.get("certs", ()), *values.get("pubkeys", ()), *certificates),
        authorities=(*values.get("cacerts", ()), *authorities),
        authority=values.get("ca_id", anybody),
        policies=values.get("cert_policy", ()),
        revocation=values.get("revocation", Revocation.RELAXED),
        source=auth.source if auth else section.source,
    )


def _constraints(text: str, method: AuthMethod | None) -> str | None:
    """What `auth` asks of keys and signatures: `rsa-2048-sha256`, or what stands behind `eap-tls:`."""
    if method is AuthMethod.PUBKEY:
        return text if text != "pubkey" else None
    return text.partition(":")[2] or None if method is AuthMethod.EAP else None


def _named_certificates(section: Section, notes: Notes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sections `cert…` and `cacert…` of a round: each names a file or a handle on a token, not both."""
    certificates: list[str] = []
    authorities: list[str] = []
    for child in section.sections:
        kind = child.name.lower()
        if not kind.startswith(("cert", "cacert")):
            if child.source is not None:
                notes.problem(f"invalid section: {child.name}", child.source)
            continue
        values = Values(child, words.CERTIFICATE, notes)
        file, handle = values.get("file", ""), values.get("handle", "")
        if bool(file) == bool(handle) and child.source is not None:
            what = "handle and file path given" if file else "handle or file path missing"
            notes.problem(f"{what}: {child.name}", child.source)
        (certificates if kind.startswith("cert") else authorities).append(file or handle)
    return tuple(certificates), tuple(authorities)
