"""The parameters of one `conn` read by a table of rules: what each means, and why starter ignores the conn."""

from __future__ import annotations

from typing import TypeVar, cast

from ipsecbot.model.evidence import Source
from ipsecbot.parse.strongswan import ipsec_words as words
from ipsecbot.parse.strongswan.ipsec_sections import IpsecSection, Parameter
from ipsecbot.parse.strongswan.notes import Notes

T = TypeVar("T")
SIDES = ("left", "right")
_READERS = dict(words.CONN) | {f"{side}{key}": reader for side in SIDES for key, reader in words.END}


class ConnValues:
    """Every parameter by its rule. Of two names of one parameter the one that starter reads last counts, which may be an
    inherited one."""

    def __init__(self, section: IpsecSection, notes: Notes) -> None:
        self.section, self.notes = section, notes
        self._values: dict[str, object] = {}
        self._parameters: dict[str, Parameter] = {}
        self.order: list[str] = []
        for parameter in section.parameters:
            if not parameter.cleared:
                self._read(parameter)

    def _read(self, parameter: Parameter) -> None:
        key = dict(words.ALIASES).get(parameter.key, parameter.key)
        reader = _READERS.get(key)
        if key in words.DROPPED:
            self.notes.gap(parameter.source, f"{parameter.key} is ignored by charon")
        elif key in words.MISPLACED:
            self.notes.gap(parameter.source, f"{parameter.key} is no parameter of a conn")
            self.notes.problem(f"unsupported keyword '{parameter.key}' in conn '{self.section.name}'", parameter.source)
        elif reader is None:
            self.notes.gap(parameter.source, f"unknown keyword {parameter.key}")
        elif (value := reader(parameter.value)) is None:
            self.refuse(parameter)
        else:
            self._values[key], self._parameters[key] = value, parameter
            self.order.append(key)

    def refuse(self, parameter: Parameter) -> None:
        """starter ignores the whole conn for a bad value."""
        self.notes.gap(parameter.source, f"bad value: {parameter.key}={parameter.value}")
        self.notes.problem(f"bad argument value: {parameter.key}={parameter.value}", parameter.source)

    def get(self, key: str, default: T) -> T:
        """The value of `key`, of the type of its default."""
        return cast(T, self._values.get(key, default))

    def text(self, key: str) -> str | None:
        """The value of `key` as written, None where it is not set."""
        parameter = self._parameters.get(key)
        return parameter.value if parameter else None

    def parameter(self, key: str) -> Parameter | None:
        return self._parameters.get(key)

    def source(self, *keys: str) -> Source | None:
        """Where the first of `keys` that is set stands."""
        return next((self._parameters[key].source for key in keys if key in self._parameters), None)
