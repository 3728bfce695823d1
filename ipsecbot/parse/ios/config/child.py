"""Phase 2 of one connection: proposals, selectors as given, mode and lifetimes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.connection import ChildPolicy, EncapsulationMode, StartAction
from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.parse.ios.config.defaults import (
    DEFAULT,
    IPSEC_KILOBYTES,
    IPSEC_SECONDS,
    TRANSFORM_SETS,
    is_removed,
    removes_weak,
)
from ipsecbot.parse.ios.config.drafts import IpsecPolicy, Router
from ipsecbot.parse.ios.config.ike import Ends
from ipsecbot.parse.ios.config.reader import Reader
from ipsecbot.spellings import by_ios

_FIRST_WITH_DEFAULT_SETS = (15, 0)  # 12.4(20)T, which `version 12.4` does not tell from 12.4 mainline


def child_policy(
    reader: Reader,
    policy: IpsecPolicy,
    name: str,
    selectors: tuple[SelectorPair, ...] | None,
    ends: Ends,
    start: StartAction | None,
    selector_list: str | None = None,
) -> ChildPolicy:
    router, selector_list = reader.router, selector_list or policy.acl
    proposals, mode, mode_source = _proposals(reader, policy)
    if mode is EncapsulationMode.TRANSPORT and selectors and not _between_endpoints(selectors, ends):
        mode = EncapsulationMode.TUNNEL
    seconds = policy.seconds or router.seconds or IPSEC_SECONDS
    kilobytes = policy.kilobytes or router.kilobytes or IPSEC_KILOBYTES
    first = proposals[0] if proposals else None
    return ChildPolicy(
        name=name,
        protocol=first.protocol if first is not None else Protocol.ESP,
        proposals=proposals,
        selectors=selectors,
        mode=mode,
        lifetime=timedelta(seconds=seconds),
        lifetime_bytes=None if policy.volume_disabled else kilobytes * 1024,
        start_action=start,
        source=policy.source,
        proposal_source=first.source if first is not None and first.source is not None else policy.set_source,
        selector_list=selector_list,
        selector_source=selectors[0].local.source if selectors and selectors[0].local.source else policy.acl_source,
        mode_source=mode_source,
        pfs_source=policy.pfs_source or policy.source,
        answers_groups=() if policy.pfs_is_named else _group("group2"),
        excluded=_excluded(router, selector_list),
    )


def _excluded(router: Router, name: str | None) -> tuple[SelectorPair, ...]:
    acl = router.acls.get(name) if name is not None else None
    return tuple(dict.fromkeys(acl.excluded)) if acl is not None else ()


def _proposals(reader: Reader, policy: IpsecPolicy) -> tuple[tuple[Proposal, ...], EncapsulationMode | None, Source | None]:
    """One proposal for each transform set, in order, with the PFS group in each. The mode is the first set's."""
    router = reader.router
    sets = [drafted for name in policy.sets if (drafted := router.sets.get(name)) is not None]
    group = _pfs_group(reader, policy)
    found: list[Proposal] = [drafted.proposal for drafted in sets if drafted.proposal is not None]
    mode = sets[0].mode if sets else None
    if uses_default_sets(router, policy):
        found, mode = _default_proposals(router), EncapsulationMode.TRANSPORT
    numbered = tuple(
        replace(proposal, number=number, algorithms=(*proposal.algorithms, *group)) for number, proposal in enumerate(found, 1)
    )
    return numbered, mode, (sets[0].mode_source or sets[0].source) if sets else None


def uses_default_sets(router: Router, policy: IpsecPolicy) -> bool:
    """Whether the transform sets are the release's own: asked for by name, or because an entry that was seen whole has none."""
    if router.no_default_sets:
        return False
    if policy.sets:
        return policy.sets == [DEFAULT] and DEFAULT not in router.sets
    if policy.is_excerpt:
        return False
    if policy.map_name is None:
        return policy.source.text.lstrip().startswith("crypto ipsec profile") or policy.name == DEFAULT
    entry_was_seen = bool(policy.peers and policy.acl)
    return entry_was_seen and router.release is not None and router.release >= _FIRST_WITH_DEFAULT_SETS


def _default_proposals(router: Router) -> list[Proposal]:
    found: list[Proposal] = []
    weak_removed = removes_weak(router.release, shield_disabled=router.shield_disabled)
    for name, encryption, hashing in TRANSFORM_SETS:
        if weak_removed and is_removed("encr", encryption.removeprefix("esp-")):
            continue
        words = (by_ios("esp", TransformType.ENCR, encryption), by_ios("esp", TransformType.INTEG, hashing))
        found.append(Proposal(Protocol.ESP, tuple(word for word in words if word is not None), name=name))
    return found


def _pfs_group(reader: Reader, policy: IpsecPolicy) -> tuple[Algorithm, ...]:
    if policy.pfs is None:
        return ()
    group = _group(policy.pfs)
    if not group:
        reader.gap_at(policy.pfs_source or policy.source, f"unknown PFS group: {policy.pfs}")
    return group


def _group(words: str) -> tuple[Algorithm, ...]:
    found = by_ios("esp", TransformType.KE, words)
    return (found,) if found is not None else ()


def _between_endpoints(selectors: tuple[SelectorPair, ...], ends: Ends) -> bool:
    """Whether the traffic is that of the two endpoints themselves; an endpoint that is not known may be one."""
    for pair in selectors:
        for selector, addresses in ((pair.local, ends.local), (pair.remote, ends.remote)):
            network = selector.network
            if network is None or not addresses or addresses == ("%any",):
                continue
            if network.prefixlen != network.max_prefixlen or str(network.network_address) not in addresses:
                return False
    return True
