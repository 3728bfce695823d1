"""swanctl.conf, ipsec.conf, ipsec.secrets and what runs → connections and keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipsecbot.model.connection import Connection, EncapsulationMode, ExchangeMode, StartAction
from ipsecbot.model.identity import AuthMethod, IdType
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.snapshot import OutputKind as K
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.model.wishes import Childless
from ipsecbot.parse.read import EndConfig, Parsed
from ipsecbot.parse.strongswan.config import read_config
from ipsecbot.parse.strongswan.identity import read_identity
from ipsecbot.parse.strongswan.quantities import read_time
from ipsecbot.parse.strongswan.selectors import read_selectors

PATHS = {
    K.SWANCTL_CONF: "/etc/swanctl/swanctl.conf",
    K.IPSEC_CONF: "/etc/ipsec.conf",
    K.IPSEC_SECRETS: "/etc/ipsec.secrets",
    K.STRONGSWAN_CONF: "/etc/strongswan.conf",
    K.LIST_CONNS: "swanctl --list-conns",
    K.STATUSALL: "ipsec statusall",
}


def read(*texts: tuple[K, str], own: tuple[str, ...] = ()) -> Parsed[EndConfig]:
    return read_config(tuple(RawOutput(kind, PATHS[kind], text) for kind, text in texts), "gw", own)


def connection(*texts: tuple[K, str], own: tuple[str, ...] = ()) -> Connection:
    parsed = read(*texts, own=own)
    assert parsed.gaps == ()
    return parsed.value.connections[0]


def swan(body: str, *more: tuple[K, str]) -> Connection:
    return connection((K.SWANCTL_CONF, f"connections {{ t {{\n{body}\n}} }}"), *more)


def conn(body: str, *more: tuple[K, str], own: tuple[str, ...] = ()) -> Connection:
    lines = "\n".join(f"    {line.strip()}" for line in body.strip().splitlines())
    return connection((K.IPSEC_CONF, f"conn t\n{lines}\n"), *more, own=own)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("192.0.2.1", IdType.IPV4, "192.0.2.1"),
        ("2001:DB8:0::1", IdType.IPV6, "2001:db8::1"),
        ("10.0.0.0/8", IdType.IPV4, "10.0.0.0/8"),
        ("GW.example.org", IdType.FQDN, "gw.example.org"),
        ("@gw.example.org", IdType.FQDN, "gw.example.org"),
        ("fqdn:gw.example.org", IdType.FQDN, "gw.example.org"),
        ("{2}:gw.example.org", IdType.FQDN, "gw.example.org"),
        ("carol@example.org", IdType.EMAIL, "carol@example.org"),
        ("@@carol@example.org", IdType.EMAIL, "carol@example.org"),
        ("@#0A0b", IdType.KEY_ID, "#0a0b"),
        ("keyid:branch", IdType.KEY_ID, "branch"),
        ("ipv4:#c0000201", IdType.IPV4, "192.0.2.1"),
        ("C=CH,O=Acme,  CN=gw", IdType.DN, "C=CH, O=Acme, CN=gw"),
        ("/C=CH/O=Acme/CN=gw", IdType.DN, "C=CH, O=Acme, CN=gw"),
        ("CN=a = b", IdType.DN, "CN=a = b"),
        ("%any", IdType.ANY, "%any"),
        ("0.0.0.0", IdType.ANY, "%any"),
        ("*.example.org", IdType.FQDN, "*.example.org"),
        ("not:an:address", IdType.KEY_ID, "not:an:address"),
    ],
)
def test_identities_are_detected_as_charon_does(text: str, kind: IdType, value: str) -> None:
    """The type follows from the text (ipsec.conf(5), IDENTITY PARSING) and the value is canonical."""
    identity = read_identity(text)
    assert (identity.type, identity.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.0.0/16", "10.1.0.0/16"),
        ("10.1.0.9", "10.1.0.9/32"),
        ("10.1.0.0/16[tcp/80], dynamic[udp]", "10.1.0.0/16[6/80] dynamic[17]"),
        ("10.1.0.0-10.1.0.3 2001:db8::/64", "10.1.0.0/30 2001:db8::/64"),
        ("10.1.0.1..10.1.0.2", "10.1.0.1/32 10.1.0.2/32"),
        ("192.0.2.9/32|/0[udp/l2f]", "192.0.2.9/32[17/1701]"),
        ("0.0.0.0/0[17/1000-2000]", "0.0.0.0/0[17/1000-2000]"),
        ("0.0.0.0/0[icmp/8(0)]", "0.0.0.0/0[1/2048]"),
        ("%dynamic[gre]", "dynamic[47]"),
    ],
)
def test_selectors_in_every_spelling(text: str, expected: str) -> None:
    """Files, listings and logs write one selector in many ways."""
    found, unknown = read_selectors(text)
    assert (" ".join(map(str, found)), unknown) == (expected, ())


def test_what_is_no_selector_is_named() -> None:
    """A word that is none is given back, the others stay."""
    found, unknown = read_selectors("10.0.0.0/8,10.0.0.0/64,x[tcp/nope]")
    assert (len(found), unknown) == (1, ("10.0.0.0/64", "x[tcp/nope]"))


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("4h", 14400), ("1d", 86400), ("5x", None), ("", 0), ("0x10", 16), ("1.5h", None)]
)
def test_times(text: str, seconds: int | None) -> None:
    """Seconds unless a unit says otherwise; read as C's strtoul reads it, which takes nothing for 0 and knows no fractions."""
    assert read_time(text) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_connection_without_options_has_charons_defaults() -> None:
    """swanctl.conf(5): both versions, IKEv2 first, default proposals, public keys, any peer, an hour per child."""
    t = swan("children { c { } }")
    assert (t.ike.versions, t.local_addresses, t.remote_addresses) == ((2, 1), (), ("%any",))
    assert [proposal.name for proposal in t.ike.proposals] == ["default", "default"]
    assert (t.ike.local_auth, t.ike.remote_auth, t.ike.remote_ids, t.ike.local_id) == (AuthMethod.PUBKEY, None, (), None)
    assert (t.ike.lifetime, t.ike.dpd_interval, t.ike.fragmentation) == (timedelta(hours=4), timedelta(0), True)
    child = t.children[0]
    assert (child.lifetime, child.mode, child.start_action) == (timedelta(hours=1), EncapsulationMode.TUNNEL, StartAction.NONE)
    assert [str(pair) for pair in child.selectors or ()] == ["dynamic === dynamic"]
    assert child.proposals[0].keywords == "aes128gcm16-aes192gcm16-aes256gcm16"
    assert t.running is None


