"""Our model of every connection is what charon reports over vici (and logs) after loading the same files."""

from __future__ import annotations

import pytest
import recordings
from agreement import ipsec_disagreements, secrets_disagreements, swanctl_disagreements
from charon_answers import Answer, standing
from write_ipsec import IpsecWriter
from write_secrets import write_secrets
from write_swanctl import Writer

from ipsecbot.lab.strongswan.requirements import requirements

MISSING = requirements()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        bool(MISSING),
        reason=f"left out: a real charon, its recorded answers were compared instead ({'; '.join(MISSING)})",
    ),
]
SEEDS, KEPT = range(1000, 1150), 24  # how many files, and how many of their answers are kept for machines without a charon


def test_swanctl_conf_is_what_charon_makes_of_it(update: bool) -> None:
    """Generated files: all keys, inheritance, includes, quoting, and mistakes that charon refuses for the reason we give."""
    found: list[str] = []
    answers: list[tuple[dict[str, str], Answer]] = []
    with standing() as charon:
        for seed in SEEDS:
            files = Writer(seed).write()
            answers.append((files, charon.load_swanctl(files)))
            found += (f"{seed}: {each}" for each in swanctl_disagreements(*answers[-1]))
    if update:
        recordings.write(recordings.SWANCTL, answers[:KEPT])
    assert sum(len(answer.conns) for _, answer in answers) > 300
    assert sum(len(answer.refused) for _, answer in answers) > 50
    assert not found, "\n".join(found)


def test_ipsec_conf_is_what_starter_and_charon_make_of_it(update: bool) -> None:
    """Generated files: all keywords, `%default`, `also=`, includes, swapped ends, merged conns, and mistakes."""
    found: list[str] = []
    answers: list[tuple[dict[str, str], Answer]] = []
    with standing(stroke=True) as charon:
        for seed in SEEDS:
            writer = IpsecWriter(seed)
            files = writer.write()
            answers.append((files, charon.load_ipsec(files, writer.end)))
            found += (f"{seed}: {each}" for each in ipsec_disagreements(*answers[-1]))
    if update:
        recordings.write(recordings.IPSEC, answers[:KEPT])
    assert sum(len(answer.conns) for _, answer in answers) > 300
    assert sum(bool(answer.broken) for _, answer in answers) > 10
    assert not found, "\n".join(found)


def test_ipsec_secrets_is_what_charon_loads(update: bool) -> None:
    """Generated files: owners, quoting, kinds, and the mistakes at which charon stops reading the file."""
    found: list[str] = []
    answers: list[tuple[dict[str, str], Answer]] = []
    with standing(stroke=True) as charon:
        for seed in SEEDS:
            text = write_secrets(seed)
            answers.append(({"ipsec.secrets": text}, charon.load_secrets(text)))
            found += (f"{seed}: {each}" for each in secrets_disagreements(text, answers[-1][1]))
    if update:
        recordings.write(recordings.SECRETS, answers)
    assert sum(bool(answer.broken) for _, answer in answers) > 20
    assert not found, "\n".join(found)
