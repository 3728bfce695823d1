"""Edits as strongSwan settings: a swanctl.conf fragment that merges with what is there, or the key of an ipsec.conf section.

Sources: strongSwan documentation, swanctl.conf and ipsec.conf reference (sections given twice are merged, a key given later
replaces the earlier one).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.strongswan_mirror import ipsec_conf, swanctl
from ipsecbot.model.connection import EncapsulationMode, StartAction
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.spellings import prf_of

SECRET = "<the shared secret>"  # noqa: S105  the words that stand where only the operator knows what to type
Lines = tuple[str, ...]
_KEY = re.compile(r"^\s*([A-Za-z_]\w*)\s*=")
_PLAIN = re.compile(r"[\w.@:*%/-]*|<[\w ]+>")
_OF_CHILD = (What.CHILD_PROPOSAL, What.PFS, What.SELECTORS, What.ENCAPSULATION, What.TRAFFIC)
_METHODS = {AuthMethod.PSK: "psk", AuthMethod.PUBKEY: "pubkey"}
LOAD, RELOAD = "swanctl --load-all", "ipsec reload"


def _is_stroke(plan: Plan) -> bool:
    """Whether this connection stands in ipsec.conf."""
    places = [plan.edit.near, *((plan.connection.source, plan.connection.ike.source) if plan.connection is not None else ())]
    return any("ipsec." in place.output for place in places if place is not None)


def _key_at(edit: Edit, default: str) -> str:
    """The key that stands at the line to change: in ipsec.conf `left` and `right` may be either end."""
    match = _KEY.match(edit.near.text) if edit.near is not None else None
    return match[1] if match else default


def _nested(path: tuple[str, ...], *settings: str) -> Lines:
    depth = len(path)
    opening = tuple(f"{'  ' * level}{name} {{" for level, name in enumerate(path))
    closing = tuple(f"{'  ' * level}}}" for level in reversed(range(depth)))
    return (*opening, *(f"{'  ' * depth}{setting}" for setting in settings), *closing)


def _name(plan: Plan) -> str:
    return plan.connection.name if plan.connection is not None else "<connection>"


def _conn(plan: Plan, *settings: str, section: tuple[str, ...] = ()) -> Lines:
    return (*_nested(("connections", _name(plan), *section), *settings), LOAD)


def _stroke(plan: Plan, *settings: str) -> Lines:
    of_child = plan.edit.what in _OF_CHILD and plan.child is not None
    name = plan.child.name if of_child and plan.child is not None else _name(plan)
    return (f"conn {name}", *(f"    {setting}" for setting in settings), RELOAD)


def _child(plan: Plan, *settings: str) -> Lines:
    return _conn(plan, *settings, section=("children", plan.child.name if plan.child is not None else "<child>"))


def words(proposal: Proposal) -> str:
    """A proposal as strongSwan writes it: the PRF only where it does not follow from the integrity algorithm."""
    implied = {prf for integrity in proposal.of(TransformType.INTEG) if (prf := prf_of(integrity)) is not None}
    prfs = proposal.of(TransformType.PRF)
    spoken = () if set(prfs) == implied else prfs
    parts = [*proposal.of(TransformType.ENCR), *proposal.of(TransformType.INTEG), *spoken, *proposal.of(TransformType.KE)]
    parts += [algorithm for algorithm in proposal.of(TransformType.ESN) if algorithm.keyword == "esn"]
    return "-".join(algorithm.keyword for algorithm in parts)


def _list(edit: Edit) -> str | None:
    if edit.proposal is None:
        return None
    every = sorted((edit.proposal, *edit.others), key=lambda proposal: proposal.number or 0)
    return ", ".join(dict.fromkeys(words(proposal) for proposal in every))


def _ike_proposal(plan: Plan) -> Lines | None:
    value = _list(plan.edit)
    if value is None:
        return None
    return _stroke(plan, f"ike={value.replace(', ', ',')}!") if _is_stroke(plan) else _conn(plan, f"proposals = {value}")


def _child_proposal(plan: Plan) -> Lines | None:
    value = _list(plan.edit)
    if value is None or plan.edit.proposal is None or plan.edit.proposal.beside is not None:
        return None  # there is no AH beside ESP in one proposal of charon
    protocol = "ah" if plan.edit.proposal.protocol is Protocol.AH else "esp"
    if _is_stroke(plan):
        return _stroke(plan, f"{protocol}={value.replace(', ', ',')}!")
    return _child(plan, f"{protocol}_proposals = {value}")


def _selector(selector: TrafficSelector) -> str:
    return str(selector)


def _selectors(plan: Plan) -> Lines | None:
    local = ", ".join(dict.fromkeys(_selector(pair.local) for pair in plan.edit.selectors))
    remote = ", ".join(dict.fromkeys(_selector(pair.remote) for pair in plan.edit.selectors))
    if not _is_stroke(plan):
        return _child(plan, f"local_ts = {local}", f"remote_ts = {remote}")
    pairs = plan.child.selectors if plan.child is not None else None
    source = pairs[0].local.source if pairs else None
    mine = "rightsubnet" if source is not None and source.text.strip().startswith("right") else "leftsubnet"
    theirs = "leftsubnet" if mine == "rightsubnet" else "rightsubnet"
    return _stroke(plan, f"{mine}={local.replace(', ', ',')}", f"{theirs}={remote.replace(', ', ',')}")


def _encapsulation(plan: Plan) -> Lines | None:
    mode = plan.edit.encapsulation or EncapsulationMode.TUNNEL
    return _stroke(plan, f"type={mode}") if _is_stroke(plan) else _child(plan, f"mode = {mode}")


def _version(plan: Plan) -> Lines | None:
    version = plan.edit.version
    return _stroke(plan, f"keyexchange=ikev{version}") if _is_stroke(plan) else _conn(plan, f"version = {version}")


def _exchange_mode(plan: Plan) -> Lines | None:
    return _stroke(plan, "aggressive=no") if _is_stroke(plan) else _conn(plan, "aggressive = no")


def _childless(plan: Plan) -> Lines | None:
    """ipsec.conf has no such key."""
    return None if _is_stroke(plan) else _conn(plan, f"childless = {plan.edit.childless}")


def _auth_method(plan: Plan) -> Lines | None:
    """How each end proves itself. charon finds a certificate for its identity among those it has loaded."""
    own, peer = (_METHODS.get(method) if method is not None else None for method in (plan.edit.own_auth, plan.edit.auth))
    ike = plan.connection.ike if plan.connection is not None else None
    if own is None or peer is None or ike is None:
        return None
    hint = ("# … with a certificate for the own identity, and its private key",) if own == "pubkey" else ()
    if _is_stroke(plan):
        mine, theirs = ("right", "left") if _key_at(plan.edit, "left").startswith("right") else ("left", "right")
        return _stroke(plan, f"{mine}auth={own}", f"{theirs}auth={peer}", *hint)
    body: list[str] = []
    for name, method, remark in ((ike.local_round or "local", own, hint), (ike.remote_round or "remote", peer, ())):
        body += [f"{name} {{", f"  auth = {method}", *(f"  {line}" for line in remark), "}"]
    return (*_nested(("connections", _name(plan)), *body), LOAD)


def _quoted(value: object) -> str:
    """An identity as both kinds of file read it whole: a distinguished name has blanks, commas and `=`."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else f'"{text}"'


