"""Files that do not show what they are: pieces of a swanctl.conf or strongswan.conf, named by an `include` in one that does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.detect import Part
from ipsecbot.parse.strongswan.files import ConfigFile, included

_INCLUDE = re.compile(r"^[ \t]*include[ \t]+([^\s#]+)", re.MULTILINE)
_KINDS = (OutputKind.SWANCTL_CONF, OutputKind.STRONGSWAN_CONF)


def fragments(parts: Sequence[Part], nameless: Mapping[str, str]) -> tuple[Part, ...]:
    """Those of the texts in which nothing was found (by file name, secrets redacted) that the others include, as parts of the
    including file's kind; what they include themselves too."""
    left = dict(nameless)
    found: list[Part] = []
    waiting = [part for part in parts if part.output.kind in _KINDS]
    while waiting and left:
        by = waiting.pop()
        here = ConfigFile.of(by.output, "")
        there = tuple(ConfigFile.of(RawOutput(by.output.kind, name, text), "") for name, text in left.items())
        for match in _INCLUDE.finditer(by.output.text):
            for file in included(match[1].strip('"'), here, there):
                if left.pop(file.output.name, None) is not None:
                    found.append(Part(by.platform, by.host, file.output))
                    waiting.append(found[-1])
    return tuple(found)
