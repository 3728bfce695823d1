"""The same text, as mails, pages, terminals and chats hand it on: the same verdict, proved by the lines as they were given."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pasted_texts import REFUSED, UP_TABLES, WRONG_KEY

from ipsecbot.explain import explain
from ipsecbot.model.tunnel import Diagnosis

Mangling = Callable[[str], str]


@pytest.fixture(autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPSECBOT_STATE_DIR", str(tmp_path_factory.mktemp("state")))


def explained(tmp_path: Path, text: str, encoding: str = "utf-8") -> Diagnosis:
    path = tmp_path / "paste.txt"
    path.write_bytes(text.encode(encoding))
    return explain([str(path)])


def wrapped(text: str, width: int = 80) -> str:
    """Cut at the width of a terminal, also within words."""
    pieces = (line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width))
    return "\n".join(pieces)


def word_wrapped(text: str) -> str:
    """Cut at a blank, as mail programs do."""
    return re.sub(r"(?m)^(.{60,76}) (?=\S)", r"\1\n", text)


def with_pings(text: str) -> str:
    """A ping's marks between the lines."""
    lines = text.split("\n")
    for at in (3, 7, 11):
        lines.insert(at, "." * (at // 3 + 1))
    return "\n".join(lines)


def numbered(text: str) -> str:
    return "\n".join(f"{number:4} {line}" for number, line in enumerate(text.split("\n"), 1))


def newest_first(text: str) -> str:
    return "\n".join(reversed(text.rstrip("\n").split("\n")))


LOGS: dict[str, Mangling] = {
    "as it is": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "double spaced": lambda text: text.replace("\n", "\n\n"),
    "joined without a line end": lambda text: text.replace("\n", ""),
    "joined by blanks": lambda text: text.replace("\n", " "),
    "html entities": lambda text: html.escape(text).replace("  ", "&nbsp;&nbsp;"),
    "html breaks": lambda text: text.replace("\n", "<br>\n"),
    "html line": lambda text: "<p>" + html.escape(text).replace("\n", "<br/>") + "</p>",
    "quoted mail": lambda text: "Dear all,\n" + "\n".join(f"> {line}" for line in text.split("\n")) + "\nRegards",
    "twice quoted": lambda text: "\n".join(f">> {line}" for line in text.split("\n")),
    "markdown": lambda text: f"# My tunnel\n\nPlease **help**:\n\n```\n{text}\n```\n",
    "list": lambda text: "\n".join(f"- {line}" for line in text.split("\n") if line),
    "line numbers": numbered,
    "zero width": lambda text: text.replace(": ", ":\u200b "),
    "wide blanks": lambda text: text.replace(" ", "\u00a0"),
    "typographic quotes": lambda text: text.replace("'", "\u2019"),
    "chinese around": lambda text: f"请问这是什么原因?\n{text}\n谢谢大家的帮助,路由器是思科的\n",
    "russian around": lambda text: f"Добрый день, коллеги\n{text}\nЗаранее спасибо всем откликнувшимся\n",
    "every line twice": lambda text: "\n".join(line for line in text.split("\n") for _ in range(2)),
    "whole text twice": lambda text: text + "\nand once more, since the first time was cut:\n" + text,
    "json string": lambda text: text.replace("\n", "\\n"),
    "tabs": lambda text: text.replace("      ", "\t"),
    "trailing blanks": lambda text: text.replace("\n", "   \n"),
    "ping marks": with_pings,
}
IOS_ONLY: dict[str, Mangling] = {
    "stars as bullets": lambda text: text.replace("*Apr", "\u2022 Apr"),
    "no stars": lambda text: text.replace("*Apr", "Apr"),
    "no stamps": lambda text: re.sub(r"(?m)^\*Apr +9 [\d:.]+: ", "", text),
    "sequence numbers": lambda text: "\n".join(f"{n:06}: {line}" for n, line in enumerate(text.split("\n"), 7) if line),
    "through a syslog server": lambda text: "\n".join(
        f"Apr  9 07:12:02 192.0.2.200 {n}: {line}" for n, line in enumerate(text.split("\n"), 7) if line
    ),
    "ampersands": lambda text: text.replace("      ", "&&&&&"),
    "newest first": newest_first,
    "cut at 80": wrapped,
    "wrapped by mail": word_wrapped,
    "prompts between": lambda text: text.replace("\n", "\ngate#\n", 3),
}
CHARON_ONLY: dict[str, Mangling] = {
    "no syslog": lambda text: re.sub(r"(?m)^.*?charon\[611\]: ", "", text),
    "filelog": lambda text: re.sub(r"(?m)^.*?charon\[611\]: ", "2024-05-30T21:40:12 ", text),
    "swanctl --log": lambda text: re.sub(r"(?m)^.*?charon\[611\]: \d\d", "", text),
    "cut at 100": lambda text: wrapped(text, 100),
    "wrapped by mail": word_wrapped,
}


@pytest.mark.parametrize("name", [*LOGS, *IOS_ONLY])
def test_a_mangled_ios_debug_gives_the_same_verdict(tmp_path: Path, name: str) -> None:
    """The cause, the attribute, and a line of the mangled text that proves it."""
    text = {**LOGS, **IOS_ONLY}[name](REFUSED)
    diagnosis = explained(tmp_path, text)
    assert (diagnosis.cause, diagnosis.attribute) == ("ike-proposal-mismatch", "dh"), diagnosis.headline
    assert_quoted(diagnosis, text)


@pytest.mark.parametrize("name", [*LOGS, *CHARON_ONLY])
def test_a_mangled_log_of_charon_gives_the_same_verdict(tmp_path: Path, name: str) -> None:
    """So does charon's log."""
    text = {**LOGS, **CHARON_ONLY}[name](WRONG_KEY)
    diagnosis = explained(tmp_path, text)
    assert diagnosis.cause == "psk-mismatch", diagnosis.headline
    assert_quoted(diagnosis, text)


TABLES = (
    *("as it is", "crlf", "html entities", "quoted mail", "markdown", "line numbers", "zero width", "wide blanks"),
    *("chinese around", "russian around", "trailing blanks"),
)


@pytest.mark.parametrize("name", TABLES)
def test_mangled_tables_are_read(tmp_path: Path, name: str) -> None:
    """Counters and states of a tunnel that is up."""
    assert explained(tmp_path, LOGS[name](UP_TABLES)).cause == "healthy"


def test_tables_without_indentation_are_read(tmp_path: Path) -> None:
    """Pages take leading blanks away."""
    assert explained(tmp_path, re.sub(r"(?m)^[ \t]+", "", UP_TABLES)).cause == "healthy"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251", "latin-1"])
def test_the_encoding_does_not_matter(tmp_path: Path, encoding: str) -> None:
    """Nor does what the prose around is written in."""
    around = (
        "Здравствуйте, не работает туннель между офисами\n" if encoding in ("utf-16", "cp1251") else "caf\u00e9, na\u00efve\n"
    )
    assert explained(tmp_path, around + REFUSED, encoding).cause == "ike-proposal-mismatch"


def test_shuffled_blocks_of_two_peers_are_told_apart(tmp_path: Path) -> None:
    """Two negotiations whose lines interleave as a busy hub prints them."""
    other = REFUSED.replace("203.0.113.77", "192.0.2.99").replace("(0)", "(1)").replace("group 5", "group 14")
    other = "\n".join(line for line in other.split("\n") if "not match" not in line and "no offers" not in line)
    generator = random.Random(7)
    mixed: list[str] = []
    queues = [REFUSED.rstrip("\n").split("\n"), other.rstrip("\n").split("\n")]
    while any(queues):
        queue = generator.choice([queue for queue in queues if queue])
        mixed.append(queue.pop(0))
    diagnosis = explained(tmp_path, "\n".join(mixed))
    assert diagnosis.cause == "ike-proposal-mismatch"


def assert_quoted(diagnosis: Diagnosis, text: str) -> None:
    """Each line of evidence stands where the report says, as far as characters go."""
    lines = re.sub("\r\n|\r", "\n", text).split("\n")
    for source in diagnosis.findings[0].evidence:
        told = plain(" ".join(lines[source.first_line - 1 : source.last_line]))
        missing = [word for word in re.findall(r"[A-Za-z]{4,}", plain(source.text)) if word not in told]
        assert not missing, (source, told)


def plain(text: str) -> str:
    return re.sub("[\u200b>]", "", html.unescape(text).replace("\u00a0", " ").replace("\u2019", "'"))