def test_an_ikev1_connection() -> None:
    """IKEv1 puts method and lifetime into the proposal, offers the first selector only, and takes just the mode it names."""
    t = swan(
        """version = 1
        local_addrs = 192.0.2.1
        remote_addrs = 192.0.2.2
        aggressive = yes
        proposals = aes256-sha1-modp1024, aes128-sha256-modp2048
        local { auth = psk }
        local-x { auth = xauth }
        remote { auth = psk
          id = "C=PT, O=HQ" }
        children { c { local_ts = 10.1.0.0/16, 10.3.0.0/16
            remote_ts = 10.2.0.0/16
            esp_proposals = aes256-sha1-modp1024
            mode = transport
            start_action = trap|start } }""",
        (K.STRONGSWAN_CONF, "charon { i_dont_care_about_security_and_use_aggressive_mode_psk = yes }"),
    )
    ike = t.ike
    assert (ike.initiates_mode, ike.accepts_modes) == (ExchangeMode.AGGRESSIVE, (ExchangeMode.AGGRESSIVE,))
    assert [proposal.keywords for proposal in ike.proposals] == [
        "aes256-sha1-prfsha1-modp1024",
        "aes128-sha256-prfsha256-modp2048",
    ]
    assert {(proposal.auth, proposal.lifetime) for proposal in ike.proposals} == {
        (AuthMethod.XAUTH_PSK, timedelta(hours=4, minutes=24))
    }
    assert (str(ike.local_id), [str(identity) for identity in ike.remote_ids]) == ("192.0.2.1", ["C=PT, O=HQ"])
    assert (ike.local_auth, ike.remote_auth) == (AuthMethod.XAUTH_PSK, AuthMethod.PSK)
    assert ike.prefers_own_proposals is True
    child = t.children[0]
    assert [(str(pair), pair.local.word) for pair in child.selectors or ()] == [
        ("10.1.0.0/16 === 10.2.0.0/16", 0),
        ("10.3.0.0/16 === 10.2.0.0/16", 1),
    ]
    assert (child.mode, child.start_action) == (EncapsulationMode.TRANSPORT, StartAction.START)
    assert child.pfs_source is not None
    assert child.pfs_source.text == "esp_proposals = aes256-sha1-modp1024"


