"""Logs of ASA: syslog, IKEv1 and IKEv2 debug in any mix."""

from __future__ import annotations

from ipsecbot.model.exchange import LogEvent
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.log import read_events as read_cisco_events
from ipsecbot.parse.read import Parsed


def read_events(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """Every event in ASA's syslog and debugs, in the order of the text; the same road as IOS, which shares frame,
    stamps and the words of IKEv2. `context` is `peer#n` for what only ASA prints."""
    return read_cisco_events(output, device)
