"""Our model of a connection and charon's own words about it, brought to one form so that every field can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, StartAction
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.wishes import AuthRound, CertificateSending, Fragmentation, Limit, Revocation, SaAction, Uniqueness
from ipsecbot.parse.strongswan.identity import canonical_address, canonical_dn, read_identity
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors
from ipsecbot.spellings import read_charon_proposals

View = dict[str, object]
UNKNOWN = "?"  # of a certificate we have the file's name, and charon its subject
_CLASS = {
    AuthMethod.PSK: "pre-shared key",
    AuthMethod.PUBKEY: "public key",
    AuthMethod.EAP: "EAP",
    AuthMethod.HYBRID: "XAuth",
    None: "any",
}
_UNIQUE = {
    Uniqueness.NO: "UNIQUE_NO",
    Uniqueness.NEVER: "UNIQUE_NEVER",
    Uniqueness.REPLACE: "UNIQUE_REPLACE",
    Uniqueness.KEEP: "UNIQUE_KEEP",
}
_SENDING = {
    CertificateSending.ALWAYS: "CERT_ALWAYS_SEND",
    CertificateSending.IF_ASKED: "CERT_SEND_IF_ASKED",
    CertificateSending.NEVER: "CERT_NEVER_SEND",
}
_VIRTUAL = {"%any": "0.0.0.0", "%any6": "::"}
_FRAGMENTATION = (Fragmentation.NO, Fragmentation.ACCEPT, Fragmentation.YES, Fragmentation.FORCE)
_VERSION = {(2, 1): "0", (1,): "1", (2,): "2"}
_LISTED_VERSION = {(2, 1): "IKEv1/2", (1,): "IKEv1", (2,): "IKEv2"}
_REVOCATION = {Revocation.STRICT: "GOOD", Revocation.IF_URI: "SKIPPED"}
_START = {StartAction.NONE: SaAction.NONE, StartAction.TRAP: SaAction.TRAP, StartAction.START: SaAction.START}


def differences(connection: Connection, logged: View | None, listed: View | None) -> Iterator[str]:
    """Every field in which our model of a connection is not what charon says. `logged` None: it came by stroke, which logs
    nothing of the kind."""
    if listed is not None:
        yield from _compared("listed", _listed(connection), _from_listing(listed, connection))
    if logged is not None:
        yield from _compared("logged", _logged(connection), _from_log(logged, connection))


def _compared(name: str, ours: object, theirs: object) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from _compared(f"{name}.{key}", ours.get(key), theirs.get(key))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _compared(f"{name}.{number}", mine, other)
    elif ours != theirs and ours != UNKNOWN:
        yield f"{name}: ours {ours!r}, charon's {theirs!r}"


def _listed(one: Connection) -> View:
    """As list-conns prints it."""
    ike = one.ike
    assert ike.times is not None
    assert ike.options is not None
    return {
        "version": _LISTED_VERSION[ike.versions],
        "local_addrs": _addresses([*one.local_addresses] or ["%any"]),
        "remote_addrs": _addresses([*one.remote_addresses]),
        "rekey_time": _seconds(ike.times.rekey),
        "reauth_time": _seconds(ike.times.reauthentication),
        "unique": _UNIQUE[ike.options.unique],
        "dpd_delay": _seconds(ike.dpd_interval),
        "dpd_timeout": _seconds(ike.times.dpd_timeout),
        "ppk_id": _identity(ike.options.ppk_identity),
        "ppk_required": ike.options.ppk_required,
        "local": [_round(each) for each in ike.local_rounds or ()] or [_EMPTY_ROUND],
        "remote": [_round(each) for each in ike.remote_rounds or ()] or [_EMPTY_ROUND],
        "children": {child.name: _listed_child(child) for child in one.children},
    }


_EMPTY_ROUND = {"groups": [], "policies": []}


def _listed_child(child: ChildPolicy) -> View:
    assert child.time_limit is not None
    assert child.byte_limit is not None
    assert child.packet_limit is not None
    assert child.options is not None
    return {
        "mode": child.mode,
        "label": child.options.label,
        "rekey_time": child.time_limit.rekey,
        "rekey_bytes": child.byte_limit.rekey,
        "rekey_packets": child.packet_limit.rekey,
        "dpd_action": child.options.on_dead_peer,
        "close_action": child.options.on_close,
        "selectors": _selector_set(child.selectors or ()),
    }


def _from_listing(listed: View, one: Connection) -> View:
    rounds = {side: [listed[key] for key in listed if key.startswith(f"{side}-")] for side in ("local", "remote")}
    children = listed.get("children", {})
    assert isinstance(children, dict)
    return {
        "version": listed["version"],
        "local_addrs": _addresses(listed["local_addrs"]),
        "remote_addrs": _addresses(listed["remote_addrs"]),
        "rekey_time": int(str(listed["rekey_time"])),
        "reauth_time": int(str(listed["reauth_time"])),
        "unique": listed["unique"],
        "dpd_delay": int(str(listed.get("dpd_delay", 0))),
        "dpd_timeout": int(str(listed.get("dpd_timeout", 0))),
        "ppk_id": _printed(listed.get("ppk_id")),
        "ppk_required": listed.get("ppk_required") == "yes",
        "local": [_listed_round(each) for each in rounds["local"]],
        "remote": [_listed_round(each) for each in rounds["remote"]],
        "children": {name: _from_listed_child(child, one) for name, child in children.items()},
    }


def _from_listed_child(child: View, one: Connection) -> View:
    return {
        "mode": _mode(str(child["mode"])),
        "label": bytes.fromhex(str(child["label"])).rstrip(b"\0").decode() if "label" in child else None,
        "rekey_time": int(str(child["rekey_time"])),
        "rekey_bytes": int(str(child["rekey_bytes"])),
        "rekey_packets": int(str(child["rekey_packets"])),
        "dpd_action": _action(str(child["dpd_action"])),
        "close_action": _action(str(child["close_action"])),
        "selectors": _printed_selectors(child["local-ts"], child["remote-ts"], one),
    }


def _logged(one: Connection) -> View:
    """As the log prints it at `cfg = 2`."""
    ike, options = one.ike, one.ike.options
    assert ike.times is not None
    assert options is not None
    return {
        "version": _VERSION[ike.versions],
        "local_port": options.local_port,
        "remote_port": options.remote_port,
        "send_certreq": options.asks_certificates,
        "send_cert": _SENDING[options.sends_certificates],
        "mobike": options.mobike,
        "aggressive": ike.initiates_mode is ExchangeMode.AGGRESSIVE,
        "dscp": options.dscp,
        "encap": ike.force_encapsulation,
        "fragmentation": _FRAGMENTATION.index(options.fragmentation),
        "childless": ("allow", "never", "force").index(options.childless),
        "keyingtries": options.tries,
        "over_time": _seconds(ike.times.over),
        "rand_time": _seconds(ike.times.spread),
        "proposals": [_algorithms(proposal) for proposal in ike.proposals],
        "vips": [*one.asks_addresses],
        "children": {child.name: _logged_child(child) for child in one.children},
    }


def _logged_child(child: ChildPolicy) -> View:
    options = child.options
    assert options is not None
    return {
        "time": _limit(child.time_limit),
        "bytes": _limit(child.byte_limit),
        "packets": _limit(child.packet_limit),
        "ipcomp": options.compression,
        "policies": options.installs_policies,
        "replay_window": options.replay_window,
        "start_action": _START[child.start_action or StartAction.NONE],
        "reqid": options.request_id,
        "tfc": options.padding,
        "inactivity": _seconds(options.inactivity),
        "sha256_96": options.short_sha256,
        "proposals": [_algorithms(proposal) for proposal in child.proposals],
    }


def _from_log(logged: View, one: Connection) -> View:
    children = logged["children"]
    assert isinstance(children, dict)
    return {
        "version": logged["version"],
        "local_port": int(str(logged["local_port"])),
        "remote_port": int(str(logged["remote_port"])),
        "send_certreq": logged["send_certreq"] == "1",
        "send_cert": logged["send_cert"],
        "mobike": logged["mobike"] == "1",
        "aggressive": logged["aggressive"] == "1" and 1 in one.ike.versions,
        "dscp": int(str(logged["dscp"]), 16),
        "encap": logged["encap"] == "1",
        "fragmentation": int(str(logged["fragmentation"])),
        "childless": int(str(logged["childless"])),
        "keyingtries": int(str(logged["keyingtries"])),
        "over_time": int(str(logged["over_time"])),
        "rand_time": int(str(logged["rand_time"])),
        "proposals": _printed_algorithms(str(logged["proposals"])),
        "vips": [_VIRTUAL.get(str(one), str(one)) for one in _list(logged["vips"])],
        "children": {name: _from_logged_child(child) for name, child in children.items()},
    }


def _from_logged_child(child: View) -> View:
    window = child.get("replay_window")
    action = _action(str(child["start_action"]))
    return {
        **{unit: tuple(int(str(child[f"{what}_{unit}"])) for what in ("rekey", "life", "rand")) for unit in _UNITS},
        "ipcomp": child["ipcomp"] == "1",
        "policies": child["policies"] == "1",
        "replay_window": None if window is None else int(str(window)),
        "start_action": SaAction.START if action is SaAction.TRAP_AND_START else action,
        "reqid": int(str(child["reqid"])),
        "tfc": int(str(child["tfc"])),
        "inactivity": int(str(child["inactivity"])),
        "sha256_96": child["sha256_96"] == "1",
        "proposals": _printed_algorithms(str(child["proposals"])),
    }


_UNITS = ("time", "bytes", "packets")


def _limit(limit: Limit | None) -> tuple[int, int, int]:
    assert limit is not None
    return limit.rekey, limit.expiry, limit.spread


def _round(one: AuthRound) -> View:
    view: View = {
        "class": _CLASS[one.method] if one.method else None,
        "eap-type": _eap_type(one.eap_type),
        "xauth": one.xauth,
        "revocation": _REVOCATION.get(one.revocation),
        "id": UNKNOWN if one.certificates and one.identity is None else _identity(one.identity),
        "ca_id": _identity(one.authority),
        "aaa_id": _identity(one.aaa_identity),
        "eap_id": _identity(one.eap_identity),
        "xauth_id": _identity(one.xauth_identity),
        "groups": [_identity(group) for group in one.groups],
        "policies": [policy for policy in one.policies if policy.isprintable()],
    }
    return {key: value for key, value in view.items() if value is not None}


def _eap_type(text: str | None) -> str | None:
    name = (text or "").partition("-")[0].upper()
    return f"({name})" if name.isdecimal() else name or None


def _listed_round(printed: object) -> View:
    assert isinstance(printed, dict)
    view: View = {
        "class": printed.get("class"),
        "eap-type": str(printed["eap-type"]).removeprefix("EAP_") if "eap-type" in printed else None,
        "xauth": printed.get("xauth"),
        "revocation": printed.get("revocation"),
        **{key: _printed(printed.get(key)) for key in ("id", "ca_id", "aaa_id", "eap_id", "xauth_id")},
        "groups": [_printed(group) for group in printed["groups"]],
        "policies": [policy for policy in printed["cert_policy"] if not policy.startswith("0x")],
    }
    return {key: value for key, value in view.items() if value is not None}


def printed_identity(text: str) -> str:
    """One identity as charon prints it → as our keys name their owners."""
    return str(read_identity(text))


def _identity(one: IkeIdentity | None) -> str | None:
    if one is not None and one.type is IdType.DN and one.value.startswith("#"):
        return None  # charon prints nothing for what is no name
    if one is not None and re.fullmatch(r"#([0-9a-f]{2})+", one.value) and one.type is IdType.KEY_ID:
        return ":".join(re.findall("..", one.value[1:]))
    return None if one is None else _printed(str(one))


def _printed(text: object) -> str | None:
    if text in (None, "(null)"):
        return None
    assert isinstance(text, str)
    if re.fullmatch(r"[0-9a-fA-F:.]+", text) and text.count(":") > 1:
        with suppress(ValueError):
            return str(ip_address(text))
    return canonical_dn(text).casefold() if "=" in text else text.casefold()


def _addresses(words: object) -> list[str]:
    """A tab before an address (of a line continued) is printed in hexadecimal, and is no address to anybody."""
    printed = [str(word) for word in _list(words)]
    found = [canonical_address(word) for word in printed if word.isprintable() and not word.startswith("0x09")]
    anybody = all(one in ("%any", "%any6", "%any4", "0.0.0.0/0", "::/0") for one in found) and "/" not in found[0]
    return ["%any"] if anybody else found


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _seconds(span: object) -> int:
    return int(span.total_seconds()) if span is not None else 0  # type: ignore[attr-defined]


def _action(word: str) -> SaAction:
    return SaAction.TRAP_AND_START if "|" in word else SaAction(word)


def _mode(word: str) -> EncapsulationMode | None:
    names = {"TUNNEL": EncapsulationMode.TUNNEL, "BEET": EncapsulationMode.TUNNEL, "PASS": None, "DROP": None}
    return names.get(word, EncapsulationMode.TRANSPORT)


def _algorithms(proposal: Proposal) -> dict[str, object]:
    return {
        "protocol": proposal.protocol.value,
        **{str(kind): [one.keyword for one in proposal.of(kind)] for kind in TransformType},
    }


def _printed_algorithms(text: str) -> list[object]:
    proposals, unknown = read_charon_proposals(text)
    assert unknown == (), unknown
    return [_algorithms(proposal) for proposal in proposals]


def _selector_set(selectors: tuple[SelectorPair, ...]) -> frozenset[str]:
    """Without those that others hold: charon leaves them out of the listing."""
    mine, theirs = ({getattr(pair, side) for pair in selectors} for side in ("local", "remote"))
    return frozenset(
        str(pair)
        for pair in selectors
        if not any(_holds(one, pair.local) for one in mine) and not any(_holds(one, pair.remote) for one in theirs)
    )


def _holds(outer: TrafficSelector, inner: TrafficSelector) -> bool:
    """Whether `inner` is a true part of `outer`."""
    if outer == inner or outer.protocol not in (0, inner.protocol):
        return False
    if not (outer.first_port <= inner.first_port and inner.last_port <= outer.last_port):
        return False
    if outer.network is None or inner.network is None:
        return outer.network is inner.network
    return outer.network.version == inner.network.version and inner.network.subnet_of(outer.network)  # type: ignore[arg-type]


def _printed_selectors(local: object, remote: object, one: Connection) -> frozenset[str]:
    lists = []
    for words in (_list(local), _list(remote)):
        found, unknown = read_selectors(" ".join(str(word) for word in words))
        assert unknown == (), unknown
        lists.append(found)
    return _selector_set(pairs(*lists))