def test_aggressive_mode_with_a_psk_needs_the_daemons_consent() -> None:
    """Without the option of strongswan.conf no mode is accepted at all."""
    body = "version = 1\naggressive = yes\nlocal { auth = psk }\nremote { auth = psk }"
    assert swan(body, (K.STRONGSWAN_CONF, "charon { }")).ike.accepts_modes == ()
    assert swan(body).ike.accepts_modes == (ExchangeMode.AGGRESSIVE,)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("proposals = aes128-sha256-modp2048-foo", "algorithm 'foo' not recognized"),
        ("proposals = aes128-sha256", "a DH group is mandatory in IKE proposals"),
        ("version = two", "invalid value for: version, config discarded"),
        ("rekey_time = soon", "invalid value for: rekey_time, config discarded"),
        ("remote_adrs = 192.0.2.1", "unknown option: remote_adrs, config discarded"),
        ("children { c { remote_ts = 10.0.0/24 } }", "invalid value for: remote_ts, config discarded"),
        ("children { c { mode = tunel } }", "invalid value for: mode, config discarded"),
        ("local { auth = telepathy }", "invalid value for: auth, config discarded"),
    ],
)
def test_what_makes_charon_refuse_a_connection_is_a_problem_with_its_line(line: str, problem: str) -> None:
    """charon discards the whole connection for one mistake; the problem says so in its words, at the line."""
    parsed = read((K.SWANCTL_CONF, f"connections {{ t {{\n{line}\n}} }}"))
    (why, source) = parsed.value.connections[0].problems[0]
    assert (why, source.first_line, source.text) == (problem, 2, line)


def test_ah_instead_of_esp() -> None:
    """With AH proposals alone, AH is negotiated."""
    child = swan("children { c { ah_proposals = sha256-modp2048 } }").children[0]
    assert (child.protocol, child.proposals[0].keywords) == (Protocol.AH, "sha256-modp2048")


def test_a_misspelt_top_level_section_is_a_gap() -> None:
    """Sections that nothing refers to and charon does not know hide a whole configuration."""
    parsed = read((K.SWANCTL_CONF, "conections { t { } }\nbase { }\nconnections { a : base { } }"))
    assert [gap.why for gap in parsed.gaps] == ["unknown section conections"]


IPSEC_CONF = """# /etc/ipsec.conf
version 2.0
config setup
\tuniqueids=no

conn %default
\tikelifetime=60m
\tkeyexchange=ikev1
\tauthby=secret

conn net
\talso=host
\tleftsubnet=10.1.0.0/16,10.11.0.0/24[tcp/22]
\trightsubnet=10.2.0.0/16
\tauto=start

conn host
\tleft=192.0.2.2
\tright=192.0.2.1      # this host
\tleftid=@west.example
\trightid="C=CH, O=Acme, CN=east"
\tike=aes128-sha256-modp2048,3des-sha1-modp1024!
\tesp=aes128-sha256
\ttype=transport
\tauto=add
"""


