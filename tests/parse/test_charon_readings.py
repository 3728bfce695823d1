"""Where our reading once differed from what charon 5.9.8 made of a file: found by tests/daemon, kept here one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipsecbot.lab.strongswan.hostconfig import strongswan_conf
from ipsecbot.model.connection import Connection, EncapsulationMode
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.snapshot import OutputKind as K
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.model.wishes import Limit, Revocation, SaAction
from ipsecbot.parse.read import EndConfig, Parsed
from ipsecbot.parse.strongswan.config import read_config
from ipsecbot.parse.strongswan.default_suite import default_ike

_PATHS = {K.SWANCTL_CONF: "/etc/swanctl/swanctl.conf", K.IPSEC_CONF: "/etc/ipsec.conf", K.IPSEC_SECRETS: "/etc/ipsec.secrets"}


def read(kind: K, text: str, own: tuple[str, ...] = ()) -> Parsed[EndConfig]:
    return read_config((RawOutput(kind, _PATHS[kind], text),), "gw", own)


def swan(body: str, more: str = "") -> Connection:
    return read(K.SWANCTL_CONF, f"connections {{ t {{\n{body}\n}} }}\n{more}").value.connections[0]


def conn(body: str, more: str = "", own: tuple[str, ...] = ()) -> Connection:
    lines = "".join(f"\t{line}\n" for line in body.splitlines())
    return read(K.IPSEC_CONF, f"conn t\n{lines}\tauto=add\n{more}", own).value.connections[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("10.0.0.0/64", "10.0.0.0/32"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/32"),
        ("10.1.0.0/16[0x11/0x50]", "10.1.0.0/16[17/80]"),
        ("10.1.0.0/16[/53]", "10.1.0.0/16[0/53]"),
        ("10.1.0.0/16 10.2.0.0/16", "10.1.0.0/16"),
        ("%any", "0.0.0.0/32"),
    ],
)
def test_selectors_that_charon_takes_otherwise_than_they_look(line: str, expected: str) -> None:
    """A prefix length is read as a number and cut to the address; numbers may be hexadecimal."""
    assert [str(pair.remote) for pair in swan(f"children {{ c {{ remote_ts = {line} }} }}").children[0].selectors or ()] == [
        expected
    ]


@pytest.mark.parametrize("line", ["[tcp/22]", "10.1.0.0/16[carrier]", "10.1.0.0/16[tcp"])
def test_selectors_that_charon_refuses(line: str) -> None:
    """No address, an unknown protocol, an open bracket."""
    problems = [why for why, _ in swan(f"children {{ c {{ local_ts = {line} }} }}").problems]
    assert problems == ["invalid value for: local_ts, config discarded"]


@pytest.mark.parametrize(
    ("suite", "problem"),
    [
        ("AES128-SHA256-MODP2048", "algorithm 'AES128' not recognized"),
        ("aes128-sha256_96-modp2048", "a PRF algorithm is mandatory in IKE proposals"),
        ("aes128-aes128gcm16-sha256-modp2048", "classic and combined-mode (AEAD) encryption algorithms can't be contained"),
        ("aes128-prfsha256-modp2048", "an integrity algorithm is mandatory in IKE proposals with classic (non-AEAD)"),
        ("aes128-sha256-none", "a DH group is mandatory in IKE proposals"),
    ],
)
def test_suites_that_charon_refuses(suite: str, problem: str) -> None:
    """Keywords are written in lower case; what a suite must have, it must have."""
    assert swan(f"proposals = {suite}").problems[0][0].startswith(problem)


def test_suites_that_charon_completes() -> None:
    """AEAD loses integrity (and takes its PRF), ESP loses PRFs, SHA-1 with 160 bit is an algorithm of its own."""
    suites = "aes128gcm16-sha256-modp2048, aes128-sha1_160-modp2048"
    t = swan(f"proposals = {suites}\nchildren {{ c {{ esp_proposals = aes128-md5_128-prfsha1 }} }}")
    assert [one.keywords for one in t.ike.proposals] == ["aes128gcm16-prfsha256-modp2048", "aes128-sha1_160-prfsha1-modp2048"]
    assert t.children[0].proposals[0].keywords == "aes128-md5_128"


def test_default_proposals_depend_on_the_plugins() -> None:
    """Without openssl there are no curves but those of their own plugins; the order is that of loading."""
    classic, combined = default_ike(("aes", "sha1", "sha2", "hmac", "gmp", "gcm", "openssl"))
    assert classic.startswith("aes128-aes192-aes256-aes128ctr-")
    assert combined.startswith("aes128gcm16-")
    assert default_ike(("aes", "sha2", "hmac", "gmp")) == (
        "aes128-aes192-aes256-sha256-sha384-sha512-prfsha256-prfsha384-prfsha512-modp3072-modp4096-modp6144-modp8192-modp2048",
    )
    daemon = RawOutput(K.STRONGSWAN_CONF, "/etc/strongswan.conf", strongswan_conf())
    file = RawOutput(K.SWANCTL_CONF, "/etc/swanctl/swanctl.conf", "connections { t { } }")
    proposals = read_config((daemon, file), "gw").value.connections[0].ike.proposals
    assert proposals[0].keywords.startswith("aes128-aes192-aes256-camellia128-")  # xcbc asks for Camellia before ctr is loaded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ipv4:192.0.2.8", "49.57.50.46"),
        ("ipv4:#c0000208", "192.0.2.8"),
        ("keyid:#6d6f6f6e", "moon"),
        ("@#0A0b", "#0a0b"),
        ("/C=CH/O=a, b/CN=x", "C=CH, O=a, b, CN=x"),
        ("planet=earth", "planet=earth"),
        ("FQDN:Moon", "moon"),
    ],
)
def test_identities_that_are_not_what_they_look_like(text: str, expected: str) -> None:
    """What stands behind a prefix is taken octet by octet; a name has known attributes, and commas part it unless `/` does."""
    t = swan(f'remote {{\nid = "{text}"\n}}')
    assert [one.value for one in t.ike.remote_ids] == [expected]


def test_times_that_follow_from_others() -> None:
    """Any time set switches the default off; a DPD timeout is never shorter than the delay; life follows rekey by 10 %."""
    t = swan("reauth_time = 0\ndpd_delay = 5m\ndpd_timeout = 30\nchildren { c { rekey_time = 100\nlife_bytes = 1k } }")
    assert t.ike.times is not None
    assert [span.total_seconds() for span in (t.ike.times.rekey, t.ike.times.over, t.ike.times.dpd_timeout)] == [0, 0, 300]
    assert t.children[0].time_limit == Limit(100, 110, 10)
    assert t.children[0].byte_limit == Limit(0, 1024, 1024)


def test_inheritance_follows_a_path_through_references() -> None:
    """`base-1.children.net` is found although only `base-0`, to which `base-1` refers, has it."""
    more = "base-0 { children { net { mode = drop } } }\nbase-1 : base-0 { }"
    assert swan("children { c : base-1.children.net { } }", more).children[0].mode is None


def test_an_empty_string_is_a_value_and_nothing_is_none() -> None:
    """`key =` takes the inherited value away, `key = ""` is zero, or no entry."""
    more = "base { rekey_time = 1h }"
    cleared = read(K.SWANCTL_CONF, f"connections {{ t : base {{ rekey_time =\n }} }}\n{more}").value.connections[0]
    empty = read(K.SWANCTL_CONF, f'connections {{ t : base {{ rekey_time = ""\n }} }}\n{more}').value.connections[0]
    assert cleared.ike.times is not None
    assert empty.ike.times is not None
    assert (cleared.ike.times.rekey.total_seconds(), empty.ike.times.rekey.total_seconds()) == (14400, 0)


def test_a_remote_end_without_auth_may_do_anything() -> None:
    """charon asks nothing of it (IKEv2); this end itself then uses its public key."""
    t = swan("version = 2\nremote { id = moon }")
    assert (t.ike.local_auth, t.ike.remote_auth) == (AuthMethod.PUBKEY, None)


def test_words_of_ipsec_conf_are_written_exactly() -> None:
    """`PSK` is no method to starter, which then takes any; a second authentication by its `authby` leaves the other's."""
    t = conn("rightauth=PSK\nleftauth2=xauth-pam")
    assert t.ike.remote_rounds is not None
    assert t.ike.local_rounds is not None
    assert (t.ike.remote_rounds[0].method, t.ike.local_rounds[1].xauth) == (None, "pam")
    legacy = conn("authby=xauthpsk\nxauth=server\nleftauth2=eap-md5")
    assert legacy.ike.local_rounds is not None
    assert (legacy.ike.local_rounds[1].eap_type, legacy.ike.remote_auth) == ("md5", AuthMethod.XAUTH_PSK)


