"""What an end asks of the other's certificate, beside an identity."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ipsecbot.model.evidence import Source


class CertificateTest(StrEnum):
    """How a field is compared with a value; the last two are for dates."""

    EQUAL = "eq"
    NOT_EQUAL = "ne"
    CONTAINS = "co"
    CONTAINS_NOT = "nc"
    BEFORE = "lt"
    NOT_BEFORE = "ge"


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """One test. `about`: `subject-name`, `issuer-name`, `alt-subject-name`, `unstructured-subject-name`, `name` (any of these),
    `valid-start`, `expires-on`, `serial-number`."""

    about: str
    test: CertificateTest
    value: str
    source: Source | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.about} {self.test} {self.value}"


@dataclass(frozen=True, slots=True)
class CertificateMap:
    """A named list of alternatives, in order, each of rules that all have to hold. `alternatives` None: not known."""

    name: str
    alternatives: tuple[tuple[CertificateRule, ...], ...] | None
    source: Source | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        told = " or ".join(" and ".join(map(str, rules)) for rules in self.alternatives or ())
        return f"certificate map {self.name}" + (f" ({told})" if told else "")
