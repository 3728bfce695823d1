"""Our model of a connection and charon's own words about it, brought to one form so that every field can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from printed import (
    View,
    action,
    addresses,
    algorithms,
    eap_type,
    identity,
    items,
    mode,
    printed,
    printed_algorithms,
    printed_selectors,
    seconds,
    selector_set,
)

from ipsecbot.model.connection import ChildPolicy, Connection, ExchangeMode, StartAction
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.wishes import AuthRound, CertificateSending, Fragmentation, Limit, Revocation, SaAction, Uniqueness

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
        "local_addrs": addresses([*one.local_addresses] or ["%any"]),
        "remote_addrs": addresses([*one.remote_addresses]),
        "rekey_time": seconds(ike.times.rekey),
        "reauth_time": seconds(ike.times.reauthentication),
        "unique": _UNIQUE[ike.options.unique],
        "dpd_delay": seconds(ike.dpd_interval),
        "dpd_timeout": seconds(ike.times.dpd_timeout),
        "ppk_id": identity(ike.options.ppk_identity),
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
        "selectors": selector_set(child.selectors or ()),
    }


def _from_listing(listed: View, one: Connection) -> View:
    rounds = {side: [listed[key] for key in listed if key.startswith(f"{side}-")] for side in ("local", "remote")}
    children = listed.get("children", {})
    assert isinstance(children, dict)
    return {
        "version": listed["version"],
        "local_addrs": addresses(listed["local_addrs"]),
        "remote_addrs": addresses(listed["remote_addrs"]),
        "rekey_time": int(str(listed["rekey_time"])),
        "reauth_time": int(str(listed["reauth_time"])),
        "unique": listed["unique"],
        "dpd_delay": int(str(listed.get("dpd_delay", 0))),
        "dpd_timeout": int(str(listed.get("dpd_timeout", 0))),
        "ppk_id": printed(listed.get("ppk_id")),
        "ppk_required": listed.get("ppk_required") == "yes",
        "local": [_listed_round(each) for each in rounds["local"]],
        "remote": [_listed_round(each) for each in rounds["remote"]],
        "children": {name: _from_listed_child(child, one) for name, child in children.items()},
    }


def _from_listed_child(child: View, one: Connection) -> View:
    return {
        "mode": mode(str(child["mode"])),
        "label": bytes.fromhex(str(child["label"])).rstrip(b"\0").decode() if "label" in child else None,
        "rekey_time": int(str(child["rekey_time"])),
        "rekey_bytes": int(str(child["rekey_bytes"])),
        "rekey_packets": int(str(child["rekey_packets"])),
        "dpd_action": action(str(child["dpd_action"])),
        "close_action": action(str(child["close_action"])),
        "selectors": printed_selectors(child["local-ts"], child["remote-ts"], one),
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
        "over_time": seconds(ike.times.over),
        "rand_time": seconds(ike.times.spread),
        "proposals": [algorithms(proposal) for proposal in ike.proposals],
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
        "inactivity": seconds(options.inactivity),
        "sha256_96": options.short_sha256,
        "proposals": [algorithms(proposal) for proposal in child.proposals],
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
        "proposals": printed_algorithms(str(logged["proposals"])),
        "vips": [_VIRTUAL.get(str(one), str(one)) for one in items(logged["vips"])],
        "children": {name: _from_logged_child(child) for name, child in children.items()},
    }


def _from_logged_child(child: View) -> View:
    window = child.get("replay_window")
    started = action(str(child["start_action"]))
    return {
        **{unit: tuple(int(str(child[f"{what}_{unit}"])) for what in ("rekey", "life", "rand")) for unit in _UNITS},
        "ipcomp": child["ipcomp"] == "1",
        "policies": child["policies"] == "1",
        "replay_window": None if window is None else int(str(window)),
        "start_action": SaAction.START if started is SaAction.TRAP_AND_START else started,
        "reqid": int(str(child["reqid"])),
        "tfc": int(str(child["tfc"])),
        "inactivity": int(str(child["inactivity"])),
        "sha256_96": child["sha256_96"] == "1",
        "proposals": printed_algorithms(str(child["proposals"])),
    }


_UNITS = ("time", "bytes", "packets")


def _limit(limit: Limit | None) -> tuple[int, int, int]:
    assert limit is not None
    return limit.rekey, limit.expiry, limit.spread


def _round(one: AuthRound) -> View:
    view: View = {
        "class": _CLASS[one.method] if one.method else None,
        "eap-type": eap_type(one.eap_type),
        "xauth": one.xauth,
        "revocation": _REVOCATION.get(one.revocation),
        "id": UNKNOWN if one.certificates and one.identity is None else identity(one.identity),
        "ca_id": identity(one.authority),
        "aaa_id": identity(one.aaa_identity),
        "eap_id": identity(one.eap_identity),
        "xauth_id": identity(one.xauth_identity),
        "groups": [identity(group) for group in one.groups],
        "policies": [policy for policy in one.policies if policy.isprintable()],
    }
    return {key: value for key, value in view.items() if value is not None}


def _listed_round(shown: object) -> View:
    assert isinstance(shown, dict)
    view: View = {
        "class": shown.get("class"),
        "eap-type": str(shown["eap-type"]).removeprefix("EAP_") if "eap-type" in shown else None,
        "xauth": shown.get("xauth"),
        "revocation": shown.get("revocation"),
        **{key: printed(shown.get(key)) for key in ("id", "ca_id", "aaa_id", "eap_id", "xauth_id")},
        "groups": [printed(group) for group in shown["groups"]],
        "policies": [policy for policy in shown["cert_policy"] if not policy.startswith("0x")],
    }
    return {key: value for key, value in view.items() if value is not None}
