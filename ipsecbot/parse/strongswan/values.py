"""The settings of one section read by a table of rules: what each key means, and why the daemon refuses a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from ipsecbot.model.evidence import Source
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.sections import Section, Setting

T = TypeVar("T")
Rules = tuple[tuple[str, Callable[[str], object | None]], ...]  # key → reader, None where the value is refused


def choice(*table: tuple[str, T]) -> Callable[[str], T | None]:
    """A reader of one word of a table, in upper or lower case."""
    return lambda text: dict(table).get(text.lower())


def word(*table: tuple[str, T]) -> Callable[[str], T | None]:
    """A reader of one word of a table, exactly as it is written there."""
    return dict(table).get


class Values:
    """Every setting of `section` by its rule; an unknown key and a refused value become problems in charon's own words."""

    def __init__(self, section: Section, rules: Rules, notes: Notes) -> None:
        self.section, self.notes, self.refused = section, notes, False
        readers = dict(rules)
        self._values: dict[str, object] = {}
        for setting in section.settings:
            if not setting.cleared:
                self._read(setting, readers.get(setting.key))

    def _read(self, setting: Setting, reader: Callable[[str], object | None] | None) -> None:
        if reader is None:
            self.notes.gap(setting.source, f"unknown option: {setting.key}")
            self.notes.problem(f"unknown option: {setting.key}, config discarded", setting.source)
            return
        value = reader(setting.value)
        if value is None:
            self.refuse(setting)
        else:
            self._values[setting.key] = value

    def refuse(self, setting: Setting) -> None:
        """charon cannot take the value, and for that one refuses the whole connection."""
        self.refused = True
        self.notes.gap(setting.source, f"invalid value for: {setting.key}")
        self.notes.problem(f"invalid value for: {setting.key}, config discarded", setting.source)

    def get(self, key: str, default: T) -> T:
        """The value of `key`, of the type of its default."""
        return cast(T, self._values.get(key, default))

    def source(self, *keys: str) -> Source | None:
        """Where the first of `keys` that is set stands."""
        found = (self.section.setting(key) for key in keys)
        return next((setting.source for setting in found if setting is not None), None)
