"""Pairs of swanctl.conf whose outcome strongSwan's own test suite tells, met when the comparison was tried against it: each row
is one way in which the two once differed. (Sources: testing/tests of strongSwan, told in own words; strongswan.conf(5).)"""

from __future__ import annotations

from pathlib import Path

import pytest

from ipsecbot.compare import compare_texts
from ipsecbot.model.comparison import Comparison

HUB, CLIENT = "192.0.2.1", "192.0.2.100"


def end(own: str, peer: str, local: str, remote: str, child: str = "remote_ts = 10.1.0.0/16", more: str = "") -> str:
    """One end with one child; `own` or `peer` empty: nothing is said of it."""
    addresses = f"{f'local_addrs = {own}' if own else ''}\n    {f'remote_addrs = {peer}' if peer else ''}"
    return f"""connections {{
  link {{
    {addresses}
    local {{
      {local}
    }}
    remote {{
      {remote}
    }}
    children {{
      net {{
        {child}
        esp_proposals = aes128gcm16
      }}
    }}
    version = 2
    proposals = aes128-sha256-x25519
  }}
}}
{more}
"""


def secret(value: str, *owners: str) -> str:
    named = "".join(f"\n    id-{number} = {owner}" for number, owner in enumerate(owners))
    return f"secrets {{\n  ike-one {{{named}\n    secret = {value}\n  }}\n}}"


def compared(tmp_path: Path, hub: str, client: str) -> Comparison:
    for name, text in (("hub", hub), ("client", client)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "swanctl.conf").write_text(text, encoding="utf-8")
    return compare_texts(str(tmp_path / "hub"), str(tmp_path / "client"))


def verdict(comparison: Comparison) -> str:
    """The agreements and the causes, or what is open."""
    said = []
    for one in comparison.tunnels:
        causes = ", ".join(sorted({finding.cause for finding in one.findings}))
        said.append(f"{one.agreement}{f': {causes}' if causes else ''}{f' ({one.unknown[0]})' if one.unknown else ''}")
    return "; ".join(said) or "unpaired"


LOCAL = "local_ts = 10.1.0.0/16"
PSK = "auth = psk"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("ttls", "agrees"),
        ("peap", "agrees"),
        ("tls", "agrees"),
        ("md5", "mismatched: auth-method-mismatch"),
        ("mschapv2", "mismatched: auth-method-mismatch"),
        ("radius", "undecided (whether the EAP method proves the responder as well stands in neither configuration)"),
    ],
)
def test_both_ends_prove_themselves_by_eap_alone_where_the_method_proves_both(
    tmp_path: Path, method: str, expected: str
) -> None:
    """RFC 5998: a responder without any other proof is accepted when the EAP method is mutual; charon refuses eap-md5 and
    eap-mschapv2 with `EAP-only authentication requires a mutual and MSK deriving EAP method`."""
    hub = end(HUB, "", f"auth = eap-{method}\n id = hub.example", f"auth = eap-{method}", LOCAL)
    client = end(CLIENT, HUB, "auth = eap\n id = client@example.org", "auth = eap\n id = hub.example")
    assert verdict(compared(tmp_path, hub, client)) == expected


def test_an_end_with_a_certificate_and_no_id_is_not_known_by_its_address(tmp_path: Path) -> None:
    """charon names itself by the subject of the certificate that `certs` names, whatever the method; the subject stands in
    no configuration, so an expected name is neither met nor missed."""
    hub = end(HUB, "", "auth = eap-ttls\n certs = hub.pem", "auth = eap-ttls", LOCAL)
    client = end(CLIENT, HUB, "auth = eap\n id = client@example.org", 'auth = eap-ttls\n id = "C=CH, O=Example, CN=hub"')
    assert verdict(compared(tmp_path, hub, client)) == "undecided (the identity that hub sends is not known)"


def test_an_end_that_says_nothing_of_itself_may_hold_the_certificate_it_is_asked_for(tmp_path: Path) -> None:
    """An empty `local` is `auth = pubkey`: which name it can prove depends on its certificates."""
    hub = end(HUB, "", "", "auth = pubkey", LOCAL)
    client = end(CLIENT, HUB, "auth = pubkey\n id = client.example", "auth = pubkey\n id = hub.example")
    assert verdict(compared(tmp_path, hub, client)) == "undecided (the identity that hub sends is not known)"


@pytest.mark.parametrize(
    ("peers", "expected"),
    [("192.0.2.90-192.0.2.110", "agrees"), ("192.0.2.101-192.0.2.110", "mismatched: wrong-peer-address")],
)
def test_a_range_of_peer_addresses_is_a_pattern_like_a_network(tmp_path: Path, peers: str, expected: str) -> None:
    """swanctl.conf(5), remote_addrs: ranges beside subnets and addresses."""
    hub = end(HUB, peers, PSK, PSK, LOCAL, secret("Ahorn-3-Zeisig", HUB, CLIENT))
    client = end(CLIENT, HUB, PSK, PSK, more=secret("Ahorn-3-Zeisig", HUB, CLIENT))
    assert verdict(compared(tmp_path, hub, client)) == expected


def test_a_key_of_one_name_is_not_missing_while_the_name_is_not_known(tmp_path: Path) -> None:
    """A client whose address the configuration leaves open may be the owner of the only key there is."""
    hub = end(HUB, "", PSK, PSK, LOCAL, secret("Ahorn-3-Zeisig", CLIENT))
    client = end("", HUB, PSK, PSK, more=secret("Ahorn-3-Zeisig", CLIENT))
    said = verdict(compared(tmp_path, hub, client))
    assert said.startswith("undecided")
    assert "missing" not in said


def test_multicast_on_both_sites_is_no_overlap(tmp_path: Path) -> None:
    """Groups are the same everywhere: both ends of a tunnel that forwards them name 224.0.0.0/4."""
    nets = "local_ts = 10.1.0.0/16, 224.0.0.0/4\n        remote_ts = 192.0.2.100/32, 224.0.0.0/4"
    back = "local_ts = 192.0.2.100/32, 224.0.0.0/4\n        remote_ts = 10.1.0.0/16, 224.0.0.0/4"
    hub = end(HUB, CLIENT, PSK, PSK, nets, secret("Ahorn-3-Zeisig"))
    client = end(CLIENT, HUB, PSK, PSK, back, secret("Ahorn-3-Zeisig"))
    assert verdict(compared(tmp_path, hub, client)) == "agrees"
