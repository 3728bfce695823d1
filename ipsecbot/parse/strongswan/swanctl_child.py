"""One section of `children` of swanctl.conf → ChildPolicy.

Source: swanctl.conf(5) of strongSwan 5.9.8, "connections.<conn>.children.<child>", tried against `swanctl --list-conns` and
charon's log at `cfg = 2`.
"""

from __future__ import annotations

from ipsecbot.model.connection import ChildPolicy
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.model.wishes import ChildOptions, Limit, SaAction
from ipsecbot.parse.strongswan import words
from ipsecbot.parse.strongswan.config_selectors import SWANCTL, is_misread, read_config_selector
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.proposals import default_proposals, read_proposals
from ipsecbot.parse.strongswan.quantities import read_list, span
from ipsecbot.parse.strongswan.sections import Section, Setting
from ipsecbot.parse.strongswan.selectors import written_pairs
from ipsecbot.parse.strongswan.values import Values

REKEY = 3600  # seconds
_UNSET = 0xFFFFFFFF  # as a 32-bit number, -1
_PROTOCOLS = (("esp_proposals", Protocol.ESP), ("ah_proposals", Protocol.AH))


def read_child(section: Section, notes: Notes) -> ChildPolicy:
    """A child with charon's defaults where nothing is said."""
    values = Values(section, words.CHILD, notes)
    proposals = _proposals(section, values, notes)
    local, remote = _selectors(section, "local_ts", values), _selectors(section, "remote_ts", values)
    times = _limit(values, "time", REKEY)
    volume = _limit(values, "bytes")
    action = dict(words.START_ACTIONS)[values.get("start_action", SaAction.NONE)]
    key = proposals[0].source if proposals else section.source
    return ChildPolicy(
        name=section.name,
        protocol=proposals[0].protocol if proposals else Protocol.ESP,
        proposals=proposals,
        selectors=written_pairs(local, remote),
        mode=dict(words.MODES)[values.get("mode", "tunnel")],
        lifetime=span(times.rekey or times.expiry),
        lifetime_bytes=volume.rekey or volume.expiry or None,
        start_action=action,
        source=section.source,
        proposal_source=key,
        selector_source=values.source("remote_ts", "local_ts") or section.source,
        mode_source=values.source("mode") or section.source,
        pfs_source=next((one.source for one in proposals if one.of(TransformType.KE)), key),
        time_limit=times,
        byte_limit=volume,
        packet_limit=_limit(values, "packets"),
        options=_options(values),
    )


def _limit(values: Values, unit: str, default: int = 0) -> Limit:
    """What is not said follows from the rest: the end 10 % after rekeying, the spread between the two."""
    rekey = values.get(f"rekey_{unit}", default)
    expiry = values.get(f"life_{unit}", rekey * 110 // 100)
    return Limit(rekey, expiry, values.get(f"rand_{unit}", max(0, expiry - rekey)))


def _options(values: Values) -> ChildOptions:
    label: str | None = None
    window: int | None = values.get("replay_window", None)
    return ChildOptions(
        compression=values.get("ipcomp", False),
        on_dead_peer=values.get("dpd_action", SaAction.NONE),
        on_close=values.get("close_action", SaAction.NONE),
        inactivity=span(values.get("inactivity", 0)),
        short_sha256=values.get("sha256_96", False),
        label=values.get("label", label),
        padding=values.get("tfc_padding", 0),
        replay_window=None if window == _UNSET else window,
        installs_policies=values.get("policies", True),
        request_id=values.get("reqid", 0),
    )


def _proposals(section: Section, values: Values, notes: Notes) -> tuple[Proposal, ...]:
    """ESP and AH as written; where neither is, charon's defaults (AEAD first here)."""
    found: list[Proposal] = []
    for setting in section.settings:
        protocol = dict(_PROTOCOLS).get(setting.key)
        if protocol is not None and not setting.cleared:
            found += checked_proposals(setting, protocol, values, notes)
    if any(section.setting(key) is not None for key, _ in _PROTOCOLS) and (found or values.refused):
        return tuple(found)
    return default_proposals(Protocol.ESP, source=section.source, aead_first=True)


def checked_proposals(
    setting: Setting, protocol: Protocol, values: Values, notes: Notes, plugins: tuple[str, ...] | None = None
) -> tuple[Proposal, ...]:
    """The proposals of a setting; one that charon cannot take spoils the connection."""
    read = read_proposals(setting.value, protocol, setting.source, plugins=plugins)
    for problem in read.problems:
        notes.problem(problem, setting.source)
    for word in read.unknown:
        notes.gap(setting.source, f"unknown algorithm {word}")
    if read.problems:
        values.refuse(setting)
    return read.value


def _selectors(section: Section, key: str, values: Values) -> tuple[tuple[TrafficSelector, ...], ...]:
    """Every selector as the networks that make it up (a range is several)."""
    setting = section.setting(key)
    dynamic = (TrafficSelector(None, source=section.source),)
    if setting is None:
        return (dynamic,)
    found = tuple(read_config_selector(word, SWANCTL, setting.source) for word in read_list(setting.value))
    if not all(found):
        values.refuse(setting)
    for word, selectors in zip(read_list(setting.value), found, strict=True):
        if selectors and is_misread(word):
            values.notes.gap(setting.source, f"charon takes {word} for {selectors[0]}")
    return tuple(one for one in found if one) or (dynamic,)
