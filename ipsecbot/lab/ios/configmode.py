"""Configuration mode: lines typed in are worked into the running-config text, and `no` forms take lines out of it.

A table says which submode a line opens and which settings there may stand only once. Every line takes effect at once, as in
IOS; a line that makes the configuration unreadable is refused with `% Invalid input`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, NetmaskValueError

from ipsecbot.lab.ios.configsubmodes import FULL, ON_BY_DEFAULT, PEER, SINGLE, SUBMODES, Submode
from ipsecbot.lab.ios.configtree import Block, read_tree, write_tree
from ipsecbot.lab.ios.router import Router


@dataclass(frozen=True, slots=True)
class Reply:
    """`leave`: configuration mode is over. `invalid_at`: column of the word that was not understood."""

    text: str = ""
    leave: bool = False
    invalid_at: int | None = None


class ConfigMode:
    """The place of one session in configuration mode."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.roots = read_tree(router.text)
        self.path: list[tuple[Submode, Block]] = []

    @property
    def mode(self) -> str:
        return self.path[-1][0].prompt if self.path else "config"

    def enter(self, line: str) -> Reply:
        """Works one line in. Reads the text anew first: another session may have changed it."""
        if line in {"end", "exit"}:
            if line == "end" or not self.path:
                return Reply(leave=True)
            self.path.pop()
            return Reply()
        if line.startswith("!"):
            return Reply()
        before = write_tree(self.roots)
        reply = self._enter(line)
        try:
            self.router.configure(write_tree(self.roots))
        except (AddressValueError, NetmaskValueError, ValueError, IndexError):
            self.roots = read_tree(before)
            self.path.clear()
            return Reply(invalid_at=0)
        return reply

    def _enter(self, line: str) -> Reply:
        negated = line.startswith("no ")
        body = line[3:].strip() if negated else line
        while self.path:
            reply = self._setting(body, negated=negated)
            if reply is not None:
                return reply
            if _opened(body) is None and not _is_global(body):
                return Reply(invalid_at=line.index(body.split()[0]))
            self.path.pop()
        return self._top(body, negated=negated)

    def _setting(self, body: str, *, negated: bool) -> Reply | None:
        """A line of the current submode, or None when it is not one."""
        mode, block = self.path[-1]
        if mode.opens == "crypto ikev2 keyring" and body.startswith("peer ") and not negated:
            self.path.append((PEER, _block(block.children, body, 2)))
            return Reply()
        if mode.opens == "ip access-list extended":
            return _access_list(block, body, negated=negated)
        known = next((setting for setting in mode.settings if _begins(body, setting)), None)
        if known is None:
            return None
        words = body.split()
        short = FULL.get(words[0], words[0]) if mode.opens == "crypto isakmp policy" else words[0]
        body = " ".join([short, *words[1:]])
        known = FULL.get(known, known) if mode.opens == "crypto isakmp policy" else known
        if negated:
            block.children = [child for child in block.children if not _begins(child.line, body)]
        elif known in mode.lists:
            if not block.has(body):
                block.children.append(Block(body))
        else:
            _replace(block.children, known, body)
        return Reply()

    def _top(self, body: str, *, negated: bool) -> Reply:
        mode = _opened(body)
        if negated:
            self._remove(body, mode)
            return Reply()
        if mode:
            return self._open(body, mode)
        if body.startswith("crypto isakmp key "):
            return self._key(body)
        single = next((name for name, _ in SINGLE if _begins(body, name)), None)
        if single:
            self.roots = [root for root in self.roots if root.line != f"no {body}"]
            if body not in ON_BY_DEFAULT:
                _replace(self.roots, single, body)
            return Reply()
        if not _is_global(body):
            return Reply(invalid_at=0)
        if not any(root.line == body for root in self.roots):
            _append(self.roots, body)
        return Reply()

    def _open(self, body: str, mode: Submode) -> Reply:
        words = body.split()
        if mode.opens == "interface":
            known = self.router.config.interface("".join(words[1:]))
            body = f"interface {known.name}" if known else body
        fresh = not any(root.words[: mode.size] == words[: mode.size] for root in self.roots)
        block = _block(self.roots, body, mode.size)
        if not fresh and len(words) > mode.size:
            block.line = body
        if mode.opens == "ip access-list extended":
            self._gather(block, words[3])
        self.path.append((mode, block))
        if mode.opens == "crypto map" and fresh and "dynamic" not in words:
            return Reply(
                "% NOTE: This new crypto map will remain disabled until a peer\n"
                "        and a valid access list have been configured.\n"
            )
        return Reply()

    def _gather(self, block: Block, number: str) -> None:
        """A numbered list is the same list under both commands: its `access-list` lines become entries of the block."""
        lines = [root for root in self.roots if root.words[:2] == ["access-list", number]]
        block.children = [Block(" ".join(root.words[2:])) for root in lines] + block.children
        self.roots = [root for root in self.roots if root not in lines]

    def _key(self, body: str) -> Reply:
        """A second key for the same address is refused: the first one has to be removed (`no crypto isakmp key …`)."""
        place = _key_place(body)
        for root in self.roots:
            if root.line.startswith("crypto isakmp key ") and _key_place(root.line) == place and root.line != body:
                mask = place[2] if len(place) > 2 and place[2][0].isdigit() else "255.255.255.255"
                return Reply(f"A pre-shared key for address mask {place[1]} {mask} already exists!\n\n")
        if not any(root.line == body for root in self.roots):
            _append(self.roots, body)
        return Reply()

    def _remove(self, body: str, mode: Submode | None) -> None:
        words = body.split()
        if body in ON_BY_DEFAULT:
            if not any(root.line == f"no {body}" for root in self.roots):
                _append(self.roots, f"no {body}")
        elif body.startswith("crypto isakmp key "):
            self.roots = [
                root
                for root in self.roots
                if not (root.line.startswith("crypto isakmp key ") and _key_place(root.line) == _key_place(body))
            ]
        elif mode:
            self.roots = [root for root in self.roots if root.words[: mode.size] != words[: mode.size]]
        elif words[0] == "access-list":
            self.roots = [root for root in self.roots if root.words[:2] != words[:2]]
        else:
            self.roots = [root for root in self.roots if not _begins(root.line, body)]


