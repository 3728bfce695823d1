"""swanctl.conf files from a seed: every key, every way to write a value, inheritance, includes, and now and then a mistake."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from swanctl_keys import CHILD, CONNECTION, OWNERS, POOLED, POOLS, ROUND, Key


@dataclass(slots=True)
class Section:
    """A section on its way to text."""

    settings: list[tuple[str, str | None]] = field(default_factory=list)
    sections: dict[str, Section] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


class Writer:
    """One configuration. `mistakes`: how likely each value is one that charon refuses."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.mistakes = self.random.choice((0.0, 0.0, 0.0, 0.01, 0.03))
        self.files: dict[str, str] = {}

    def write(self) -> dict[str, str]:
        """Path below /etc/swanctl → text."""
        root = Section()
        bases = [self._base(root, f"base-{number}") for number in range(self.random.randrange(3))]
        connections = Section()
        for number in range(self.random.randrange(1, 5)):
            name = self.random.choice((f"c{number}", f"site-{number}", f"%c_{number}", f"Gw/{number}"))
            name = name if "%" not in name else name.replace("%", "~")
            connection = connections.sections[name] = self._connection(bases)
            if self.random.random() < 0.15 and len(connections.sections) > 1:
                connection.references.append(f"connections.{self.random.choice(list(connections.sections))}")
        root.sections["connections"] = connections
        if self.random.random() < 0.4:
            root.sections["secrets"] = self._secrets()
        if self.random.random() < 0.3:
            root.sections["pools"] = self._pools()
        if self.random.random() < 0.15:
            root.sections["authorities"] = Section(sections={"ca": Section([("cacert", "no-such-file.pem")])})
        self.files["swanctl.conf"] = ""
        text = "".join(self._lines(root, 0))
        self.files["swanctl.conf"] = self._break(text)
        return self.files

    def _base(self, root: Section, name: str) -> str:
        base = root.sections[name] = Section()
        self._fill(base, CONNECTION, 0.15)
        if self.random.random() < 0.6:
            base.sections["local"] = self._filled(ROUND, 0.3)
        if self.random.random() < 0.6:
            base.sections["children"] = Section(sections={"net": self._filled(CHILD, 0.2)})
        if self.random.random() < 0.2 and "base-0" in root.sections and name != "base-0":
            base.references.append("base-0")
        return name

    def _connection(self, bases: list[str]) -> Section:
        section = self._filled(CONNECTION, self.random.choice((0.1, 0.3, 0.8)))
        sides = ("local", "remote", "local-2", "remote-eap", "localx")
        for name in self.random.sample(sides, self.random.randrange(4)):
            section.sections[name] = self._filled(ROUND, 0.4)
        children = Section()
        for number in range(self.random.randrange(3)):
            child = children.sections[self.random.choice(("net", f"net-{number}"))] = self._filled(
                CHILD, self.random.choice((0.1, 0.3, 0.8))
            )
            child.references += self._some(bases, 0.1, ".children.net")
        if children.sections:
            section.sections["children"] = children
        section.references += self._some(bases, 0.4)
        if self.random.random() < self.mistakes:
            section.sections["locale" if self.random.random() < 0.3 else "child"] = self._filled(ROUND, 0.2)
        return section

    def _some(self, names: list[str], chance: float, suffix: str = "") -> list[str]:
        return [f"{name}{suffix}" for name in names if self.random.random() < chance]

    def _filled(self, keys: dict[str, Key], chance: float) -> Section:
        section = Section()
        self._fill(section, keys, chance)
        return section

    def _fill(self, section: Section, keys: dict[str, Key], chance: float) -> None:
        for name, key in keys.items():
            if self.random.random() < chance:
                section.settings.append((name, self._value(key)))
        self.random.shuffle(section.settings)
        if self.random.random() < self.mistakes:
            section.settings.append((self.random.choice(("remote_adrs", "esp", "Version", "keyexchange")), "1"))
        if self.random.random() < 0.05:
            section.settings.append((self.random.choice(list(keys)), None))

    def _value(self, key: Key) -> str:
        def one() -> str:
            return self.random.choice(key.bad if key.bad and self.random.random() < self.mistakes else key.good)

        if not key.joined or self.random.random() < 0.5:
            return one()
        joint = self.random.choice((",", ", ", " , ", ",,"))
        return joint.join(one() for _ in range(self.random.randrange(1, 4)))

    def _pools(self) -> Section:
        pools = Section()
        for name in self.random.sample(("here", "there", "elsewhere"), self.random.randrange(1, 3)):
            pool = pools.sections[name] = Section()
            pool.settings.append(("addrs", self._value(POOLS)))
            if self.random.random() < 0.5:
                pool.settings.append((self.random.choice(("dns", "subnet", "25")), self._value(POOLED)))
            if self.random.random() < self.mistakes:
                pool.settings[0] = self.random.choice((("wins", "10.0.0.1"), ("dns", "moon.example"), ("addr", "10.0.0.0/24")))
        return pools

    def _secrets(self) -> Section:
        secrets = Section()
        for number in range(self.random.randrange(1, 5)):
            kind = self.random.choice(("ike", "ike", "eap", "xauth", "ntlm", "ppk"))
            entry = secrets.sections[f"{kind}-{number}"] = Section()
            word = self.random.choice(
                ("plain", "0sAAECAwQFBgcICQoLDA0ODw==", "0x0123456789abcdef0123456789abcdef", "with blank")
            )
            entry.settings.append(("secret", word))
            for at in range(self.random.randrange(4)):
                entry.settings.append((f"id{at or ''}", self.random.choice(OWNERS)))
        return secrets

    def _lines(self, section: Section, depth: int) -> list[str]:
        """The text of a section's inside, in one of many ways of writing the same."""
        pad = self.random.choice(("  " * depth, "\t" * depth, ""))
        lines = [f"{pad}{name} {self._equals()}{self._quoted(value)}{self._end()}" for name, value in section.settings]
        for name, child in section.sections.items():
            references = f" : {', '.join(child.references)}" if child.references else ""
            inside = "".join(self._lines(child, depth + 1))
            if self.random.random() < 0.08 and depth < 3:
                inside = f"include {self._include(inside)}\n"
            elif self.random.random() < 0.1 and inside.count("\n") > 3 and "{" not in inside and '"' not in inside:
                cut = inside.index("\n") + 1
                lines.append(f"{pad}{name} {{\n{inside[:cut]}}}\n")
                inside = inside[cut:]
            brace = self.random.choice((" {\n", "{\n", "\n{\n", " { # what follows\n"))
            lines.append(f"{pad}{name}{references}{brace}{inside}{pad}}}\n")
        return lines

    def _equals(self) -> str:
        return self.random.choice(("= ", "=", "  =   "))

    def _end(self) -> str:
        return self.random.choice(("\n", "\n", "\n", "   # why\n", "#x\n", "\n\n", "\r\n"))

    def _quoted(self, value: str | None) -> str:
        if value is None:
            return ""
        if (
            value == ""
            or value != " ".join(value.split())
            or any(mark in value for mark in '#}"')
            or self.random.random() < 0.2
        ):
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            if "," in escaped and self.random.random() < 0.3:
                escaped = escaped.replace(",", ",\\\n", 1)
            return f'"{escaped}"'
        return value

    def _include(self, text: str) -> str:
        number = len(self.files)
        path = self.random.choice((f"conf.d/part-{number}.conf", f"part-{number}.conf"))
        self.files[path] = text
        stem = path.removesuffix(".conf")
        # a file in a folder of its own would include relative to that folder
        return path if "include" not in text and self.random.random() < 0.5 else f"/etc/swanctl/{stem}.c*f"

    def _break(self, text: str) -> str:
        """Now and then a syntax error, for which nothing is loaded."""
        if self.random.random() > self.mistakes * 2:
            return text
        lines = text.splitlines(keepends=True)
        at = self.random.randrange(len(lines) + 1)
        lines.insert(
            at,
            self.random.choice(
                ("word alone\n", "a += b\n", '"quoted" = x\n', "}\n", "a.b = c\n", "x : y = z\n", "{\n", "= x\n")
            ),
        )
        return "".join(lines)
