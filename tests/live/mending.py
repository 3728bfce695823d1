"""What the program says to type, typed at one end of the standing pair, and whether the tunnel then carries a packet.

The lines are appended to the file of their end as they are printed: strongSwan merges a section given twice, and a key given
later replaces the earlier one (swanctl.conf(5), ipsec.conf(5)). Only the secret, which the program never knows, is filled in,
as the other end has it.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from swan_diagnosis import set_up
from swan_fault import Fault, Trigger
from vici_socket import Message, Vici

from ipsecbot.explain import explain
from ipsecbot.lab.strongswan.host import Host
from ipsecbot.lab.strongswan.hostconfig import HostConfig
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.model.evidence import Remedy, Side
from ipsecbot.model.tunnel import Diagnosis

_COMMAND = re.compile(r"swanctl --load-(?:all|creds)|ipsec (?:reload|rereadsecrets)")
_INSTEAD = re.compile(r"# \S+, instead of line (\d+):")
_SECRET = re.compile(r'(?:secret = |PSK )"(.*)"')
# Networks that only a wrong configuration names: once both ends name them, somebody has to answer there.
_FURTHER = {
    Side.LEFT: ("10.11.0.1/16", "10.96.0.1/16"),
    Side.RIGHT: ("10.22.0.1/16", "10.98.0.1/24", "10.99.0.1/24", "10.97.0.1/16"),
}
_FILES = {
    "swanctl_conf": "swanctl/swanctl.conf",
    "ipsec_conf": "ipsec.conf",
    "ipsec_secrets": "ipsec.secrets",
    "strongswan_conf": "strongswan.conf",
}
# One packet of the protocol that the selectors allow; whoever hears it need not answer.
_SEND = (
    "import socket, sys\n"
    "mine, from_port, yours, port, protocol = sys.argv[1:]\n"
    "one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if protocol == '17' else socket.SOCK_STREAM)\n"
    "one.bind((mine, int(from_port))); one.settimeout(1)\n"
    "try:\n"
    "    one.connect((yours, int(port))); one.send(b'x')\n"
    "except OSError:\n"
    "    pass\n"
)


@contextmanager
def inhabited(pair: StrongswanPair) -> Iterator[None]:
    """Somebody answers in the networks that only wrong configurations name."""
    for verb in ("replace", "del"):
        for side, addresses in _FURTHER.items():
            lines = "".join(f"addr {verb} {one} dev lo\n" for one in addresses)
            pair.host(side).require(["ip", "-batch", "-"], stdin=lines)
        if verb == "replace":
            yield


def diagnosed(pair: StrongswanPair, fault: Fault) -> Diagnosis:
    """What the program makes of both ends' files and logs after the fault has shown."""
    set_up(pair, fault)
    with tempfile.TemporaryDirectory() as folder:
        for side, config in ((Side.LEFT, fault.left), (Side.RIGHT, fault.right)):
            place = Path(folder) / side
            written = [(path, getattr(config, name).encode()) for name, path in _FILES.items() if getattr(config, name)]
            for path, content in (*written, *config.files):
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(content)
            (place / "charon.log").write_text(pair.host(side).log_text())
        return explain([str(Path(folder) / side) for side in Side])


def mended(pair: StrongswanPair, fault: Fault, *remedies: Remedy) -> str | None:
    """Type the remedies, load them, start the tunnel as before and send a packet; what went wrong, None where nothing."""
    for end in Side:
        _forget(pair, end)
    for remedy in remedies:
        side = Side(remedy.device)
        config, other = (fault.left, fault.right) if side is Side.LEFT else (fault.right, fault.left)
        pair.host(side).replace_files(typed(config, remedy.lines, _secret_of(other)))
        for command in commands(remedy.lines):
            if (problem := _load(pair.host(side), command)) is not None:
                return problem
    started = pair.initiate(fault.initiator, fault.child)
    if fault.trigger is Trigger.INITIATE_AND_REKEY and started.returncode == 0:
        rekeyed = pair.host(fault.initiator).exec(["swanctl", "--rekey", "--child", fault.child])
        if rekeyed.returncode != 0:
            return rekeyed.stdout
    said = (started.stdout + started.stderr)[-600:]
    sas = _awaited(pair, Side(fault.initiator), fault.child) if started.returncode == 0 else None
    if sas is None:
        return f"not up: {said}"
    return None if _carries(pair, Side(fault.initiator), fault.child, sas) else f"up, but nothing passes: {said}"


