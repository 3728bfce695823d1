"""Two emulated routers whose tunnel cannot come up, an inventory for them, and the program as a person starts it.

hq (198.51.100.10) and branch (203.0.113.20) differ in the Diffie-Hellman group, so a debug has a story to tell.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

import ipsecbot.report
from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour

HQ, BRANCH, TUNNEL = "hq", "branch", "hq-branch"
KEY = "Zwiebelturm-41-Hafen"
SCHEMA = json.loads((Path(ipsecbot.report.__file__).parent / "diagnosis.schema.json").read_text(encoding="utf-8"))
TIME_SCALE = 20.0
NEVER = ("a fault of the program itself", "Traceback", "Error:", "Exception", "Errno", "<class", "Aborted!", 'File "')


def config(name: str, own: str, peer: str, inside: str, far: str, group: int = 14, key: str = KEY) -> str:
    return f"""version 15.7
hostname {name}
service timestamps debug datetime msec
service timestamps log datetime msec
logging buffered 512000 debugging
logging console warnings
username netops secret 5 $1$inv3$3ntedHashOfNothing0
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group {group}
crypto isakmp key {key} address {peer}
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map CM 10 ipsec-isakmp
 set peer {peer}
 set transform-set TS
 match address VPN
interface GigabitEthernet0/0
 ip address {own} 255.255.255.0
 crypto map CM
interface GigabitEthernet0/1
 ip address {inside}.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 {own.rpartition(".")[0]}.1
ip access-list extended VPN
 permit ip {inside}.0 0.0.0.255 {far}.0 0.0.0.255
line vty 0 4
 login local
 transport input ssh
end
"""


def configs(groups: tuple[int, int] = (14, 5), keys: tuple[str, str] = (KEY, KEY)) -> dict[str, str]:
    return {
        HQ: config(HQ, "198.51.100.10", "203.0.113.20", "10.10.1", "10.20.5", groups[0], keys[0]),
        BRANCH: config(BRANCH, "203.0.113.20", "198.51.100.10", "10.20.5", "10.10.1", groups[1], keys[1]),
    }


@contextmanager
def routers(texts: Mapping[str, str] | None = None, **misbehaviour: Misbehaviour) -> Iterator[IosLab]:
    """The pair, misbehaving as told; ends when every session has ended."""
    with IosLab(texts or configs(), time_scale=TIME_SCALE, misbehaviour=misbehaviour) as lab:
        yield lab
        until = time.monotonic() + 5
        while any(lab.users(name) for name in lab.names) and time.monotonic() < until:
            time.sleep(0.01)


@dataclass(frozen=True)
class Answer:
    """What the program said, and what was left switched on at the routers when it had ended."""

    status: int
    stdout: str
    stderr: str
    debugging: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The JSON on stdout, which has to be all that is there."""
        found: dict[str, Any] = json.loads(self.stdout)
        jsonschema.validate(found, SCHEMA)
        return found

    @property
    def complaint(self) -> str:
        """The one sentence on stderr."""
        lines = [line for line in self.stderr.splitlines() if line.startswith("ipsecbot: ")]
        assert len(lines) == 1, self.stderr
        return lines[0]

    def assert_clean(self) -> None:
        """No traceback, no name of a Python class, nothing switched on."""
        for word in NEVER:
            assert word not in self.stdout + self.stderr, self.stderr
        assert all(flags == frozenset() for flags in self.debugging.values()), self.debugging


@dataclass(frozen=True)
class Desk:
    """Somebody's working folder: inventory, credentials in the environment, known hosts, state."""

    folder: Path

    @property
    def inventory(self) -> Path:
        return self.folder / "ipsecbot.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def environment(self, lab: IosLab | None, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IPSECBOT_")}
        access = lab[lab.names[0]] if lab is not None else None
        secrets = {"LAB_PASSWORD": access.password, "LAB_ENABLE": access.enable} if access is not None else {}
        return {**kept, "IPSECBOT_STATE_DIR": str(self.state), "COLUMNS": "120", **secrets, **more}

    def write(self, lab: IosLab | None, changes: Mapping[str, Mapping[str, object]] | None = None, timeout: int = 5) -> None:
        """The inventory of the pair; `changes`: device name → keys of its entry that are different
        (None: left out)."""
        devices = []
        for name in (HQ, BRANCH):
            entry: dict[str, object] = {"name": name, "platform": "cisco_ios"}
            entry |= {"address": "127.0.0.1", "port": lab[name].port if lab is not None else 1}
            entry |= {"username": "netops", "password": "env:LAB_PASSWORD", "enable": "env:LAB_ENABLE"}
            entry |= {"host_keys": "accept-new", "known_hosts": "known_hosts", "timeout": timeout}
            changed = {**entry, **(changes or {}).get(name, {})}
            devices.append({key: value for key, value in changed.items() if value is not None})
        ends = [{"device": HQ, "address": "198.51.100.10"}, {"device": BRANCH, "address": "203.0.113.20"}]
        # JSON is YAML as well
        self.inventory.write_text(json.dumps({"devices": devices, "tunnels": [{"name": TUNNEL, "ends": ends}]}, indent=1))

    def run(self, *arguments: str, lab: IosLab | None = None, environment: Mapping[str, str] | None = None) -> Answer:
        command: Sequence[str] = [sys.executable, "-m", "ipsecbot", *arguments]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            env={**self.environment(lab), **(environment or {})},
        )
        on = {name: lab.debugging(name) for name in lab.names} if lab is not None else {}
        return Answer(done.returncode, done.stdout, done.stderr, on)

    def diagnose(self, lab: IosLab, *arguments: str, **environment: str) -> Answer:
        """`ipsecbot diagnose` of the pair's tunnel."""
        return self.run("diagnose", *arguments, TUNNEL, lab=lab, environment=environment)
