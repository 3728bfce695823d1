"""One end of a `conn`: its addresses, its identities and how it authenticates.

Source: ipsec.conf(5) of strongSwan 5.9.8, "left|right PARAMETERS", tried against `swanctl --list-conns` after `ipsec start`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.wishes import AuthRound, Revocation
from ipsecbot.parse.strongswan import ipsec_words as words
from ipsecbot.parse.strongswan.authentication import read_eap_type, read_method, read_xauth
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.ipsec_values import ConnValues
from ipsecbot.parse.strongswan.quantities import read_list

EVERYBODY = ("0.0.0.0/0", "::/0")
_XAUTH_SERVER = "xauth"


@dataclass(frozen=True, slots=True)
class IpsecEnd:
    """`side` is `left` or `right` as written; `here`: whether it is this host."""

    side: str
    here: bool
    addresses: tuple[str, ...]
    rounds: tuple[AuthRound, ...]


def read_addresses(side: str, values: ConnValues) -> tuple[str, ...]:
    """The addresses of one end, none where it is `%any` or `%defaultroute`; `%name` and `allowany` add everybody."""
    text = values.text(side) or ""
    loose = text.startswith("%") and text not in words.ANY_ADDRESS
    listed = read_list(text[1:] if loose else text)
    named = tuple(canonical_address(one) for one in listed if one.lower() not in words.ANY_ADDRESS)
    return (*named, *EVERYBODY) if named and _allows_any(side, values, loose) else named


def _allows_any(side: str, values: ConnValues, loose: bool) -> bool:
    """`%name` and `allowany` say the same; the one that starter reads last counts."""
    said = [key for key in values.order if key in (side, f"{side}allowany")]
    if loose and said[-1] == side:
        return True
    return values.get(f"{side}allowany", loose)


def read_end(side: str, values: ConnValues, *, here: bool, strict: Revocation) -> IpsecEnd:
    """One end. `strict`: what `strictcrlpolicy` asks of the certificates of the other end."""
    rounds = [_round(side, values, here=here, strict=strict, second=False)]
    if _second(side, values) is not None:
        rounds.append(_round(side, values, here=here, strict=strict, second=True))
    return IpsecEnd(side, here, read_addresses(side, values), tuple(rounds))


def _legacy(values: ConnValues) -> tuple[AuthMethod | None, bool] | None:
    """`authby`, which counts only where neither end says `auth`."""
    unset: tuple[AuthMethod | None, bool] | None = None
    said = any(values.text(f"{side}auth") is not None for side in ("left", "right"))
    return unset if said else values.get("authby", unset)


def _first(side: str, values: ConnValues) -> str:
    legacy = _legacy(values)
    by = legacy[0].value if legacy is not None and legacy[0] is not None else "pubkey"
    return values.text(f"{side}auth") or by


def _second(side: str, values: ConnValues) -> str | None:
    """`auth2`, or XAUTH of the end that is asked for it: this host (left, as written) unless it is the server."""
    legacy = _legacy(values)
    if legacy is not None and legacy[1] and side == ("right" if values.get("xauth", False) else "left"):
        return _XAUTH_SERVER
    return values.text(f"{side}auth2")


def _round(side: str, values: ConnValues, *, here: bool, strict: Revocation, second: bool) -> AuthRound:
    suffix = "2" if second else ""
    text = (_second(side, values) if second else _first(side, values)) or ""
    method = read_method("psk" if text == "secret" else text, strict=True) if text[:3].islower() else None
    certificates = values.text(f"{side}cert{suffix}") or values.text(f"{side}sigkey") or ""
    identity, loose = _identity(side, values, here=here, second=second)
    inner = method is AuthMethod.EAP
    checked = not here and method in (AuthMethod.PUBKEY, None)
    return AuthRound(
        method=method,
        identity=identity,
        eap_type=read_eap_type(text) if inner else None,
        xauth=read_xauth(text) if method is AuthMethod.HYBRID else None,
        constraints=_constraints(text, method),
        eap_identity=_inner(values, "eap_identity") if inner else None,
        aaa_identity=_inner(values, "aaa_identity") if inner else None,
        xauth_identity=_inner(values, "xauth_identity") if method is AuthMethod.HYBRID else None,
        groups=tuple(read_identity(one) for one in read_list(values.text(f"{side}groups{suffix}") or "")),
        certificates=() if certificates == "%cert" else read_list(certificates),
        authorities=_authorities(side, values, suffix),
        policies=read_list(values.text(f"{side}certpolicy") or ""),
        revocation=strict if checked else Revocation.RELAXED,
        loose=loose,
        source=values.source(f"{side}auth{suffix}", "authby") or values.section.source,
    )


def _identity(side: str, values: ConnValues, *, here: bool, second: bool) -> tuple[IkeIdentity | None, bool]:
    """The identity, and whether another is taken too; without one the addresses as they are written are it."""
    key = f"{side}id2" if second else f"{side}id"
    parameter = values.parameter(key) or (values.parameter(f"{side}id") if second and here else None)
    if parameter is None and (second or values.text(f"{side}cert")):
        return None, False  # the subject of the certificate, which is not read here
    text = parameter.value if parameter else _written(side, values)
    loose = text.startswith("%") and text not in ("%any", "%any6")
    source = parameter.source if parameter else values.source(side) or values.section.source
    identity = read_identity(text[1:] if loose else text, source)
    return (None if identity.type is IdType.ANY else identity), loose and not here


def _written(side: str, values: ConnValues) -> str:
    text = values.text(side) or "%any"
    if text.startswith("%") and text not in words.ANY_ADDRESS:
        return text[1:]
    return "%any" if text == "%defaultroute" else text


def _inner(values: ConnValues, key: str) -> IkeIdentity | None:
    parameter = values.parameter(key)
    if parameter is None:
        return None
    return read_identity("%any" if parameter.value == "%identity" else parameter.value, parameter.source)


def _constraints(text: str, method: AuthMethod | None) -> str | None:
    if method is AuthMethod.PUBKEY:
        return text if text != "pubkey" else None
    return text.partition(":")[2] or None if method is AuthMethod.EAP else None


def _authorities(side: str, values: ConnValues, suffix: str) -> tuple[str, ...]:
    """The CA that must have signed; `%same`: the other end's."""
    text = values.text(f"{side}ca{suffix}")
    if text == "%same":
        text = values.text(f"{'right' if side == 'left' else 'left'}ca{suffix}")
    return (text,) if text else ()
