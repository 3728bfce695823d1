"""The CHILD_SA of a `conn`.

Source: ipsec.conf(5) of strongSwan 5.9.8, tried against `swanctl --list-conns` after `ipsec start`.
"""

from __future__ import annotations

from ipsecbot.model.connection import ChildPolicy, EncapsulationMode, StartAction
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.model.wishes import ChildOptions, Limit, SaAction
from ipsecbot.parse.strongswan import ipsec_words as words
from ipsecbot.parse.strongswan.config_selectors import ANY, IPSEC_CONF, is_misread, read_config_selector
from ipsecbot.parse.strongswan.ipsec_values import ConnValues
from ipsecbot.parse.strongswan.proposals import read_cipher_suites
from ipsecbot.parse.strongswan.quantities import read_list, span
from ipsecbot.parse.strongswan.selectors import written_pairs

LIFETIME, MARGIN = 3600, 540  # seconds


def read_child(values: ConnValues, local: str, remote: str) -> ChildPolicy:
    """The child; `local` and `remote` are `left` and `right`, whichever is this host."""
    section = values.section
    protocol = Protocol.AH if values.text("ah") else Protocol.ESP
    proposals = read_suites(values, protocol.value.lower(), protocol)
    key = values.source("ah", "esp") or section.source
    times = _limit(values, "lifetime", "margintime", LIFETIME, MARGIN)
    volume = _limit(values, "lifebytes", "marginbytes")
    return ChildPolicy(
        name=section.name,
        protocol=protocol,
        proposals=proposals,
        selectors=written_pairs(_selectors(values, local), _selectors(values, remote)),
        mode=_mode(values),
        lifetime=span(times.expiry),
        lifetime_bytes=volume.expiry or None,
        start_action=values.get("auto", StartAction.NONE),
        source=section.source,
        proposal_source=key,
        selector_source=values.source(f"{remote}subnet", f"{local}subnet") or section.source,
        mode_source=values.source("type") or section.source,
        pfs_source=next((one.source for one in proposals if one.of(TransformType.KE)), key),
        time_limit=times,
        byte_limit=volume,
        packet_limit=_limit(values, "lifepackets", "marginpackets"),
        options=_options(values),
    )


def _limit(values: ConnValues, life: str, margin: str, default: int = 0, default_margin: int = 0) -> Limit:
    """Rekeyed a margin before the end, less up to `rekeyfuzz` of the margin by chance; nothing ends with `rekey=no`."""
    if not values.get("rekey", True):
        return Limit()
    expiry, before = values.get(life, default), values.get(margin, default_margin)
    return Limit((expiry - before) % (1 << 64), expiry, before * values.get("rekeyfuzz", 100) // 100)


def _options(values: ConnValues) -> ChildOptions:
    window: int | None = None
    return ChildOptions(
        compression=values.get("compress", False),
        on_dead_peer=values.get("dpdaction", SaAction.NONE),
        on_close=values.get("closeaction", SaAction.NONE),
        inactivity=span(values.get("inactivity", 0)),
        short_sha256=values.get("sha256_96", False),
        padding=values.get("tfc", 0),
        replay_window=values.get("replay_window", window),
        installs_policies=values.get("installpolicy", True),
        request_id=values.get("reqid", 0),
    )


def _mode(values: ConnValues) -> EncapsulationMode | None:
    """`type`, unless starter reads a `sourceip` after it, which makes it a tunnel again."""
    mode: EncapsulationMode | None = EncapsulationMode.TUNNEL
    for key in values.order:
        if key == "type":
            mode = dict(words.TYPES)[values.get("type", "tunnel")]
        elif key in ("leftsourceip", "rightsourceip"):
            mode = EncapsulationMode.TUNNEL
    return mode


def read_suites(
    values: ConnValues, key: str, protocol: Protocol, plugins: tuple[str, ...] | None = None
) -> tuple[Proposal, ...]:
    """The proposals of `ike`, `esp` or `ah`; where nothing is said, charon's defaults."""
    parameter = values.parameter(key)
    source = parameter.source if parameter else values.section.source
    read = read_cipher_suites(parameter.value if parameter else None, protocol, source, plugins=plugins)
    for problem in read.problems:
        values.notes.problem(problem, source)
    for word in read.unknown:
        values.notes.gap(source, f"unknown algorithm {word}")
    return read.value


def _selectors(values: ConnValues, side: str) -> tuple[tuple[TrafficSelector, ...], ...]:
    """Every selector of one end; charon skips one that it cannot read, and takes the end's own address where none is left."""
    narrowed = values.get(f"{side}protoport", ANY)
    parameter = values.parameter(f"{side}subnet")
    source = parameter.source if parameter else values.source(side) or values.section.source
    found: list[tuple[TrafficSelector, ...]] = []
    for one in read_list(parameter.value) if parameter else ():
        selectors = read_config_selector(one, IPSEC_CONF, source, narrowed)
        if selectors and is_misread(one):
            values.notes.gap(source, f"charon takes {one} for {selectors[0]}")
        if selectors:
            found.append(selectors)
        else:
            values.notes.gap(source, f"not a subnet, skipped: {one}")
    return tuple(found) or ((TrafficSelector(None, *narrowed, source=source),),)
