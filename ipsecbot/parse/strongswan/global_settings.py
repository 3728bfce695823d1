"""strongswan.conf and the files it includes → settings that concern every connection, line by line.

Guides and tickets quote these files without their sections (`duplicheck.enable = no`), so each line counts by its key and the
sections that are open around it. Source: strongswan.conf(5), "charon" and "LOGGER CONFIGURATION".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipsecbot.model.daemon import DaemonSetting, DaemonTopic
from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import OutputKind, RawOutput

_LINE = re.compile(r"\s*(?P<key>[A-Za-z][\w.-]*)\s*=\s*(?P<value>[^\s#{}][^#{}]*?)\s*(?:[#}].*)?$")
_OPENS = re.compile(r"\s*(?P<name>[^\s={}#][^={}#]*?)\s*\{\s*(?:#.*)?$")
_INLINE = re.compile(r"\s*(?P<name>[\w.-]+)\s*\{\s*(?P<body>[^{}]+)\}\s*$")
_SUBSYSTEMS = "default|dmn|mgr|ike|chd|job|cfg|knl|net|asn|enc|tnc|imc|imv|pts|tls|esp|lib|app"
_DEEPEST = 8  # sections around a setting that tell what it is about
_LONGEST = 400  # no setting is longer, and what is would only take time
# The end of `section.section.key` → what it is about.
TOPICS: tuple[tuple[re.Pattern[str], DaemonTopic], ...] = tuple(
    (re.compile(rf"(?:^|\.)(?:{pattern})$"), topic)
    for pattern, topic in (
        (r"duplicheck\.(?:enable|load)", DaemonTopic.DUPLICATE_CHECK),
        (rf"(?:filelog|syslog)\..+\.(?:{_SUBSYSTEMS})", DaemonTopic.LOG_LEVEL),
        (r"(?:filelog\..+\.)?append", DaemonTopic.LOG_APPEND),
        (r"ike_name", DaemonTopic.LOG_NAMES),
        (r"(?:dns|nbns)[12]", DaemonTopic.NAME_SERVER),
        (r"i_dont_care_about_security_and_use_aggressive_mode_psk", DaemonTopic.AGGRESSIVE_PSK),
        (r"prefer_configured_proposals", DaemonTopic.OWN_PROPOSALS),
    )
)
_BARE_LEVEL = re.compile(r"default$")  # nothing but a logger has it
_LEVEL = re.compile(r"-1|[0-4]$")


def read_daemon_settings(outputs: tuple[RawOutput, ...], device: str) -> tuple[DaemonSetting, ...]:
    """The settings of all strongswan.conf texts among `outputs`, in the order of the lines. Never raises."""
    files = (output for output in outputs if output.kind is OutputKind.STRONGSWAN_CONF)
    return tuple(setting for output in files for setting in _read(output, device))


def _read(output: RawOutput, device: str) -> Iterator[DaemonSetting]:
    sections: list[str] = []
    for number, line in enumerate(output.text.split("\n"), 1):
        if len(line) > _LONGEST:
            continue
        source = Source(device, output.name, number, number, line.strip())
        inline, opens = _INLINE.match(line), _OPENS.match(line)
        if inline is not None:
            yield from _setting([*sections, inline["name"]], inline["body"], source)
        elif opens is not None:
            sections.append(opens["name"].strip())
        else:
            yield from _setting(sections, line, source)
            if sections and line.partition("#")[0].rstrip().endswith("}"):
                sections.pop()


def _setting(sections: list[str], line: str, source: Source) -> Iterator[DaemonSetting]:
    match = _LINE.match(line)
    if match is None:
        return
    path, value = ".".join((*sections[-_DEEPEST:], match["key"])), match["value"].strip().strip('"').lower()
    topic = next((topic for pattern, topic in TOPICS if pattern.search(path)), None)
    if topic is None and _BARE_LEVEL.search(path) and _LEVEL.match(value):
        topic = DaemonTopic.LOG_LEVEL
    if topic is not None:
        yield DaemonSetting(topic, value, source)
