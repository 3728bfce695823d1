"""Keys as IOS configuration lines. A key that is there has to go before another one for the same peer is taken.

Source: Cisco IOS Security Command Reference, `crypto isakmp key` ("A pre-shared key for address mask … already exists"),
`crypto keyring`, `pre-shared-key (IKEv2 keyring)`, `peer`, `set aggressive-mode password`.
"""

from __future__ import annotations

from ipsecbot.diagnose.remedy.edits import Plan
from ipsecbot.diagnose.remedy.ios_words import OLD_SECRET, SECRET, Lines, context, is_v1, label
from ipsecbot.model.identity import SharedKey


def key(plan: Plan) -> Lines | None:
    peer = plan.edit.address or "<peer address>"
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    if near.startswith("set aggressive-mode password"):
        return (f"crypto isakmp peer address {peer}", f" set aggressive-mode password {SECRET}")
    if plan.connection is not None and not is_v1(plan.connection):
        return _ikev2(plan, peer, near)
    return _v1(plan, peer, near)


def _v1(plan: Plan, peer: str, near: str) -> Lines:
    ring = plan.connection.ike.keyring if plan.connection is not None else None
    used = plan.edit.key
    owner = _own_owner(used, peer)
    tail = " no-xauth" if near.endswith("no-xauth") else ""
    if ring is not None:
        old = (f" no pre-shared-key {owner} key {OLD_SECRET}",) if owner else ()
        of_vrf = f" vrf {used.vrf}" if used is not None and used.vrf is not None else ""
        return (f"crypto keyring {ring}{of_vrf}", *old, f" pre-shared-key {owner or f'address {peer}'} key {SECRET}")
    vrf = plan.connection.vrf if plan.connection is not None else None
    if vrf is not None:  # `crypto isakmp key` is for the global table only
        name = used.keyring if used is not None and used.keyring is not None else label(plan)
        old = (f" no pre-shared-key {owner} key {OLD_SECRET}",) if owner else ()
        return (f"crypto keyring {name} vrf {vrf}", *old, f" pre-shared-key {owner or f'address {peer}'} key {SECRET}")
    old = (f"no crypto isakmp key {OLD_SECRET} {owner}",) if owner else ()
    return (*old, f"crypto isakmp key {SECRET} {owner or f'address {peer}'}{tail}")


def _own_owner(used: SharedKey | None, peer: str) -> str | None:
    """Whom the key in use is for, when that is this peer alone: a key for a network serves others, and a longer match goes
    before it."""
    if used is None or len(used.owners) != 1 or "/" in used.owners[0]:
        return None
    owner = used.owners[0]
    return f"address {owner}" if owner == peer else f"hostname {owner}" if not owner[0].isdigit() and ":" not in owner else None


def _ikev2(plan: Plan, peer: str, near: str) -> Lines:
    ring = plan.connection.ike.keyring if plan.connection is not None else None
    used = plan.edit.key
    if near.startswith("authentication"):  # the profile has the key itself
        side = "remote" if " remote " in near else "local"
        return (context(plan, "crypto ikev2 profile"), f" authentication {side} pre-share key {SECRET}")
    if used is not None and used.name is not None and not any("/" in owner for owner in used.owners):
        direction = f"{used.direction} " if used.direction else ""
        return (f"crypto ikev2 keyring {used.keyring or ring}", f" peer {used.name}", f"  pre-shared-key {direction}{SECRET}")
    return (*new_peer(plan, ring or label(plan), peer), *(() if ring else _taken_by_profile(plan)))


def new_peer(plan: Plan, ring: str, peer: str) -> Lines:
    """A keyring entry for one more peer."""
    return (f"crypto ikev2 keyring {ring}", f" peer {label(plan)}", f"  address {peer}", f"  pre-shared-key {SECRET}")


def _taken_by_profile(plan: Plan) -> Lines:
    return (context(plan, "crypto ikev2 profile"), f" keyring local {label(plan)}")


def key_for_new_address(plan: Plan) -> Lines:
    """Beside a new peer address: the key for it, and a profile that takes it."""
    address = plan.edit.address or "<peer address>"
    ring = plan.connection.ike.keyring if plan.connection is not None else None
    if is_v1(plan.connection):
        if ring is not None:
            return (f"crypto keyring {ring}", f" pre-shared-key address {address} key {SECRET}")
        return (f"crypto isakmp key {SECRET} address {address}",)
    return new_peer(plan, ring or label(plan), address)
