"""What strongswan.conf decides about every connection: charon's own settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.model.snapshot import Gap, OutputKind, RawOutput
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.strongswan.files import ConfigFile
from ipsecbot.parse.strongswan.quantities import read_bool
from ipsecbot.parse.strongswan.sections import Section, Setting
from ipsecbot.parse.strongswan.settings import read_settings

# Settings that may stand under `charon` (older starters), `charon-systemd` or both; the first found is in force.
_DAEMONS = ("charon", "charon-systemd")
_DECIMAL = re.compile(r"\d{1,7}(?:\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """strongswan.conf as far as it decides a negotiation or where to look; None: not said in the files read.

    `plugins`: the explicit load list. `logs`: paths of every filelog section. `read`: whether a strongswan.conf was read.
    `retransmit_*`: how long silence lasts (strongswan.conf(5): 5 tries, 4.0 s, base 1.8 when not set). `fragment_size`: how
    large the IP packet of an IKE message may be before it is fragmented (1280 when not set). `port`, `nat_port`: 500 and 4500
    when not set.
    """

    read: bool = False
    plugins: tuple[str, ...] | None = None
    logs: tuple[str, ...] = ()
    aggressive_psk: bool | None = None
    prefers_own_proposals: bool | None = None
    retransmit_tries: int | None = None
    retransmit_timeout: timedelta | None = None
    retransmit_base: float | None = None
    fragment_size: int | None = None
    port: int | None = None
    nat_port: int | None = None


def read_daemon(outputs: tuple[RawOutput, ...], device: str) -> Parsed[DaemonSettings]:
    """charon's settings of all strongswan.conf files among `outputs`."""
    files = tuple(ConfigFile.of(output, device) for output in outputs if output.kind is OutputKind.STRONGSWAN_CONF)
    if not files:
        return Parsed(DaemonSettings())
    settings = read_settings(files, complete=True)
    gaps = list(settings.gaps)
    found = [section for name in _DAEMONS if (section := settings.root.section(name)) is not None]
    value = DaemonSettings(
        read=True,
        plugins=_plugins(found),
        logs=_logs(found),
        aggressive_psk=_bool(found, "i_dont_care_about_security_and_use_aggressive_mode_psk", gaps),
        prefers_own_proposals=_bool(found, "prefer_configured_proposals", gaps),
        retransmit_tries=_count(found, "retransmit_tries", gaps),
        retransmit_timeout=_timeout(found, gaps),
        retransmit_base=_decimal(found, "retransmit_base", gaps),
        fragment_size=_count(found, "fragment_size", gaps),
        port=_count(found, "port", gaps),
        nat_port=_count(found, "port_nat_t", gaps),
    )
    return Parsed(value, tuple(gaps))


def _setting(sections: list[Section], key: str) -> Setting | None:
    return next((setting for section in sections if (setting := section.setting(key)) is not None), None)


def _plugins(sections: list[Section]) -> tuple[str, ...] | None:
    setting = _setting(sections, "load")
    return tuple(word.rstrip("!") for word in setting.value.split()) if setting else None


def _logs(sections: list[Section]) -> tuple[str, ...]:
    """Since 5.7.0 a filelog section has any name and a `path`; before, its name was the path (dots not allowed)."""
    logs: list[str] = []
    for section in sections:
        filelog = section.section("filelog")
        for log in filelog.sections if filelog else ():
            path = log.setting("path")
            logs.append(path.value if path else log.name)
    return tuple(log for log in logs if log.startswith("/"))


def _bool(sections: list[Section], key: str, gaps: list[Gap]) -> bool | None:
    setting = _setting(sections, key)
    value = read_bool(setting.value) if setting else None
    if setting is not None and value is None:
        gaps.append(_bad(setting))
    return value


def _count(sections: list[Section], key: str, gaps: list[Gap]) -> int | None:
    setting = _setting(sections, key)
    if setting is None:
        return None
    if setting.value.isdecimal() and len(setting.value) < 6:
        return int(setting.value)
    gaps.append(_bad(setting))
    return None


def _decimal(sections: list[Section], key: str, gaps: list[Gap]) -> float | None:
    setting = _setting(sections, key)
    if setting is None:
        return None
    if _DECIMAL.fullmatch(setting.value):
        return float(setting.value)
    gaps.append(_bad(setting))
    return None


def _timeout(sections: list[Section], gaps: list[Gap]) -> timedelta | None:
    seconds = _decimal(sections, "retransmit_timeout", gaps)
    return None if seconds is None else timedelta(seconds=seconds)


def _bad(setting: Setting) -> Gap:
    source = setting.source
    return Gap(source.device, source.output, f"invalid value for {setting.key}", source.first_line, source.text)
