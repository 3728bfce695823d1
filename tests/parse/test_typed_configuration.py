"""Configuration typed at prompts, and counters of which only the peer is left."""

from __future__ import annotations

import pytest

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.detect import detect
from ipsecbot.parse.ios.sas import read_ipsec_sas
from ipsecbot.parse.paste.typed import as_configured, is_typed


@pytest.mark.parametrize(
    ("line", "configured"),
    [
        ("R1(config)#crypto isakmp policy 10", "crypto isakmp policy 10"),
        ("R1(config-isakmp)#group 14", " group 14"),
        ("R1(config-if)# crypto map CM", " crypto map CM"),
        ("R1(config-if)#crypto map CM 20 ipsec-isakmp", "crypto map CM 20 ipsec-isakmp"),
        ("R1(cfg-crypto-trans)#mode transport", " mode transport"),
        ("R1(ipsec-profile)#set pfs group14", " set pfs group14"),
        ("R1(config-if)#interface Tunnel0", "interface Tunnel0"),
        ("R1(config-isakmp)#hash md5 | |", " hash md5"),
        (" encr aes 256", " encr aes 256"),
    ],
)
def test_a_typed_line_stands_where_the_configuration_would_have_it(line: str, configured: str) -> None:
    """The prompt's mode indents, a command of global mode never is; other lines stay as they are."""
    assert as_configured(line) == configured


@pytest.mark.parametrize("line", ["R1(config)#do show crypto isakmp sa", "R1(config-if)#end", "R1#show run", "group 14"])
def test_what_configures_nothing_is_no_configuration(line: str) -> None:
    """Looking, leaving and answers are not typed configuration."""
    assert not is_typed(line)


def test_a_log_line_between_does_not_end_the_block() -> None:
    """A syslog message that appears while somebody types stays a log, and the block goes on."""
    text = "R1(config)#int tu0\n*Mar  1 00:00:01: %LINEPROTO-5-UPDOWN: x\nR1(config-if)#tunnel source lo0"
    parts = {part.output.kind: part.output.text for part in detect(text, "t")}
    assert parts[OutputKind.RUNNING_CONFIG].split("\n") == ["int tu0", "", " tunnel source lo0"]


def test_flows_without_idents_are_told_apart_by_their_peer() -> None:
    """Each peer keeps its own counters; a peer that shows neither packets nor an SA is left out."""
    text = (
        "   current_peer 203.0.113.81 port 500\n    #pkts encaps: 3, #pkts encrypt: 3\n    #pkts decaps: 5, #pkts decrypt: 5\n"
        "        in use settings ={Transport, }\n"
        "   current_peer 203.0.113.82 port 4500\n    #pkts encaps: 0, #pkts encrypt: 0\n    #pkts decaps: 0, #pkts decrypt: 0\n"
    )
    (child,) = read_ipsec_sas(RawOutput(OutputKind.IPSEC_SA, "t", text), "hub").value
    assert (child.remote, child.counters.packets_out, child.counters.packets_in) == ("203.0.113.81", 3, 5)
    assert child.mode is EncapsulationMode.TRANSPORT