def test_what_starter_reads_last_counts() -> None:
    """Of two names of one parameter an inherited one may win; an inherited `sourceip` makes a tunnel of a transport."""
    t = conn("keylife=10m\nlifetime=", "conn %default\n\tlifetime=1h\n")
    assert t.children[0].time_limit is not None
    assert t.children[0].time_limit.expiry == 600
    inherited = conn("keylife=10m", "conn %default\n\tlifetime=1h\n\tleftsourceip=%config\n\ttype=transport\n")
    assert inherited.children[0].time_limit is not None
    assert inherited.children[0].time_limit.expiry == 3600
    assert conn("type=transport", "conn %default\n\tleftsourceip=%config\n").children[0].mode is EncapsulationMode.TUNNEL


def test_a_subnet_keeps_the_ports_of_protoport_where_it_names_none() -> None:
    """`[gre]` replaces the protocol only."""
    t = conn("leftprotoport=udp/1701\nleftsubnet=10.1.0.0/16[gre],10.2.0.0/16")
    assert {str(pair.local) for pair in t.children[0].selectors or ()} == {"10.1.0.0/16[47/1701]", "10.2.0.0/16[17/1701]"}


def test_the_right_end_is_this_host_when_its_address_is_ours() -> None:
    """Also when the left one is ours too; `%name` lets everybody in besides."""
    t = conn("left=192.0.2.1\nright=%192.0.2.2", own=("192.0.2.1", "192.0.2.2"))
    assert (t.local_addresses, t.remote_addresses) == (("192.0.2.2", "0.0.0.0/0", "::/0"), ("192.0.2.1",))