def _local_id(plan: Plan) -> Lines | None:
    value = _quoted(plan.edit.identity)
    if _is_stroke(plan):
        return _stroke(plan, f"{_key_at(plan.edit, 'leftid')}={value}")
    name = plan.connection.ike.local_round if plan.connection is not None else None
    return _conn(plan, f"id = {value}", section=(name or "local",))


def _remote_id(plan: Plan) -> Lines | None:
    value = _quoted(plan.edit.identity)
    if _is_stroke(plan):
        return _stroke(plan, f"{_key_at(plan.edit, 'rightid')}={value}")
    name = plan.connection.ike.remote_round if plan.connection is not None else None
    return _conn(plan, f"id = {value}", section=(name or "remote",))


def _key(plan: Plan) -> Lines | None:
    """The entry in use with another value; an entry of its own where there is none."""
    own = plan.connection.ike.local_id if plan.connection is not None else None
    names = [_quoted(item) for item in (own, plan.edit.identity or plan.edit.address or "<peer identity>") if item is not None]
    used = plan.edit.key
    if _is_stroke(plan):
        owners = names if used is None else [_quoted(owner) for owner in used.owners]
        place = "/etc/ipsec.secrets"
        if used is not None and used.source is not None:
            place = f"{used.source.output}, instead of line {used.source.first_line}:"
        return (f"# {place}", f'{" ".join([*owners, ""])}: PSK "{SECRET}"', "ipsec rereadsecrets")
    ids = [f"id-{number} = {item}" for number, item in enumerate(names, 1)] if used is None else []
    entry = used.name if used is not None and used.name else f"ike-{_name(plan)}"
    return (*_nested(("secrets", entry), *ids, f'secret = "{SECRET}"'), "swanctl --load-creds")


