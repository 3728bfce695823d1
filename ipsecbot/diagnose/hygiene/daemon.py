"""Settings of the daemon itself: duplicates, the log, aggressive mode."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.hygiene.remark import Remark, remark
from ipsecbot.model.daemon import DaemonSetting, DaemonTopic
from ipsecbot.model.tunnel import Endpoint

_NO = ("no", "false", "0", "off", "disabled")
_NOISY, _RAW, _KEYS = 2, 3, 4  # log levels of strongswan.conf(5), "LOGGER CONFIGURATION"


def duplicates(end: Endpoint) -> Iterator[Remark]:
    """Whether a client that comes back replaces its old IKE SA."""
    for setting in _about(end, DaemonTopic.DUPLICATE_CHECK):
        if setting.value in _NO:
            yield from remark(
                "duplicate-check-off",
                "",
                "The check for duplicate IKE SAs is switched off.",
                "dead SAs of a client that came back stay and may keep its traffic; several devices of one user are better "
                "told apart by identities of their own",
                setting.source,
            )


def log_levels(end: Endpoint) -> Iterator[Remark]:
    """How much is written, and whether it is kept."""
    levels = [(int(one.value), one.source) for one in _about(end, DaemonTopic.LOG_LEVEL) if one.value.lstrip("-").isdigit()]
    highest = max((level for level, _ in levels), default=0)
    reasons = {
        _NOISY: "every packet and decision is written: fine for an afternoon, a full disk for a year",
        _RAW: "raw packets are written",
        _KEYS: "keys and other secrets are written",
    }
    if highest >= _NOISY:
        lines = [source for level, source in levels if level == highest]
        yield from remark("log-level", "", f"Log level {highest} is on for good.", reasons[min(highest, _KEYS)], *lines)
    if len({level for level, _ in levels}) > 1:
        told = ", ".join(str(level) for level in dict.fromkeys(level for level, _ in levels))
        yield from remark(
            "log-levels-differ",
            "",
            f"The text sets the log level more than once: {told}.",
            "loggers and subsystems may differ on purpose; two files for one logger hide which one counts",
            *(source for _, source in levels),
        )
    for setting in _about(end, DaemonTopic.LOG_APPEND):
        if setting.value in _NO:
            yield from remark(
                "log-overwritten",
                "",
                "A restart erases the log (append = no).",
                "what led to a crash or a restart is gone when somebody looks for it",
                setting.source,
            )


def aggressive_daemon(end: Endpoint) -> Iterator[Remark]:
    """The option by which the daemon answers aggressive mode with pre-shared keys at all."""
    for setting in _about(end, DaemonTopic.AGGRESSIVE_PSK):
        if setting.value not in _NO:
            yield from remark(
                "aggressive-psk",
                "",
                "The daemon answers aggressive mode with pre-shared keys.",
                "the hash goes over the wire in clear and can be guessed off-line",
                setting.source,
            )


def _about(end: Endpoint, topic: DaemonTopic) -> Iterator[DaemonSetting]:
    return (setting for setting in end.settings if setting.topic is topic)
