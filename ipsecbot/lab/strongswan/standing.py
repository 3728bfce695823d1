"""A pair that stands until Ctrl-C, from two folders of configuration files, and the inventory that leads to it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import yaml

from ipsecbot.errors import InputError
from ipsecbot.lab.strongswan.hostconfig import HostConfig
from ipsecbot.lab.strongswan.leftovers import sweep
from ipsecbot.lab.strongswan.pair import PROTECTED, StrongswanPair
from ipsecbot.model.evidence import Side

_OWN_FILES = ("swanctl.conf", "ipsec.conf", "ipsec.secrets", "strongswan.conf")


def read_folder(folder: Path) -> HostConfig:
    """The configuration of one host: swanctl.conf or ipsec.conf (with ipsec.secrets), perhaps strongswan.conf; every other
    file is put below /etc where it lies below the folder (`swanctl/x509ca/ca.pem`). Raises InputError."""
    try:
        texts = {name: (folder / name).read_text() for name in _OWN_FILES if (folder / name).is_file()}
        others = sorted(
            path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).as_posix() not in texts
        )
        files = tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in others)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{folder}: {error}") from error
    if "swanctl.conf" not in texts and "ipsec.conf" not in texts:
        raise InputError(f"{folder} holds neither swanctl.conf nor ipsec.conf")
    return HostConfig(
        swanctl_conf=texts.get("swanctl.conf"),
        ipsec_conf=texts.get("ipsec.conf"),
        ipsec_secrets=texts.get("ipsec.secrets"),
        strongswan_conf=texts.get("strongswan.conf"),
        files=files,
    )


def inventory_text(pair: StrongswanPair, tunnel: str = "lab") -> str:
    """An inventory (YAML) with the two hosts of a pair and their tunnel."""
    devices, ends = [], []
    for side in Side:
        host = pair.host(side)
        devices.append(
            {
                "name": host.name,
                "address": host.ssh.address,
                "port": host.ssh.port,
                "platform": "strongswan",
                "username": host.ssh.username,
                "key": f"file:{host.ssh.key}",
                "known_hosts": str(host.ssh.known_hosts),
            }
        )
        source, destination = (PROTECTED[end][0].partition("/")[0] for end in (side, side.other))
        ends.append({"device": host.name, "address": host.address, "protects": {"source": source, "destination": destination}})
    document = {"devices": devices, "tunnels": [{"name": tunnel, "ends": ends}]}
    return yaml.safe_dump(document, sort_keys=False)


def run(left: Path, right: Path, inventory: Path | None, announce: Callable[[str], None]) -> None:
    """Run a pair from two folders until Ctrl-C or SIGTERM, saying where to log in.

    `inventory`: where to write an inventory for the pair; None writes one that goes away with it. Raises InputError for a
    folder without configuration, LabError when this machine cannot run a pair.
    """
    configs = read_folder(left), read_folder(right)
    sweep()
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with StrongswanPair(*configs) as pair:
            path = inventory or pair.folder / "inventory.yaml"
            path.write_text(inventory_text(pair))
            for line in _directions(pair, path):
                announce(line)
            signal.pause()
    except KeyboardInterrupt:
        announce("the pair is gone")
    finally:
        signal.signal(signal.SIGTERM, previous)


def _directions(pair: StrongswanPair, inventory: Path) -> list[str]:
    lines = []
    for side in Side:
        host = pair.host(side)
        ssh = host.ssh
        login = f"ssh -i {ssh.key} -o UserKnownHostsFile={ssh.known_hosts} {ssh.username}@{ssh.address}"
        lines.append(f"{host.name} ({host.address}, protects {PROTECTED[side][0]}): {login}")
    return [*lines, f"diagnose it: ipsecbot diagnose --inventory {inventory} --trigger lab", "Ctrl-C takes the pair away"]
