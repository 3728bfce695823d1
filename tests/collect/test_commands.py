"""The table of commands is the only way to a device."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ipsecbot.collect.commands import PLACEHOLDERS, TABLE, Command, CommandRefused, Mark, recognise, render
from ipsecbot.model.device import Platform

IOS, HOST = Platform.CISCO_IOS, Platform.STRONGSWAN


def test_a_command_comes_from_the_table_only() -> None:
    """Neither the constructor nor a copy with another text makes one."""
    with pytest.raises(CommandRefused):
        Command(TABLE[0], "reload")
    with pytest.raises((CommandRefused, ValueError, TypeError)):
        replace(render(IOS, "version"), text="reload")
    with pytest.raises(CommandRefused):
        render(IOS, "reload")


@pytest.mark.parametrize(
    "value",
    ["192.0.2.1; reload", "192.0.2.1\nreload", "all", "", "10.0.0.0/8", "192.0.2.1 unmatched", "$(id)", "fe80::1%eth0;x"],
)
def test_an_address_is_an_address(value: str) -> None:
    """Nothing can be smuggled in where an address is expected."""
    with pytest.raises(CommandRefused):
        render(IOS, "condition-ipv4", peer=value)


@pytest.mark.parametrize("path", ["relative", "/a/../b", "/a b", "/a;id", "/a/$(id)", "/a\nb;", "", "/", "/x/-rf *"])
def test_a_path_is_a_plain_absolute_path(path: str) -> None:
    """No spaces, no shell characters, no way up."""
    with pytest.raises(CommandRefused):
        render(HOST, "log-file", path=path)


def test_numbers_and_names_are_bounded() -> None:
    """Seconds, counts and connection names have their limits; a missing or superfluous value is refused."""
    for seconds in ("0", "121", "-1", "1e2", "٣"):
        with pytest.raises(CommandRefused):
            render(HOST, "follow-vici", seconds=seconds)
    for name in ("a b", "a;b", "", "-x", "a'b"):
        with pytest.raises(CommandRefused):
            render(HOST, "initiate", connection=name, seconds=5)
    with pytest.raises(CommandRefused):
        render(HOST, "initiate", connection="net-net")
    with pytest.raises(CommandRefused):
        render(IOS, "version", peer="192.0.2.1")


def test_addresses_are_written_canonically() -> None:
    """The router sees one spelling."""
    assert render(IOS, "condition-ipv6", peer="2001:DB8:0::1").text == "debug crypto condition peer ipv6 2001:db8::1"


def test_the_table_is_sound() -> None:
    """Names are unique, placeholders are known, stand-ins exist, and nothing in it changes a device."""
    keys = [(row.platform, row.name) for row in TABLE]
    assert len(set(keys)) == len(keys)
    for row in TABLE:
        assert set(re.findall(r"{(\w+)}", row.template)) <= set(PLACEHOLDERS), row
        assert row.instead is None or (row.platform, row.instead) in keys, row
        assert row.purpose
        assert not re.search(
            r"\b(clear|reload|configure|write|erase|undebug all|no debug all|terminate|restart)\b", row.template
        )
        if row.platform is IOS and row.mark is Mark.READ:
            assert row.template.startswith("show ") or row.name in ("no-paging", "wide", "enable")


def test_every_debug_on_ios_has_its_way_back() -> None:
    """For each command that switches something on there is the one that switches exactly that off."""
    on = [row for row in TABLE if row.platform is IOS and row.template.startswith("debug ")]
    assert len(on) == 6
    for row in on:
        assert any(other.name == f"{row.name}-off" and other.template == f"no {row.template}" for other in TABLE)


def test_napalms_gate_takes_reading_commands_only() -> None:
    """Text is recognised when it is a whole READ row."""
    assert recognise(IOS, " show version ").row.name == "version"
    for text in ("show version | redirect flash:x", "debug crypto isakmp", "terminal monitor", "show crypto key mypubkey rsa"):
        with pytest.raises(CommandRefused):
            recognise(IOS, text)
