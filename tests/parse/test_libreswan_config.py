"""libreswan's ipsec.conf, ipsec.secrets and status listings become connections, keys and SAs."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ipsecbot.model.connection import Connection, EncapsulationMode, ExchangeMode, StartAction
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role, SaState
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.libreswan.algorithms import read_agreed, read_dashed, read_offers, read_transform
from ipsecbot.parse.libreswan.config import read_config
from ipsecbot.parse.libreswan.status import read_status
from ipsecbot.parse.libreswan.suites import read_suites
from ipsecbot.parse.read import EndConfig, Parsed

CASES = Path(__file__).parents[2] / "../shared/cases"

CONF = """\
version 2.0
config setup
    protostack=netkey
conn %default
    ikelifetime=8h
conn shop
    also=ends
    authby=secret
    ike=aes256-sha2_256;dh19,3des-sha1;modp1024
    phase2alg=aes128-sha1;modp1536
    ikev2=insist
    auto=start
conn ends
    left=192.0.2.1
    leftid=@shop
    leftsubnets={10.0.0.0/24 10.0.1.0/24}
    right=198.51.100.7
    rightsubnet=10.9.0.0/16
conn old
    left=192.0.2.1
    right=198.51.100.8
    leftsubnet=10.0.0.0/24
    rightsubnet=10.8.0.0/16
    authby=secret
    aggrmode=yes
    ike=aes128-sha1;modp1024
    esp=aes128-sha1
    type=transport
conn free
    left=192.0.2.1
    right=%any
    authby=rsasig
    keyexchange=ikev1
    pfs=no
    esp=3des-md5
    frobnicate=yes
