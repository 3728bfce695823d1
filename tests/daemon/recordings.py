"""Answers of a charon kept beside the tests: one line of JSON for each set of files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from charon_answers import Answer

SWANCTL, IPSEC, SECRETS = (Path(__file__).with_name("answers") / f"{name}.jsonl" for name in ("swanctl", "ipsec", "secrets"))


def read(path: Path) -> Iterator[tuple[dict[str, str], Answer]]:
    for line in path.read_text().splitlines():
        kept = json.loads(line)
        yield kept["files"], Answer(**kept["answer"])


def write(path: Path, answers: list[tuple[dict[str, str], Answer]]) -> None:
    lines = (json.dumps({"files": files, "answer": _kept(answer)}, separators=(",", ":")) for files, answer in answers)
    path.write_text("".join(f"{line}\n" for line in lines))


def _kept(answer: Answer) -> dict[str, object]:
    return {key: value for key, value in asdict(answer).items() if value}