def test_no_rekeying_no_limits() -> None:
    """`rekey=no` takes every limit away; strictcrlpolicy counts for the other end's certificates only."""
    t = conn("rekey=no\ndpdaction=hold\nlifetime=1h", "config setup\n\tstrictcrlpolicy=ifuri\n")
    assert t.children[0].time_limit == Limit(0, 0, 0)
    assert t.children[0].options is not None
    assert t.children[0].options.on_dead_peer is SaAction.TRAP
    assert t.ike.remote_rounds is not None
    assert t.ike.local_rounds is not None
    assert (t.ike.remote_rounds[0].revocation, t.ike.local_rounds[0].revocation) == (Revocation.IF_URI, Revocation.RELAXED)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("conn t\n\tleftid=CN=a\n", "an equals sign in a value that is not quoted"),
        ("conn t\n\tleft=1\nright=2\n", "a parameter must not begin at the beginning of its line"),
        (" conn t\n\tleft=1\n", "a section must begin at the beginning of its line"),
        ("conn t\n\talso=nobody\n", "the section nobody was not read"),
        ('conn t\n\tleftid="moon\n', "a quoted string does not end"),
    ],
)
def test_one_mistake_and_starter_refuses_the_whole_ipsec_conf(text: str, why: str) -> None:
    """The gap names the line, and says that nothing of the file is loaded (where nobody else said what is wrong there)."""
    assert any(why in gap.why for gap in read(K.IPSEC_CONF, text).gaps)


def test_charon_stops_reading_secrets_at_the_first_mistake() -> None:
    """`moon: PSK` has no blank before its colon; the keys below are not loaded, and are not ours either."""
    text = ": PSK <secret:0123456789ab>\nmoon: PSK <secret:0123456789ab>\nsun : PSK <secret:0123456789ab>\n"
    parsed = read(K.IPSEC_SECRETS, text)
    assert [key.owners for key in parsed.value.keys or ()] == [()]
    assert [gap.why for gap in parsed.gaps] == ["charon reads no further: line 2: missing ' : ' separator"]


