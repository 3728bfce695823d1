"""What a real charon makes of configuration files: loaded into one that stands, then asked over vici and read from its log."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ipsecbot.lab.strongswan.hostconfig import HostConfig, strongswan_conf
from ipsecbot.lab.strongswan.pair import StrongswanPair

Tree = dict[str, object]  # as `swanctl --pretty` and the log print it
SEPARATOR = "=-=-=-="
# Each by itself: --load-all stops at the first kind with a mistake.
_KINDS = (("secrets", "creds --clear --noprompt"), ("authorities", "authorities"), ("pools", "pools"), ("connections", "conns"))
_LISTS = ("conns", "pools", "authorities")
_LOG = re.compile(r".*? \d\d\[(?:CFG|LIB|IKE|APP)\] ?(?:<[^>]*> ?)?(.*)")
_REFUSED = re.compile(r"loading connection '(.*)' failed: (.*)")
_BROKEN = re.compile(r"invalid config file|parsing config file .* failed|failed to parse settings", re.IGNORECASE)
_STARTER = "/usr/lib/ipsec/starter"
_IGNORED = re.compile(r"# (ignored) conn '(.*?)' due to")
_SECRET = re.compile(r"  loaded (IKE|EAP|NTLM) secret for (.*)")
_OWNER = re.compile(r'"[^"]*"|\S+')
_STOPPED = re.compile(r"\] (line \d+: .*)")
_SHARED = re.compile(r"loaded (IKE|EAP|NTLM|PPK|shared) (?:shared )?(?:key|secret|password)s?.* with id '(.*?)' for: (.*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """`broken`: the file was not loaded at all; `refused`: connection → why; `conns`: its listing; `logged`: its log."""

    broken: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    conns: dict[str, Tree] = field(default_factory=dict)
    logged: dict[str, Tree] = field(default_factory=dict)
    pools: dict[str, Tree] = field(default_factory=dict)
    authorities: dict[str, Tree] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)


class Charon:
    """One charon with all tools, at 192.0.2.1."""

    def __init__(self, pair: StrongswanPair) -> None:
        self.host = pair.left
        self.etc = pair.folder / "left" / "etc"
        self.log = pair.folder / "left" / "log" / "charon.log"

    def load_swanctl(self, files: dict[str, str]) -> Answer:
        """`files`: path below /etc/swanctl → text; `swanctl.conf` is the one that is loaded."""
        with written(self.etc / "swanctl", files):
            before = self.log.stat().st_size
            done = self.host.exec(["sh", "-c", _script(files)])
            with self.log.open(errors="replace") as log:
                log.seek(before)
                lines = log.read().splitlines()
        loaded, conns, pools, authorities = done.stdout.split(f"{SEPARATOR}\n")
        broken = _BROKEN.search(loaded)
        if broken is not None:
            return Answer(broken=broken[0])
        return Answer(
            refused=dict(_REFUSED.findall(loaded)),
            conns=listed(conns),
            logged=logged(lines),
            pools=listed(pools),
            authorities=listed(authorities),
            shared={name: re.findall(r"'(.*?)'(?=,|$)", owners) for _, name, owners in map(re.Match.groups, shared(lines))},
        )

    def load_ipsec(self, files: dict[str, str], end: str) -> Answer:
        """`files`: path below /etc → text; `end` names the last conn, which shows that starter is through."""
        with written(self.etc, files):
            tested = self.host.exec([_STARTER, "--conftest", "--conf", "/etc/ipsec.conf"])
            said = tested.stdout + tested.stderr
            if tested.returncode != 0 or "invalid config file" in said:
                return Answer(broken=(re.findall(r".*error.*|.*not found.*|.*loop.*", said) or [said])[0])
            self.host.require(["sh", "-c", "kill -USR1 $(cat /run/starter.charon.pid)"])
            conns = self._until(end)
        return Answer(refused={name: why for why, name in _IGNORED.findall(said)}, conns=conns)

    def load_secrets(self, text: str) -> Answer:
        """`text` as /etc/ipsec.secrets: kind and owners of each key in order, and the line at which charon stopped, if any."""
        with written(self.etc, {"ipsec.secrets": text}):
            before = self.log.stat().st_size
            self.host.require(["ipsec", "rereadsecrets"])
            said, deadline = "", time.monotonic() + 10
            while "rereading aa certificates" not in said and time.monotonic() < deadline:
                self.host.require(["ipsec", "rereadaacerts"])  # its line follows those of the secrets
                with self.log.open(errors="replace") as log:
                    log.seek(before)
                    said = log.read()
        keys = {f"{at} {kind}": _OWNER.findall(owners) for at, (kind, owners) in enumerate(_SECRET.findall(said))}
        stopped = _STOPPED.search(said)
        return Answer(shared=keys, broken=stopped[1] if stopped else "")

    def _until(self, end: str) -> dict[str, Tree]:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            conns = listed(self.host.require(["swanctl", "--list-conns", "--pretty"]))
            if end in conns or any(end in conn.get("children", {}) for conn in conns.values()):  # type: ignore[operator]
                return conns
        raise AssertionError(f"starter did not come to {end}")


def _script(files: dict[str, str]) -> str:
    """Load and list what the files may hold something of; the connections always."""
    here = [kind for kind, _ in _KINDS if kind == "connections" or any(kind in text for text in files.values())]
    loads = [f"swanctl --load-{what} 2>&1" for kind, what in _KINDS if kind in here]
    lists = [f"swanctl --list-{what} --pretty 2>&1" if what in ("conns", *here) else ":" for what in _LISTS]
    return f"; echo {SEPARATOR}; ".join(("; ".join(loads), *lists))


@contextmanager
def standing(*, stroke: bool = False) -> Iterator[Charon]:
    """One that has started and has nothing loaded; `stroke`: by starter."""
    conf = strongswan_conf().replace("      default = 1\n", "      default = 1\n      cfg = 2\n", 1)
    if stroke:
        config = HostConfig(strongswan_conf=conf, ipsec_conf="# none\n", ipsec_secrets="# none\n")
    else:
        config = HostConfig(strongswan_conf=conf, swanctl_conf="")
    with StrongswanPair(config, HostConfig()) as pair:
        charon, deadline = Charon(pair), time.monotonic() + 10
        while "worker threads" not in charon.host.log_text() and time.monotonic() < deadline:
            time.sleep(0.02)  # starter comes back before its charon has read anything
        yield charon


@contextmanager
def written(folder: Path, files: dict[str, str]) -> Iterator[None]:
    """The files, for as long as the block lasts; the folders in it stay."""
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        yield
    finally:
        for name in files:
            (folder / name).unlink(missing_ok=True)


def shared(lines: list[str]) -> Iterator[re.Match[str]]:
    return (match for line in lines if (match := _SHARED.search(line)))


def logged(lines: list[str]) -> dict[str, Tree]:
    """Every connection as charon logs it at `cfg = 2` while it reads it."""
    conns: dict[str, Tree] = {}
    conn: Tree = {}
    inner: Tree = {}
    for line in lines:
        match = _LOG.match(line)
        text = match[1] if match else ""
        depth, word = len(text) - len(text.lstrip(" ")), text.strip()
        key, equals, value = word.partition(" = ") if " = " in word else (word, "", "")
        if (text.startswith("conn ") and text.endswith(":")) or (depth == 1 and word.startswith("conn ")):
            conn = conns[word[5:-1]] = {"children": {}, "local": [], "remote": [], "vips": []}
        elif word.startswith("child ") and word.endswith(":") and depth == 2:
            inner = conn["children"][word[6:-1]] = {}  # type: ignore[index]
        elif word in ("local:", "remote:") and depth == 2:
            inner = {"groups": [], "certs": [], "cacerts": []}
            conn[word[:-1]].append(inner)  # type: ignore[attr-defined]
        elif depth == 3 and equals and key in ("group", "cert", "cacert"):
            inner[f"{key}s"].append(value)  # type: ignore[attr-defined]
        elif depth == 3 and equals:
            inner[key] = value
        elif depth == 2 and equals:
            conn[key] = value
        elif depth == 3 and word and conn and "=" not in word:
            conn["vips"].append(word)  # type: ignore[attr-defined]
    return conns


def listed(text: str) -> dict[str, Tree]:
    """The events of `swanctl --list-… --pretty`: each is one or more sections, which become one tree."""
    found: dict[str, Tree] = {}
    stack: list[Tree | list[str]] = []
    for line in text.splitlines():
        word = line.strip()
        if line.endswith(" {") and not stack:
            stack.append(found)
        elif word in ("}", "]"):
            if stack:
                stack.pop()
        elif not stack:
            continue
        elif word.endswith(" = ["):
            inner: list[str] = []
            stack[-1][word[:-4]] = inner  # type: ignore[index,call-overload]
            stack.append(inner)
        elif word.endswith(" {"):
            tree: Tree = {}
            stack[-1][word[:-2]] = tree  # type: ignore[index,call-overload]
            stack.append(tree)
        elif isinstance(stack[-1], list):
            stack[-1].append(word)
        else:
            key, _, value = word.partition(" = ")
            stack[-1][key] = value
    return found