"""


def _read(text: str = CONF, own: tuple[str, ...] = (), *more: RawOutput) -> Parsed[EndConfig]:
    return read_config((RawOutput(OutputKind.IPSEC_CONF, "ipsec.conf", text), *more), "shop", own)


def _conn(name: str, own: tuple[str, ...] = ()) -> Connection:
    return next(one for one in _read(own=own).value.connections if one.name == name)


def test_suites_versions_and_inherited_ends_are_read() -> None:
    """`also=`, `ike=` with the group behind a semicolon, `ikev2=insist` and a list of subnets."""
    shop = _conn("shop")
    assert shop.ike.versions == (2,)
    assert [one.keywords for one in shop.ike.proposals] == ["aes256-sha256-prfsha256-ecp256", "3des-sha1-prfsha1-modp1024"]
    assert (shop.ike.local_auth, str(shop.ike.local_id), [str(one) for one in shop.ike.remote_ids]) == (
        AuthMethod.PSK,
        "shop",
        ["198.51.100.7"],
    )
    (child,) = shop.children
    assert [one.keywords for one in child.proposals] == ["aes128-sha1-modp1536"]
    assert [str(pair) for pair in child.selectors or ()] == [
        "10.0.0.0/24 === 10.9.0.0/16",
        "10.0.1.0/24 === 10.9.0.0/16",
    ]
    assert child.start_action is StartAction.START
    assert child.proposal_source is not None
    assert "phase2alg" in child.proposal_source.text


def test_pfs_is_on_by_default_and_takes_the_group_of_phase_1() -> None:
    """IKEv1 without a group in esp= uses that of ike=; pfs=no uses none."""
    (old,) = _conn("old").children
    (free,) = _conn("free").children
    assert [one.keywords for one in old.proposals] == ["aes128-sha1-modp1024"]
    assert [one.keywords for one in free.proposals] == ["3des-md5"]
    assert old.mode is EncapsulationMode.TRANSPORT


def test_aggressive_mode_makes_it_ikev1() -> None:
    """aggrmode=yes: only IKEv1 has that mode."""
    old = _conn("old")
    assert (old.ike.versions, old.ike.initiates_mode) == ((1,), ExchangeMode.AGGRESSIVE)
    assert {proposal.auth for proposal in old.ike.proposals} == {AuthMethod.PSK}


def test_the_host_that_owns_the_right_address_is_the_right_end() -> None:
    """One file serves both ends; whose it is follows from the addresses."""
    shop = _conn("shop", own=("198.51.100.7",))
    assert (shop.local_addresses, shop.remote_addresses) == (("198.51.100.7",), ("192.0.2.1",))
    assert next(str(pair) for pair in shop.children[0].selectors or ()) == "10.9.0.0/16 === 10.0.0.0/24"


def test_a_peer_anywhere_and_an_unknown_keyword() -> None:
    """right=%any accepts everybody; a keyword that nobody knows is a gap with its line."""
    assert _conn("free").remote_addresses == ("%any",)
    assert [(gap.why, gap.text) for gap in _read().gaps] == [("unknown keyword frobnicate", "    frobnicate=yes".strip())]


def test_secrets_become_fingerprints_for_both_ends() -> None:
    """The owners of a key; a commented line is none."""
    secrets = RawOutput(
        OutputKind.IPSEC_SECRETS, "ipsec.secrets", '@shop 198.51.100.7 : PSK "<secret:0011223344aa>"\n#@x @y : PSK "z"\n'
    )
    (key,) = _read(CONF, (), secrets).value.keys
    assert key.owners == ("shop", "198.51.100.7")
    assert key.secret.fingerprint == "0011223344aa"


STATUS = """\
000 "shop": 10.0.0.0/24===192.0.2.1<192.0.2.1>[@shop]...198.51.100.7<198.51.100.7>[+S=C]===10.9.0.0/16; erouted; owner: #2
000 "shop":     myip=unset; hisip=unset;
000 "rw"[1]: 192.0.2.1[@gw]---192.0.2.254...203.0.113.9[C=DE, O=Example, CN=client]; unrouted; my_ip=unset; their_ip=unset;
000 #2: "shop":500 STATE_QUICK_I2 (sent QI2, IPsec SA established); EVENT_SA_REPLACE in 27000s; newest IPSEC; isakmp#1; idle;
000 #2: "shop" esp.9f8e7d6c@198.51.100.7 esp.1a2b3c4d@192.0.2.1 tun.0@192.0.2.1 Traffic: ESPin=1KB ESPout=840B!
000 #1: "shop":500 STATE_MAIN_I4 (ISAKMP SA established); EVENT_SA_REPLACE in 2500s; newest ISAKMP; idle;
#8: "rw"[1] 203.0.113.9:4500 established Child SA; REKEY in 2000s; newest; eroute owner; IKE SA #7; idle;
006 #8: "rw"[1] 203.0.113.9, type=ESP, add_time=1700000000, inBytes=5, outBytes=7, maxBytes=2^63B, id='@x'
#9: "late":500 STATE_MAIN_I1 (sent MI1, expecting MR1); EVENT_RETRANSMIT in 7s; nodpd; idle;
"""


def test_a_status_listing_tells_what_is_loaded_and_what_is_up() -> None:
    """Connections with their ends, IKE SAs with role and state, children with SPIs and bytes both ways."""
    status = read_status(RawOutput(OutputKind.STATUSALL, "ipsec auto --status", STATUS), "shop").value
    assert [(one.name, one.local, one.remote, one.routing) for one in status.connections] == [
        ("shop", "192.0.2.1", "198.51.100.7", "erouted"),
        ("rw", "192.0.2.1", "203.0.113.9", "unrouted"),
    ]
    assert [(one.connection, one.state, one.role, one.version) for one in status.ike_sas] == [
        ("shop", SaState.ESTABLISHED, Role.INITIATOR, 1),
        ("late", SaState.NEGOTIATING, Role.INITIATOR, 1),
    ]
    shop, rw = status.child_sas
    assert (shop.spi_in, shop.spi_out, shop.counters.bytes_in, shop.counters.bytes_out) == ("1a2b3c4d", "9f8e7d6c", 1024, 840)
    assert [str(pair) for pair in shop.selectors] == ["10.0.0.0/24 === 10.9.0.0/16"]
    assert (rw.remote, rw.counters.bytes_in, rw.counters.bytes_out) == ("203.0.113.9", 5, 7)


def test_the_listing_says_which_end_this_host_is() -> None:
    """What is loaded runs, and its first address is this host's."""
    part = RawOutput(OutputKind.LOG, "status", STATUS)
    whole = RawOutput(OutputKind.STATUSALL, "status", STATUS + "000 Total IPsec connections: loaded 2, active 1\n")
    for listing, missing in ((part, None), (whole, False)):
        config = _read(CONF, (), listing).value
        running = {one.name: one.running for one in config.connections}
        assert (running["shop"], running["old"]) == (True, missing)
        assert config.addresses == ("192.0.2.1",)