def test_ipsec_conf_with_defaults_also_and_ends_swapped() -> None:
    """%default and also= bring what is not set; the end with this host's address is the local one; a DN keeps its `=`."""
    net = read((K.IPSEC_CONF, IPSEC_CONF), own=("192.0.2.1",)).value.connections[0]
    assert (net.name, net.local_addresses, net.remote_addresses) == ("net", ("192.0.2.1",), ("192.0.2.2",))
    assert (str(net.ike.local_id), str(net.ike.remote_ids[0])) == ("C=CH, O=Acme, CN=east", "west.example")
    assert [str(pair) for pair in net.children[0].selectors or ()] == [
        "10.2.0.0/16 === 10.1.0.0/16",
        "10.2.0.0/16 === 10.11.0.0/24[6/22]",
    ]
    assert (net.children[0].mode, net.children[0].start_action) == (EncapsulationMode.TRANSPORT, StartAction.START)
    assert [proposal.keywords for proposal in net.ike.proposals] == [
        "aes128-sha256-prfsha256-modp2048",
        "3des-sha1-prfsha1-modp1024",
    ]
    assert (net.ike.proposals[0].lifetime, net.ike.proposals[0].auth) == (timedelta(hours=1), AuthMethod.PSK)
    assert net.ike.local_id_source is not None
    assert net.ike.local_id_source.first_line == 21


def test_left_is_local_where_the_own_addresses_are_not_known() -> None:
    """As starter does."""
    net = read((K.IPSEC_CONF, IPSEC_CONF)).value.connections[0]
    assert (net.local_addresses, str(net.ike.local_id)) == (("192.0.2.2",), "west.example")


def test_statusall_tells_which_end_this_host_is() -> None:
    """The addresses that charon listens on are its own."""
    listening = "Listening IP addresses:\n  192.0.2.1\nConnections:\nSecurity Associations (0 up, 0 connecting):\n  none\n"
    parsed = read((K.IPSEC_CONF, IPSEC_CONF), (K.STATUSALL, listening))
    assert parsed.value.connections[0].local_addresses == ("192.0.2.1",)
    assert parsed.value.connections[0].running is False
    assert parsed.value.addresses == ("192.0.2.1",)


def test_without_the_exclamation_mark_the_defaults_are_added() -> None:
    """`esp=aes128-sha256` is only the first wish; with `!` it is the only one (ipsec.conf(5), esp)."""
    assert [p.name for p in conn("esp=aes128-sha256\nleft=192.0.2.1").children[0].proposals] == [
        "aes128-sha256",
        "default",
        "default",
    ]
    assert [p.name for p in conn("esp=aes128-sha256!\nleft=192.0.2.1").children[0].proposals] == ["aes128-sha256"]


def test_words_of_ipsec_conf() -> None:
    """Methods, magic addresses, protoport, DPD, encapsulation and the version."""
    t = conn(
        """keyexchange=ikev2
        left=%defaultroute
        leftauth=psk
        leftid=192.0.2.1
        leftprotoport=17/1701
        right=%any
        rightauth=eap-md5
        dpdaction=clear
        dpddelay=20s
        forceencaps=yes
        fragmentation=no
        lifetime=30m
        auto=route"""
    )
    assert (t.ike.versions, t.local_addresses, t.remote_addresses) == ((2,), (), ("%any",))
    assert (t.ike.local_auth, t.ike.remote_auth, str(t.ike.local_id)) == (AuthMethod.PSK, AuthMethod.EAP, "192.0.2.1")
    assert (t.ike.dpd_interval, t.ike.force_encapsulation, t.ike.fragmentation) == (timedelta(seconds=20), True, False)
    child = t.children[0]
    assert [str(pair) for pair in child.selectors or ()] == ["dynamic[17/1701] === dynamic"]
    assert (child.lifetime, child.start_action) == (timedelta(minutes=30), StartAction.TRAP)


def test_an_ignored_conn_is_applied_nowhere() -> None:
    """`auto=ignore` keeps a conn out of the daemon."""
    assert conn("left=192.0.2.1\nauto=ignore").applied is False


def test_unknown_and_dropped_keywords_are_gaps_with_their_line() -> None:
    """pfs= looks as if it decided something and does not."""
    parsed = read((K.IPSEC_CONF, "conn t\n  pfs=yes\n  phase2alg=aes\n  lifetime=often\n  left 1\n"))
    assert sorted((gap.line, gap.why) for gap in parsed.gaps) == [
        (2, "pfs is ignored by charon"),
        (3, "unknown keyword phase2alg"),
        (4, "bad value: lifetime=often"),
        (5, "not understood"),
    ]