def _peer_address(plan: Plan) -> Lines | None:
    if _is_stroke(plan):
        return _stroke(plan, f"{_key_at(plan.edit, 'right')}={plan.edit.address}")
    return _conn(plan, f"remote_addrs = {plan.edit.address}")


def _new_connection(plan: Plan) -> Lines | None:
    stroke = _is_stroke(plan)
    if plan.becomes is not None:
        whole = (ipsec_conf if stroke else swanctl)(plan.becomes, words, _quoted)
        return (*whole, "# … and its key, where it is not there yet", *(("ipsec rereadsecrets", RELOAD) if stroke else (LOAD,)))
    return (
        *_nested(("connections", "<name>"), f"remote_addrs = {plan.edit.address}", "proposals = <as the other end has them>"),
        "# … with its local, remote and children sections, and the key in secrets",
        LOAD,
    )


def _permit(plan: Plan) -> Lines | None:
    source = f"ip saddr {plan.edit.address} " if plan.edit.address else ""
    ports = ", ".join(str(port) for port in plan.edit.ports)
    return (f"nft add rule inet <table> <input chain> {source}udp dport {{ {ports} }} accept",)


def _traffic(plan: Plan) -> Lines | None:
    if plan.child is not None and plan.child.start_action is StartAction.TRAP:
        far = next((pair.remote.network for pair in plan.edit.selectors if pair.remote.network is not None), None)
        target = "<an address behind the peer>" if far is None else far[0] if far.num_addresses == 1 else far[1]
        return (f"ping -c 3 -I {plan.edit.own_address or '<a protected address>'} {target}",)
    if _is_stroke(plan):
        return _stroke(plan, "auto=route")
    return _child(plan, "start_action = trap")


WRITERS: Mapping[What, Callable[[Plan], Lines | None]] = {
    What.IKE_PROPOSAL: _ike_proposal,
    What.CHILD_PROPOSAL: _child_proposal,
    What.PFS: _child_proposal,
    What.SELECTORS: _selectors,
    What.ENCAPSULATION: _encapsulation,
    What.VERSION: _version,
    What.EXCHANGE_MODE: _exchange_mode,
    What.CHILDLESS: _childless,
    What.AUTH_METHOD: _auth_method,
    What.LOCAL_ID: _local_id,
    What.REMOTE_ID: _remote_id,
    What.KEY: _key,
    What.PEER_ADDRESS: _peer_address,
    What.NEW_CONNECTION: _new_connection,
    What.DAEMON: lambda plan: (f"systemctl enable --now strongswan{'-starter' if _is_stroke(plan) else ''}",),
    What.RELOAD: lambda plan: (RELOAD if _is_stroke(plan) else LOAD,),
    What.PERMIT: _permit,
    What.TRAFFIC: _traffic,
}


def write(plan: Plan) -> Lines | None:
    """Settings and the command that loads them for one plan; None where there is nothing to write."""
    writer = WRITERS.get(plan.edit.what)
    return writer(plan) if writer is not None else None