def test_an_empty_listing_is_no_answer() -> None:
    """Whack that could not reach pluto says nothing about SAs."""
    assert not read_status(RawOutput(OutputKind.STATUSALL, "s", "whack: Pluto is not running\n"), "shop").answered


@pytest.mark.parametrize(
    ("text", "version", "keywords"),
    [
        ("3des-sha1;modp1024", 1, ["3des-sha1-prfsha1-modp1024"]),
        ("aes256-sha2_256;dh19", 2, ["aes256-sha256-prfsha256-ecp256"]),
        ("aes_gcm256-sha2_512+sha2_256;modp2048+dh31", 2, ["aes256gcm16-prfsha512-prfsha256-modp2048-curve25519"]),
        ("aes-sha1-modp2048!", 1, ["aes256-aes128-sha1-prfsha1-modp2048"]),
        (
            "aes128-sha1,aes256-sha2;modp1536",
            1,
            ["aes128-sha1-prfsha1-modp2048-modp1536-ecp256-curve25519", "aes256-sha256-prfsha256-modp1536"],
        ),
    ],
)
def test_ike_suites(text: str, version: int, keywords: list[str]) -> None:
    """As ipsec.conf(5) spells them; what is left out is filled in."""
    assert [one.keywords for one in read_suites(text, Protocol.IKE, version, None).proposals] == keywords


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("aes128-sha1", ["aes128-sha1"]),
        ("aes_gcm_256", ["aes256gcm16"]),
        ("aes_gcm256-null;modp2048", ["aes256gcm16-modp2048"]),
        ("aes256-sha2_512;dh20", ["aes256-sha512-ecp384"]),
    ],
)
def test_esp_suites(text: str, keywords: list[str]) -> None:
    """A group behind the semicolon is PFS."""
    assert [one.keywords for one in read_suites(text, Protocol.ESP, 2, None).proposals] == keywords


def test_an_unknown_algorithm_is_named() -> None:
    """Never guessed."""
    suites = read_suites("zork256-sha1;modp1024", Protocol.IKE, 1, None)
    assert suites.unknown == ("zork256",)


def test_log_spellings_of_several_ages_read_alike() -> None:
    """The same algorithms as Openswan, Libreswan 3 and Libreswan 5 write them."""
    old, _ = read_agreed("{auth=OAKLEY_PRESHARED_KEY cipher=aes_256 prf=oakley_sha group=modp1536}", Protocol.IKE)
    new, _ = read_agreed("{auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA1 group=MODP1536}", Protocol.IKE)
    refused, _ = read_transform("OAKLEY_AES_CBC (256), OAKLEY_SHA1, OAKLEY_GROUP_MODP1536", Protocol.IKE)
    offered, _ = read_offers("1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP1536")
    assert old is not None
    assert new is not None
    assert refused is not None
    assert {old.keywords, new.keywords, refused.keywords, offered[0].keywords} == {"aes256-sha1-prfsha1-modp1536"}
    esp, unknown = read_dashed("AES(12)_128-SHA1(2)_160", Protocol.ESP)
    assert (esp.keywords if esp else None, unknown) == ("aes128-sha1", ())


def test_cut_and_shuffled_files_never_raise() -> None:
    """Any part of a file, and any order of its lines."""
    chance = random.Random(3)
    for _ in range(100):
        lines = (CONF + STATUS).split("\n")
        chance.shuffle(lines)
        text = "\n".join(lines)[chance.randrange(500) : chance.randrange(500, 3000)]
        _read(text, (), RawOutput(OutputKind.STATUSALL, "s", text), RawOutput(OutputKind.IPSEC_SECRETS, "t", text))


def test_the_public_configurations_are_read_without_gaps() -> None:
    """libreswan configurations among the shared cases."""
    if not CASES.is_dir():
        pytest.skip("the shared cases are not here: real configurations of libreswan are left out")
    read = 0
    for path in sorted(CASES.glob("*/*/config.txt")):
        text = path.read_text(errors="replace")
        if "Libreswan IPsec configuration" in text:
            parsed = _read(text)
            assert not parsed.gaps, (path, parsed.gaps)
            assert parsed.value.connections, path
            read += 1
    assert read >= 15
