"""The grammar of swanctl.conf and strongswan.conf: values, inheritance, includes, and what a mistake costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.strongswan.daemon import read_daemon
from ipsecbot.parse.strongswan.files import ConfigFile
from ipsecbot.parse.strongswan.settings import Section, Settings, read_settings


def tree(*files: tuple[str, str], complete: bool = False) -> Settings:
    outputs = [RawOutput(OutputKind.SWANCTL_CONF, path, text) for path, text in files]
    return read_settings(tuple(ConfigFile.of(output, "gw") for output in outputs), complete=complete)


def one(text: str) -> Section:
    read = tree(("/etc/swanctl/swanctl.conf", text))
    assert read.gaps == ()
    return read.root


def value(section: Section | None, key: str) -> str | None:
    setting = section.setting(key) if section else None
    return setting.value if setting else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b", "b"),
        ("a=b c  d # comment", "b c d"),
        ('a = "b  c" d', "b  c d"),
        ('a = "b # c }"', "b # c }"),
        ('a = "b \\"c\\" \\\\ d"', 'b "c" \\ d'),
        ('a = "b, \\\nc"', "b, c"),
        ("a = b = c", "b = c"),
        ("a =\nb = x", None),
        ("a = 1\na = 2", "2"),
        ("a\n= b", "b"),
        ("a = C=CH, O=x # y", "C=CH, O=x"),
    ],
)
def test_values(text: str, expected: str | None) -> None:
    """A value ends with the line, at a comment or a brace; quotes keep everything, and a later value wins."""
    assert value(one(text), "a") == expected


def test_sections_on_one_line() -> None:
    """A brace ends a value, so a whole tree may stand on one line."""
    root = one("secrets { ike-1 { secret = grissino } ike-2 { secret = x } }")
    assert [section.name for section in root.sections[0].sections] == ["ike-1", "ike-2"]
    assert value(root.sections[0].section("ike-1"), "secret") == "grissino"


def test_sections_of_one_name_are_one() -> None:
    """A section that comes again extends the first."""
    root = one("c { a { x = 1\n y = 2 } }\nc { a { x = 3 } b { } }")
    assert (value(root.sections[0].section("a"), "x"), value(root.sections[0].section("a"), "y")) == ("3", "2")
    assert root.sections[0].section("b") is not None


def test_references_bring_what_is_not_set() -> None:
    """Inherited settings fill gaps only, nested sections included; an empty value clears; references may chain and cross."""
    root = one(
        """
        base { x = base
          y = base
          local { auth = psk
            id = base } }
        more { y = more
          z = more }
        connections {
          a : base, more { x = own
            local { id = } }
          b : connections.a { z = b }
          loop : connections.loop { x = 1 }
        }
        """
    )
    connections = root.section("connections")
    assert connections is not None
    a, b = connections.section("a"), connections.section("b")
    assert [value(a, key) for key in "xyz"] == ["own", "base", "more"]
    assert [value(b, key) for key in "xyz"] == ["own", "base", "b"]
    local = b.section("local") if b else None
    assert (value(local, "auth"), value(local, "id")) == ("psk", None)


def test_includes_are_read_where_they_stand() -> None:
    """An include adds to the section it stands in, wildcards in name order; the files are not read a second time."""
    read = tree(
        ("/etc/swanctl/swanctl.conf", "c { x = 0\n include conf.d/*.conf\n }\ninclude /etc/other.conf"),
        ("/etc/swanctl/conf.d/b.conf", "x = b"),
        ("/etc/swanctl/conf.d/a.conf", "x = a\ny = a"),
        ("/etc/swanctl/conf.d/deep/n.conf", "y = never by this pattern"),
        ("cat /etc/other.conf", "top = 1"),
    )
    section = read.root.section("c")
    assert (value(section, "x"), value(section, "y"), value(read.root, "top")) == ("b", "a", "1")
    assert section is not None
    setting = section.setting("x")
    assert setting is not None
    assert (setting.source.output, setting.source.first_line) == ("/etc/swanctl/conf.d/b.conf", 1)


def test_an_include_that_was_not_read_is_a_gap() -> None:
    """What an include may bring is not known; with a listing of what runs, a pattern that matches nothing is no loss."""
    file = ("/etc/swanctl/swanctl.conf", "include conf.d/*.conf")
    assert [gap.line for gap in tree(file).gaps] == [1]
    assert tree(file, complete=True).gaps == ()
    assert len(tree(("/x", "include one.conf"), complete=True).gaps) == 1


@pytest.mark.parametrize("text", ["connections { a { b }", "a = b\ngarbage here\nc = d", 'a = "open', "} x = 1", "a += b"])
def test_a_mistake_is_a_gap_and_marks_the_file(text: str) -> None:
    """charon refuses a file with a syntax error; here it costs its own statement only."""
    read = tree(("/etc/swanctl/swanctl.conf", text))
    assert read.broken
    assert all(gap.why == "syntax error" for gap in read.gaps)
    if "c = d" in text:
        assert (value(read.root, "a"), value(read.root, "c")) == ("b", "d")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab{}:,=." \n\t#\\<>%include', max_size=80))
def test_no_text_raises(text: str) -> None:
    """Whatever is pasted as a configuration, it is read or it is a gap."""
    tree(("/etc/swanctl/swanctl.conf", text), ("/etc/swanctl/a", text))


def test_deep_nesting_is_refused_not_followed() -> None:
    """A thousand braces are a mistake, not a crash."""
    assert tree(("/x", "a {" * 1000)).broken


def test_the_daemons_own_settings() -> None:
    """Load list, log files, retransmission and the two switches that decide a negotiation."""
    text = """
    charon {
      load = random! aes vici
      retransmit_tries = 2
      retransmit_timeout = 1.5
      retransmit_base = 2.5
      fragment_size = 1400
      port = 1500
      i_dont_care_about_security_and_use_aggressive_mode_psk = yes
      prefer_configured_proposals = no
      filelog {
        charon { path = /var/log/charon.log }
        /var/log/old.log { default = 1 }
        stderr { }
      }
    }
    """
    parsed = read_daemon(
        (RawOutput(OutputKind.STRONGSWAN_CONF, "/etc/strongswan.conf", text.replace("/var/log/old.log", "old")),), "gw"
    )
    daemon = parsed.value
    assert (daemon.read, daemon.plugins, daemon.logs) == (True, ("random", "aes", "vici"), ("/var/log/charon.log",))
    assert (daemon.aggressive_psk, daemon.prefers_own_proposals, daemon.retransmit_tries) == (True, False, 2)
    assert (daemon.retransmit_base, daemon.fragment_size, daemon.port, daemon.nat_port) == (2.5, 1400, 1500, None)
    assert daemon.retransmit_timeout is not None
    assert daemon.retransmit_timeout.total_seconds() == 1.5
    assert read_daemon((), "gw").value.read is False