def test_a_quoted_value_may_span_lines() -> None:
    """A backslash at the end of a line goes on with the next one."""
    spanning = conn('left=192.0.2.1\nleftsubnet="10.1.0.0/16,\\\n10.3.0.0/16"')
    assert [str(pair.local) for pair in spanning.children[0].selectors or ()] == ["10.1.0.0/16", "10.3.0.0/16"]


SWANCTL_KEYS = """secrets {
  ike-hq { id-a = hq.example
    id-b = 192.0.2.2
    secret = "<secret:aabbccddeeff>" }
  ike-any { secret = <secret:001122334455> }
  ike-6 { id = %any
    secret = <secret:unknown> }
  eap-carol { id = carol
    secret = 0sc2VjcmV0 }
  private-x { file = a.pem
    secret = pass }
  odd { secret = y }
}"""


def test_keys_of_swanctl_conf() -> None:
    """A key says whom it is for and only ever holds a fingerprint; one in plain text cannot be compared and is not quoted."""
    parsed = read((K.SWANCTL_CONF, SWANCTL_KEYS))
    keys = parsed.value.keys
    assert [(key.kind, key.owners, key.secret.fingerprint) for key in keys] == [
        ("psk", ("hq.example", "192.0.2.2"), "aabbccddeeff"),
        ("psk", (), "001122334455"),
        ("psk", (), None),
        ("eap", ("carol",), None),
    ]
    assert "c2VjcmV0" not in repr([key.source for key in keys])
    assert [gap.why for gap in parsed.gaps] == ["unknown kind of secret odd"]


def test_keys_of_ipsec_secrets() -> None:
    """Selectors, kinds, comments and includes; a plain secret leaves no trace; a private key's file is no shared key."""
    text = """# comment
192.0.2.1 @hq.example : PSK "<secret:aabbccddeeff>"   # why
: PSK 0x<secret:001122334455>
%any 192.0.2.9 : PSK plain-secret
carol : XAUTH "<secret:99aabbccddee>"
: RSA moonKey.pem
include /etc/ipsec.d/*.secrets
nonsense without a colon
"""
    parsed = read((K.IPSEC_SECRETS, text))
    assert [(key.kind, key.owners, key.secret.fingerprint) for key in parsed.value.keys] == [
        ("psk", ("192.0.2.1", "hq.example"), "aabbccddeeff"),
        ("psk", (), "001122334455"),
        ("psk", ("%any", "192.0.2.9"), None),
        ("xauth", ("carol",), "99aabbccddee"),
    ]
    assert "plain-secret" not in repr([(key, key.source) for key in parsed.value.keys])
    assert [gap.line for gap in parsed.gaps] == [8]


def test_secrets_pasted_below_an_ipsec_conf() -> None:
    """One paste of both files gives the connection and the key, at their lines."""
    text = 'conn t\n  left=192.0.2.1\n  right=192.0.2.2\n\n# ipsec.secrets\n192.0.2.1 192.0.2.2 : PSK "<secret:aabbccddeeff>"\n'
    parsed = read((K.IPSEC_CONF, text))
    assert parsed.gaps == ()
    assert [(key.owners, key.source.first_line if key.source else 0) for key in parsed.value.keys] == [
        (("192.0.2.1", "192.0.2.2"), 6)
    ]


FILE = """connections {
  a { version = 2
    local_addrs = 192.0.2.1
    remote_addrs = 192.0.2.2
    children { c { local_ts = 10.1.0.0/16
      remote_ts = 10.2.0.0/16 } } }
  b { remote_addrs = 192.0.2.3 }
}"""
LISTED = """a: IKEv1, no reauthentication, rekeying every 14400s
  local:  192.0.2.1
  remote: 192.0.2.77
  local public key authentication:
  remote public key authentication:
  c: TRANSPORT, rekeying every 3600s
    local:  10.1.0.0/16
    remote: 10.9.0.0/16
  extra: TUNNEL, no rekeying
    local:  dynamic
    remote: dynamic
ghost: IKEv2, no reauthentication, no rekeying
  local:  %any
  remote: %any
"""


