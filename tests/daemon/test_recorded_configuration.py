"""The recorded answers of charon 5.9.8 agree with our model: the same comparison, also where no charon is."""

from __future__ import annotations

import pytest
import recordings
from agreement import ipsec_disagreements, secrets_disagreements, swanctl_disagreements
from charon_answers import Answer


@pytest.mark.parametrize(("files", "answer"), tuple(recordings.read(recordings.SWANCTL)))
def test_recorded_swanctl_conf(files: dict[str, str], answer: Answer) -> None:
    """Every field that list-conns and the log show is ours; refusals have charon's reason."""
    assert list(swanctl_disagreements(files, answer)) == []


@pytest.mark.parametrize(("files", "answer"), tuple(recordings.read(recordings.IPSEC)))
def test_recorded_ipsec_conf(files: dict[str, str], answer: Answer) -> None:
    """Every field that list-conns shows of what starter loaded is ours."""
    assert list(ipsec_disagreements(files, answer)) == []


def test_recorded_ipsec_secrets() -> None:
    """The keys that charon loaded of each file, in order, and the line at which it stopped."""
    for files, answer in recordings.read(recordings.SECRETS):
        assert list(secrets_disagreements(files["ipsec.secrets"], answer)) == []
