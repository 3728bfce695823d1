"""The inventory file: what is read, and what is said about a wrong one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ipsecbot.errors import InventoryError
from ipsecbot.inventory.entries import CredentialRef, CredentialScheme, Ping
from ipsecbot.inventory.inventory import Inventory
from ipsecbot.inventory.load import check, find_file, load
from ipsecbot.model.device import Platform
from ipsecbot.model.target import HostKeyPolicy, SudoUse

EXAMPLE = Path(__file__).parents[2] / "docs/inventory.example.yaml"
DEVICE = "devices:\n  - {name: r1, address: 192.0.2.1, platform: cisco_ios, username: u, password: 'env:P'}\n"


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(text)
    return path


def _said(tmp_path: Path, text: str) -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in check(_write(tmp_path, text))]


@pytest.fixture
def example() -> Inventory:
    return load(EXAMPLE)


def test_the_example_is_right_and_defaults_reach_every_device(example: Inventory) -> None:
    """docs/inventory.example.yaml loads without a problem, and a device overrides what defaults says."""
    assert check(EXAMPLE) == ()
    first, second, host = example.devices
    assert first.device.platform is Platform.CISCO_IOS
    assert first.device.groups == ("branches", "north")
    assert first.password == CredentialRef(CredentialScheme.ENV, "IPSECBOT_PASSWORD")
    assert first.timeout == timedelta(seconds=30)
    assert (first.host_keys, second.host_keys) == (HostKeyPolicy.STRICT, HostKeyPolicy.ACCEPT_NEW)
    assert (second.device.address, second.device.port) == ("2001:db8:18::1", 2222)
    assert second.password == CredentialRef(CredentialScheme.COMMAND, "pass show net/branch-18")
    assert host.sudo is SudoUse.AUTO


def test_a_device_with_a_key_does_not_need_the_default_password(example: Inventory) -> None:
    """How to log in is taken from one place: the device when it says anything, else defaults."""
    host = example.devices[2]
    assert host.key is not None
    assert host.password is None
    assert host.enable is None


def test_a_tunnel_has_two_ends_or_a_third_party(example: Inventory) -> None:
    """Both forms of the far end are read, with the ping that triggers."""
    ours, supplier = example.tunnels
    assert ours.ends[0].ping == Ping("10.17.0.1", "10.0.0.1")
    assert [end.address for end in ours.ends] == ["198.51.100.17", "198.51.100.1"]
    assert supplier.ends[1].device is None
    assert (supplier.ends[1].address, supplier.ike_version) == ("203.0.113.9", 2)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 0, "is empty"),
        ("- a\n", 1, "must start with the keys"),
        ("devices: [\n", 2, "not valid YAML"),
        ("devices: {}\n", 1, "must be a list"),
        ("{}\n", 1, "names no device"),
        ("tunels: []\n" + DEVICE, 1, "has no key 'tunels'"),
        (DEVICE.replace("env:P", "hunter2secret"), 2, "write env:NAME, file:PATH or command:WORDS"),
        (DEVICE.replace("env:P", "env:"), 2, "write env:NAME"),
        (DEVICE.replace("platform: cisco_ios", "platform: junos"), 2, "must be cisco_ios or strongswan"),
        (DEVICE.replace("platform: cisco_ios", "port: 99999, platform: cisco_ios"), 2, "from 1 to 65535"),
        (DEVICE.replace("address: 192.0.2.1, ", ""), 2, "device r1 has no address"),
        (DEVICE.replace("192.0.2.1", "192.0.2.999"), 2, "must be an address or a host name"),
        (DEVICE.replace("username: u, ", ""), 2, "has no username"),
        (DEVICE.replace(", password: 'env:P'", ""), 2, "neither password nor key"),
        (DEVICE.replace("name: r1", "name: 'r 1'"), 2, "letters, digits"),
        (DEVICE.replace("name: r1", "name: [r1]"), 2, "must be one value"),
        (DEVICE.replace("username: u", "username: u, username: v"), 2, "the key 'username' twice"),
        (DEVICE + DEVICE.splitlines()[1], 3, "already in line 2"),
        (DEVICE + "  - just-a-word\n", 3, "must be written as key: value lines"),
        (DEVICE + "tunnels:\n  - name: t\n    ends: [{device: r1}]\n", 5, "exactly two ends, not 1"),
        (DEVICE + "tunnels:\n  - name: t\n    ends: [{device: r1}, {device: r2}]\n", 5, "the device r2"),
        (DEVICE + "tunnels:\n  - name: t\n    ends: [{device: r1}, {device: r1}]\n", 5, "at both ends"),
        (DEVICE + "tunnels:\n  - name: t\n    ends: [{device: r1}, {}]\n", 5, "either device: NAME or peer: ADDRESS"),
        (DEVICE + "tunnels:\n  - name: t\n    ends: [{peer: 192.0.2.8}, {peer: 192.0.2.9}]\n", 4, "no device that could be"),
        (DEVICE + "tunnels:\n  - name: t\n    ike: 3\n    ends: [{device: r1}, {peer: 192.0.2.9}]\n", 5, "must be 1 or 2"),
        (
            DEVICE + "tunnels:\n  - name: t\n    ends: [{device: r1, protects: {source: 10.0.0.1}}, {peer: 192.0.2.9}]\n",
            5,
            "has no destination",
        ),
    ],
)
def test_each_mistake_has_its_line_and_a_plain_sentence(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    """check names the line and says what is wrong; load raises the same."""
    path = _write(tmp_path, text)
    problems = check(path)
    assert [(p.line, sentence in p.message) for p in problems if sentence in p.message] == [(line, True)], problems
    assert all(str(p).startswith(f"{path}:") for p in problems)
    assert all(p.message.endswith((".", "?")) for p in problems)
    with pytest.raises(InventoryError, match=r"inventory\.yaml"):
        load(path)


def test_check_tells_everything_at_once(tmp_path: Path) -> None:
    """Two mistakes are two problems, in the order of the lines."""
    said = _said(tmp_path, DEVICE.replace("192.0.2.1", "a b") + "tunnels:\n  - {name: t}\nxx: 1\n")
    assert [line.split(":")[0] for line in said] == ["2", "4", "5"]


def test_a_literal_password_is_never_repeated(tmp_path: Path) -> None:
    """The message about a literal password names the key and the device, not the password."""
    (said,) = _said(tmp_path, DEVICE.replace("env:P", "hunter2secret"))
    assert "hunter2secret" not in said
    assert "password of device r1" in said


def test_unreadable_and_binary_files_are_one_sentence(tmp_path: Path) -> None:
    """A missing file, a folder and a binary file are problems of the whole file."""
    assert "cannot be read" in check(tmp_path / "missing.yaml")[0].message
    assert "cannot be read" in check(tmp_path)[0].message
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    assert "not UTF-8" in check(binary)[0].message
    binary.write_bytes(b"a: \x00\n")
    assert "not valid YAML" in check(binary)[0].message


def test_the_file_is_looked_for_in_four_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--inventory, $IPSECBOT_INVENTORY, ./ipsecbot.yaml, ~/.config/ipsecbot/inventory.yaml, in this order."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(InventoryError, match="no inventory was found"):
        find_file(environ={})
    home = tmp_path / ".config/ipsecbot/inventory.yaml"
    home.parent.mkdir(parents=True)
    home.write_text(DEVICE)
    assert find_file(environ={}) == home
    (tmp_path / "ipsecbot.yaml").write_text(DEVICE)
    assert find_file(environ={}) == Path("ipsecbot.yaml")
    assert find_file(environ={"IPSECBOT_INVENTORY": "/x/y.yaml"}) == Path("/x/y.yaml")
    assert find_file("z.yaml", environ={"IPSECBOT_INVENTORY": "/x/y.yaml"}) == Path("z.yaml")
