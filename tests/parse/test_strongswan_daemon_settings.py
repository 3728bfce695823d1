"""strongswan.conf as files have it and as guides quote it; virtual addresses of both configuration files."""

from __future__ import annotations

import pytest

from ipsecbot.model.daemon import DaemonTopic as T
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.detect import detect
from ipsecbot.parse.strongswan.config import read_config
from ipsecbot.parse.strongswan.global_settings import read_daemon_settings

WHOLE = """\
charon {
  duplicheck { enable = no }
  dns1 = 192.0.2.53
  filelog {
    daily {
      path = /var/log/charon.log
      default = 1   # quiet
      ike = 3
      append = no
    }
  }
}
"""
QUOTED = """\
Put this into strongswan.conf so that one user may have two phones:
duplicheck.enable = no
dns1 = 192.0.2.53
and this into charon-logging.conf, because we want to see everything:
default = 4
append = no
"""


def settings(text: str) -> list[tuple[T, str, int]]:
    outputs = tuple(part.output for part in detect(text, "pasted"))
    return [(one.topic, one.value, one.source.first_line) for one in read_daemon_settings(outputs, "gw")]


def test_sections_say_what_a_setting_is_about() -> None:
    """Each setting with the line it stands in; a level needs a logger around it."""
    assert settings(WHOLE) == [
        (T.DUPLICATE_CHECK, "no", 2),
        (T.NAME_SERVER, "192.0.2.53", 3),
        (T.LOG_LEVEL, "1", 7),
        (T.LOG_LEVEL, "3", 8),
        (T.LOG_APPEND, "no", 9),
    ]


def test_a_guide_quotes_the_lines_without_their_sections() -> None:
    """The lines count, the prose between them does not, and nothing behind them is swallowed."""
    text = QUOTED + "conn office\n  keyexchange=ikev2\n  left=192.0.2.1\n  right=198.51.100.1\n"
    assert settings(text) == [
        (T.DUPLICATE_CHECK, "no", 2),
        (T.NAME_SERVER, "192.0.2.53", 3),
        (T.LOG_LEVEL, "4", 5),
        (T.LOG_APPEND, "no", 6),
    ]
    assert OutputKind.IPSEC_CONF in {part.output.kind for part in detect(text, "pasted")}


@pytest.mark.parametrize("line", ["default", "default = 9", "}", "{ = }", "= 4"])
def test_odd_lines_say_nothing(line: str) -> None:
    """What is no setting is passed over; other readers account for it."""
    assert read_daemon_settings((RawOutput(OutputKind.STRONGSWAN_CONF, "f", line),), "gw") == ()


@pytest.mark.parametrize(
    ("kind", "text", "gives", "asks"),
    [
        (OutputKind.IPSEC_CONF, "conn a\n  right=%any\n  rightsourceip=%config\n", ("%config",), ()),
        (OutputKind.IPSEC_CONF, "conn a\n  right=%any\n  rightsourceip=10.9.0.0/24,%dhcp\n", ("10.9.0.0/24", "%dhcp"), ()),
        (OutputKind.IPSEC_CONF, "conn a\n  right=192.0.2.1\n  leftsourceip=%modecfg\n", (), ("%config",)),
        (OutputKind.SWANCTL_CONF, "connections {\n a {\n pools = p4, p6\n }\n}\n", ("p4", "p6"), ()),
        (OutputKind.SWANCTL_CONF, "connections {\n a {\n vips = 0.0.0.0\n }\n}\n", (), ("0.0.0.0",)),
    ],
)
def test_who_gives_and_who_asks_for_virtual_addresses(
    kind: OutputKind, text: str, gives: tuple[str, ...], asks: tuple[str, ...]
) -> None:
    """What stands on the peer's side is given to it, what stands on this side is asked for."""
    (connection,) = read_config((RawOutput(kind, "f", text),), "gw").value.connections
    assert (connection.gives_addresses, connection.asks_addresses) == (gives, asks)
    assert connection.virtual_source is not None
