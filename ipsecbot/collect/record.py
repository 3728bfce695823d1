"""What one visit brings home: each answer is redacted at the moment it is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.collect.session import Answer
from ipsecbot.model.snapshot import Gap, OutputKind, RawOutput
from ipsecbot.model.target import Target

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Record:
    """Outputs and gaps of one device, growing while it is asked."""

    target: Target
    fingerprinter: Fingerprinter
    clock: Clock
    outputs: list[RawOutput] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def clean(self, text: str) -> str:
        """`text` without secrets, the ones used to log in included."""
        login = self.target.login
        known = tuple(word for word in (login.password, login.enable, login.key_passphrase) if word)
        return redact(text, self.target.device.platform, self.fingerprinter, known)

    def output(self, kind: OutputKind, name: str, text: str, *, complete: bool = True) -> None:
        self.outputs.append(RawOutput(kind, name, self.clean(text), self.clock(), complete))

    def gap(self, output: str, why: str) -> None:
        self.gaps.append(Gap(self.target.device.name, output, self.clean(why)))

    def answer(self, answer: Answer) -> None:
        """An answer as an output, a refusal as a gap. What a host said while it refused a question about the system is
        evidence too (`swanctl --stats` without a daemon) and kept beside the gap."""
        row, text = answer.command.row, answer.text
        if answer.refusal is not None:
            self.gap(answer.command.text, answer.refusal)
            if row.kind is not OutputKind.SYSTEM or not (text + answer.error).strip():
                return
            text = text + answer.error
        self.output(row.kind, answer.command.text, text)