def test_what_runs_is_held_against_the_file() -> None:
    """Loaded or not, and each difference with the line of the listing; what runs without a file is a gap."""
    parsed = read((K.SWANCTL_CONF, FILE), (K.LIST_CONNS, LISTED))
    a, b = parsed.value.connections
    assert (a.running, b.running, b.drift) == (True, False, ())
    assert [why for why, _ in a.drift] == [
        "IKE version: the file says 2, the daemon runs 1",
        "remote address: the file says 192.0.2.2, the daemon runs 192.0.2.77",
        "mode of c: the file says tunnel, the daemon runs transport",
        "traffic selectors of c: the file says 10.1.0.0/16 === 10.2.0.0/16, the daemon runs 10.1.0.0/16 === 10.9.0.0/16",
        "the daemon runs the child extra, the file has none of that name",
    ]
    assert [gap.why for gap in parsed.gaps] == ["the daemon runs ghost, which stands in no file that was read"]


def test_starter_merges_conns_with_the_same_ends() -> None:
    """The second conn is then a child of the first, and runs all the same."""
    listed = """net: IKEv1, no reauthentication
  local:  192.0.2.2
  remote: 192.0.2.1
  net: TRANSPORT, no rekeying
    local:  10.1.0.0/16 10.11.0.0/24[tcp/ssh]
    remote: 10.2.0.0/16
  host: TRANSPORT, no rekeying
    local:  dynamic
    remote: dynamic
"""
    parsed = read((K.IPSEC_CONF, IPSEC_CONF), (K.LIST_CONNS, listed))
    assert [(one.running, one.drift) for one in parsed.value.connections] == [(True, ()), (True, ())]


def test_a_syntax_error_is_why_nothing_of_the_file_runs() -> None:
    """swanctl loads nothing of a file with a mistake; the connection that is missing names the line."""
    text = "connections {\n  a { remote_addrs = 192.0.2.2\n    oops\n  }\n}\n"
    (a,) = read((K.SWANCTL_CONF, text), (K.LIST_CONNS, "")).value.connections
    assert [(why, source.first_line) for why, source in a.problems] == [("syntax error: the file is not loaded", 3)]
    assert read((K.SWANCTL_CONF, text)).value.connections[0].problems == ()


def test_a_daemon_without_connections_runs_none() -> None:
    """An empty listing is an answer."""
    assert read((K.SWANCTL_CONF, FILE), (K.LIST_CONNS, "")).value.connections[0].running is False


@pytest.mark.parametrize("kind", [K.SWANCTL_CONF, K.IPSEC_CONF, K.IPSEC_SECRETS, K.STRONGSWAN_CONF, K.LIST_CONNS, K.STATUSALL])
@pytest.mark.parametrize(
    "text", ["", "\x00\x01\xff", "{" * 300, "conn\n" * 50, '"' * 99, "a: b: c\n  : PSK\n include *\n", "١٢٣ = ٤"]
)
def test_odd_input_never_raises(kind: K, text: str) -> None:
    """Anything may be called a configuration."""
    read((kind, text))


def test_a_version_that_ike_does_not_have_is_loaded_and_of_no_use() -> None:
    """charon 5.9.8 lists it as `(3)` and says `IKE version 3 not supported` when it shall start: no value that it refuses."""
    parsed = read((K.SWANCTL_CONF, "connections { t {\nversion = 3\n} }"))
    assert [(gap.line, gap.why) for gap in parsed.gaps] == [
        (2, "IKE version not supported: charon loads the connection, which neither starts nor answers")
    ]
    assert [words for words, _ in parsed.value.connections[0].problems] == [parsed.gaps[0].why]


def test_childless_prefer_is_taken_with_the_release_that_knows_it() -> None:
    """NEWS of strongSwan: 5.9.10 brought it; 5.9.8 refuses the connection (invalid value for: childless, config discarded)."""
    parsed = read((K.SWANCTL_CONF, "connections { t {\nchildless = prefer\n} }"))
    assert [(gap.line, "5.9.10" in gap.why) for gap in parsed.gaps] == [(2, True)]
    options = parsed.value.connections[0].ike.options
    assert options is not None
    assert options.childless is Childless.PREFER
    assert parsed.value.connections[0].problems == ()
