"""Every strongSwan template against its samples (tests/templates/<template>/<sample>.txt, golden beside it)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from textfsm import TextFSM

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.textfsm import Row, run_template, template_folder, template_for

SAMPLES = Path(__file__).parents[1] / "templates"
COMMANDS = {
    "strongswan_swanctl_list-sas": "swanctl --list-sas",
    "strongswan_swanctl_list-conns": "swanctl --list-conns",
    "strongswan_ipsec_statusall": "ipsec statusall",
}
FILES = sorted(SAMPLES.glob("strongswan_*/*.txt"))
NAMES = sorted(template.stem for template in template_folder().glob("strongswan_*.textfsm"))


def run(template: str, text: str) -> tuple[Row, ...]:
    """Rows of a text that must be understood to the last line."""
    parsed = run_template("strongswan", COMMANDS[template], RawOutput(OutputKind.PASTED, "sample", text), "gw")
    assert parsed.gaps == ()
    return parsed.value


def filled(row: Row) -> dict[str, object]:
    cells = {name: list(cell) if isinstance(cell, tuple) else cell for name, cell in row.cells.items() if cell}
    return {"lines": [row.source.first_line, row.source.last_line], **cells}


@pytest.mark.parametrize("sample", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_gives_its_golden_rows_without_a_gap(sample: Path, update: bool) -> None:
    """Every sample is understood to the last line and gives exactly the rows of its golden (`pytest --update` rewrites it)."""
    rows = [filled(row) for row in run(sample.parent.name, sample.read_text())]
    golden = sample.with_suffix(".yml")
    if update:
        golden.write_text(yaml.safe_dump(rows, sort_keys=False, width=120))
    assert rows == yaml.safe_load(golden.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_every_template_has_a_sample_and_is_in_the_index(name: str) -> None:
    """A template without a sample is not tested; one that the index does not lead to is never used, also with sudo."""
    assert list((SAMPLES / name).glob("*.txt"))
    assert template_for("strongswan", COMMANDS[name]) == f"{name}.textfsm"
    assert template_for("strongswan", f"sudo -n /usr/sbin/{COMMANDS[name]}") == f"{name}.textfsm"


@pytest.mark.parametrize("name", NAMES)
def test_every_state_ends_in_a_loud_rule(name: str) -> None:
    """Each state's last rule is `^. -> Error`, so no line can pass unnoticed."""
    with (template_folder() / f"{name}.textfsm").open() as text:
        machine = TextFSM(text)
    for state, rules in machine.states.items():
        if rules:
            assert (rules[-1].match, rules[-1].line_op) == ("^.", "Error"), state


@pytest.mark.parametrize("name", NAMES)
def test_no_column_is_reused_and_none_is_left_untried(name: str) -> None:
    """Each column is filled by some sample, and each numeric one holds in some row a number of its own."""
    with (template_folder() / f"{name}.textfsm").open() as text:
        machine = TextFSM(text)
    numeric = [value.name for value in machine.values if value.regex in (r"(\d+)", r"(-?\d+)")]
    rows = [row for sample in (SAMPLES / name).glob("*.txt") for row in run(name, sample.read_text())]
    assert [value.name for value in machine.values if not any(row.cells[value.name] for row in rows)] == []
    alone = {
        column
        for column in numeric
        for row in rows
        if row[column].strip("0") and all(row[column] != row[other] for other in numeric if other != column)
    }
    assert sorted(alone) == sorted(numeric)


def test_an_unknown_line_costs_no_row() -> None:
    """A line that a later release may print becomes a gap; the SAs around it stay."""
    text = (SAMPLES / "strongswan_swanctl_list-sas" / "before_5_3.txt").read_text()
    lines = text.splitlines()
    lines.insert(5, "  quantum: entangled with 3 others")
    output = RawOutput(OutputKind.LIST_SAS, "swanctl --list-sas", "\n".join(lines))
    parsed = run_template("strongswan", "swanctl --list-sas", output, "gw")
    assert [(gap.line, gap.text) for gap in parsed.gaps] == [(6, "quantum: entangled with 3 others")]
    assert [row["NAME"] for row in parsed.value] == ["home", "home"]
