"""One standing strongSwan pair for a test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.requirements import requirements


@pytest.fixture(scope="session")
def pair() -> Iterator[StrongswanPair]:
    """A pair without configuration; every test gives it its own."""
    missing = requirements()
    if missing:
        pytest.skip(f"left out: the strongSwan laboratory ({'; '.join(missing)})")
    with StrongswanPair() as pair:
        yield pair