def test_pools_and_authorities() -> None:
    """A pool leaves out its network address and the last one; without a certificate an authority is refused."""
    text = "pools { p { addrs = 10.9.0.9/24\ndns = 10.0.0.53 } q { dns = moon } }\nauthorities { a { crl_uris = http://x/y } }"
    end = read(K.SWANCTL_CONF, text).value
    p, q = end.pools
    assert (str(p.first), p.size, p.attributes) == ("10.9.0.9", 246, (("dns", ("10.0.0.53",)),))
    assert q.problems == ("invalid attribute value for dns", "missing addrs for pool 'q'")
    assert end.authorities[0].problems == ("CA certificate missing: a",)


def test_a_bad_pool_is_why_no_connection_runs() -> None:
    """`swanctl --load-all` stops before the connections."""
    text = "connections { t { } }\npools { p { } }"
    listing = RawOutput(K.LIST_CONNS, "swanctl --list-conns", "")
    end = read_config((RawOutput(K.SWANCTL_CONF, "/etc/swanctl/swanctl.conf", text), listing), "gw").value
    assert end.connections[0].running is False
    assert end.connections[0].problems[0][0] == "swanctl --load-all stops at the pool p: missing addrs for pool 'p'"


_LISTING = """t: IKEv1/2, no reauthentication, rekeying every 14400s
  local:  %any, 10.0.0.0/8
  remote: 192.0.2.2
  local any authentication:
  local pre-shared key authentication:
    id: carol
  remote pre-shared key authentication:
    id: 0a:0b
  c: TUNNEL, rekeying every 3600s, dpd action is trap | start
    local:  10.1.0.0/16
    remote: dynamic
    interface: eth0
"""


def test_a_listing_of_what_the_file_says_is_no_drift() -> None:
    """Anybody among the local addresses, a first round without method or identity, octets with colons, a selector that
    another holds, two actions."""
    text = """connections { t { local_addrs = %any, 10.0.0.0/8
        remote_addrs = 192.0.2.2
        local { round = 1 }
        local-2 { auth = psk
          id = carol
          round = 2 }
        remote { auth = psk
          id = "@#0a0b" }
        children { c { local_ts = 10.1.0.0/16, 10.1.2.0/24[tcp]
            dpd_action = trap|start
            interface = eth0 } } } }"""
    listing = RawOutput(K.LIST_CONNS, "swanctl --list-conns", _LISTING)
    parsed = read_config((RawOutput(K.SWANCTL_CONF, "/etc/swanctl/swanctl.conf", text), listing), "gw")
    assert (parsed.value.connections[0].running, parsed.value.connections[0].drift, parsed.gaps) == (True, (), ())


_GRAMMAR = """connections t local remote children c base pools secrets ike-1 auth id certs version proposals esp_proposals
    local_ts remote_ts rekey_time mode psk eap-tls aes128-sha256-modp2048 default 10.1.0.0/16[tcp/22] dynamic 10.1.0.9-10.1.0.1
    C=CH, O=x %any 0x 99999999999999999999d -1 include /etc/*.conf conn %default also=t left= leftsubnet= rightprotoport=6/1-2
    ike= esp= ikelifetime= dpddelay= = { } : , " # \\ : PSK <secret:0123456789ab> ::1/200
    [ ] ! %unique/"""
_WORDS = st.sampled_from(_GRAMMAR.split())
_SOUP = st.lists(st.tuples(_WORDS, st.sampled_from(("", " ", "\n", "\n\t", "\t"))), max_size=60).map(
    lambda pairs: "".join(f"{word}{blank}" for word, blank in pairs)
)


@pytest.mark.parametrize("kind", sorted(_PATHS))
@settings(max_examples=150, deadline=None)
@given(_SOUP)
def test_no_soup_of_the_grammars_words_raises(kind: K, text: str) -> None:
    """Words of the grammar in any order: a configuration or gaps, never an exception."""
    assert isinstance(read(kind, text), Parsed)