def _load(host: Host, command: str) -> str | None:
    """One command of a remedy; `ipsec reload` is done when charon has taken the connection that starter gives it."""
    before = len(host.log_text())
    done = host.exec(command.split())
    if done.returncode != 0:
        return f"{command}: {(done.stdout + done.stderr)[-400:]}"
    deadline = time.monotonic() + 5
    while command == "ipsec reload" and "added configuration" not in host.log_text()[before:]:
        if time.monotonic() > deadline:
            return "ipsec reload: charon was given no connection"
        time.sleep(0.01)
    return None


def commands(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a remedy that are for the shell."""
    return tuple(line for line in lines if _COMMAND.fullmatch(line))


def typed(config: HostConfig, lines: tuple[str, ...], secret: str) -> HostConfig:
    """The files of one end with the lines of a remedy behind what is there; an entry of ipsec.secrets at the line it names."""
    new = [line.replace("<the shared secret>", secret) for line in lines if not _COMMAND.fullmatch(line)]
    if config.swanctl_conf is not None:
        return replace(config, swanctl_conf=config.swanctl_conf + "\n".join(new) + "\n")
    entries = [line for line in new if " PSK " in line]
    if not entries:
        return replace(config, ipsec_conf=f"{config.ipsec_conf}\n" + "\n".join(new) + "\n")
    secrets = (config.ipsec_secrets or "").splitlines()
    found = _INSTEAD.fullmatch(new[0])
    place = slice(int(found[1]) - 1, int(found[1])) if found else slice(len(secrets), None)
    secrets[place] = entries
    return replace(config, ipsec_secrets="\n".join(secrets) + "\n")


def _secret_of(config: HostConfig) -> str:
    found = _SECRET.search(config.swanctl_conf or config.ipsec_secrets or "")
    assert found, "the other end has no secret"
    return found[1]


def _vici(pair: StrongswanPair, side: Side) -> Vici:
    return Vici(pair.folder / side / "run/charon.vici")


def _forget(pair: StrongswanPair, side: Side) -> None:
    """Take away what the failed attempt left: a changed connection counts for the next IKE_SA."""
    vici = _vici(pair, side)
    for found in vici.stream("list-sas", "list-sa"):
        for sa in found.values():
            if isinstance(sa, dict):
                vici.request("terminate", **{"ike-id": str(sa["uniqueid"]), "force": "yes", "timeout": "1000"})
    vici.close()


def _awaited(pair: StrongswanPair, side: Side, child: str) -> Message | None:
    """The installed CHILD_SA; one that is just being replaced takes a moment."""
    deadline = time.monotonic() + 3
    while (found := _installed(pair, side, child)) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _installed(pair: StrongswanPair, side: Side, child: str) -> Message | None:
    """The installed CHILD_SA of that name."""
    vici = _vici(pair, side)
    sas = [sa for found in vici.stream("list-sas", "list-sa") for sa in found.values() if isinstance(sa, dict)]
    vici.close()
    every = [one for sa in sas for one in (sa.get("child-sas") or {}).values()]  # type: ignore[union-attr]
    return next((one for one in every if isinstance(one, dict) and one["state"] == "INSTALLED"), None)


def _carries(pair: StrongswanPair, side: Side, child: str, sa: Message) -> bool:
    """Whether a ping is answered through the tunnel; where it carries no ICMP, whether a packet of its protocol arrives."""
    (mine, local, from_port), (yours, remote, port) = (_end(sa[key]) for key in ("local-ts", "remote-ts"))
    protocol = max(local, remote, key=int)
    if protocol in ("0", "1"):
        return pair.ping_from(side, mine, yours) and _packets(pair, side, child) > 0
    before = _packets(pair, side.other, child)
    pair.host(side).exec(["python3", "-c", _SEND, mine, from_port, yours, port, protocol])
    return _packets(pair, side.other, child) > before


def _packets(pair: StrongswanPair, side: Side, child: str) -> int:
    sa = _installed(pair, side, child)
    return int(str(sa["packets-in"])) if sa is not None else 0


def _end(selectors: object) -> tuple[str, str, str]:
    """An address behind one end, the protocol and the port, of the first selector."""
    assert isinstance(selectors, list)
    network, _, rest = str(selectors[0]).partition("[")
    protocol, _, port = rest.rstrip("]").partition("/")
    numbers = {"": "0", "tcp": "6", "udp": "17", "icmp": "1"}
    ports = {"": "4711", "https": "443", "syslog": "514"}
    whole = ip_network(network)
    address = whole[1] if whole.num_addresses > 1 else whole[0]
    return str(address), numbers.get(protocol, protocol), ports.get(port, port)