GLOBALS = (
    "crypto",
    "ip",
    "access-list",
    "hostname",
    "logging",
    "service",
    "ntp",
    "username",
    "enable",
    "version",
    "no",
    "line",
)


def _is_global(body: str) -> bool:
    return body.split()[0] in GLOBALS


def _begins(line: str, words: str) -> bool:
    wanted = words.split()
    return line.split()[: len(wanted)] == wanted


def _key_place(line: str) -> tuple[str, ...]:
    words = [word for word in line.split() if word != "no-xauth"]
    at = next((index for index, word in enumerate(words) if word in {"address", "hostname"}), len(words))
    return tuple(words[at:])


def _opened(body: str) -> Submode | None:
    words = body.split()
    for mode in SUBMODES:
        if _begins(body, mode.opens) and len(words) >= mode.size:
            if mode.opens == "crypto map" and not words[3].isdigit():
                continue
            return mode
    return None


def _append(blocks: list[Block], line: str) -> None:
    """Before the interfaces, where IOS keeps crypto settings; everything else behind."""
    at = next((index for index, block in enumerate(blocks) if block.words[0] == "interface"), len(blocks))
    blocks.insert(at if line.startswith("crypto") else len(blocks), Block(line))


def _block(blocks: list[Block], line: str, size: int) -> Block:
    words = line.split()
    for block in blocks:
        if block.words[:size] == words[:size]:
            return block
    fresh = Block(line)
    if line.startswith("crypto"):
        at = next((index for index, block in enumerate(blocks) if block.words[0] == "interface"), len(blocks))
        blocks.insert(at, fresh)
    else:
        blocks.append(fresh)
    return fresh


def _replace(blocks: list[Block], setting: str, line: str) -> None:
    for block in blocks:
        if _begins(block.line, setting):
            block.line = line
            return
    blocks.append(Block(line))


def _access_list(block: Block, body: str, *, negated: bool) -> Reply | None:
    """Entries with and without sequence numbers; `no 10` removes the entry with that number, or the tenth-step one."""
    words = body.split()
    if negated and words[0].isdigit() and len(words) == 1:
        at = int(words[0]) // 10 - 1
        numbered = [child for child in block.children if child.words[0] == words[0]]
        chosen = numbered[0] if numbered else (block.children[at] if 0 <= at < len(block.children) else None)
        if chosen:
            block.children.remove(chosen)
        return Reply()
    entry = words[1:] if words[0].isdigit() else words
    if not entry or entry[0] not in {"permit", "deny", "remark"}:
        return None
    line = " ".join(entry)
    if negated:
        block.children = [child for child in block.children if child.words[-len(entry) :] != entry]
    elif not any(child.words[-len(entry) :] == entry for child in block.children):
        block.children.append(Block(line))
    return Reply()
