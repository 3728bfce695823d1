"""The strict runner, and every IOS template against its samples (tests/templates/<template>/<sample>.txt, golden beside it)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from textfsm import TextFSM, TextFSMError, clitable

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.textfsm import REFUSED, Row, lines_of, run_template, template_folder, template_for

SAMPLES = Path(__file__).parents[1] / "templates"
TEMPLATES = sorted(template_folder().glob("cisco_ios_*.textfsm"))
NAMES = [template.stem for template in TEMPLATES]
FILES = sorted(SAMPLES.glob("cisco_ios_*/*.txt"))
ALIKE = {"LOCAL_PROTOCOL", "REMOTE_PROTOCOL"}  # equal by nature; test_ios_sas reads them apart
WRAPPED = {"transform_set": "transform-set"}


def command_of(template: str) -> str:
    words = template.removeprefix("cisco_ios_")
    for split, joined in WRAPPED.items():
        words = words.replace(split, joined)
    return words.replace("_", " ")


def raw(text: str, name: str = "sample") -> RawOutput:
    return RawOutput(OutputKind.PASTED, name, text)


def run(template: str, text: str) -> tuple[Row, ...]:
    """Rows of a text that must be understood to the last line."""
    parsed = run_template("cisco_ios", command_of(template), raw(text), "r1")
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
    """A template without a sample is not tested; one that the index does not lead to is never used."""
    assert list((SAMPLES / name).glob("*.txt"))
    assert template_for("cisco_ios", command_of(name)) == f"{name}.textfsm"


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_every_state_ends_in_a_loud_rule(template: Path) -> None:
    """Each state's last rule is `^. -> Error`, so no line can pass unnoticed."""
    with template.open() as text:
        machine = TextFSM(text)
    for state, rules in machine.states.items():
        if rules:
            assert (rules[-1].match, rules[-1].line_op) == ("^.", "Error"), state


def stands_alone(row: Row, name: str, numeric: set[str]) -> bool:
    """The column was filled by this record's own lines, with a number that no other of its own columns holds."""
    return (
        name in row.lines
        and row[name].strip("0") != ""
        and all(row[name] != row[other] for other in numeric & row.lines.keys() - {name})
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_no_column_is_reused_and_none_is_left_untried(template: Path) -> None:
    """Each column is filled by some sample, and every numeric column holds, in some row, a number that stands in no other
    numeric column of that row: a counter read into the wrong column would show."""
    with template.open() as text:
        machine = TextFSM(text)
    numeric = {value.name for value in machine.values if value.regex == r"(\d+)"} - ALIKE
    rows = [row for sample in (SAMPLES / template.stem).glob("*.txt") for row in run(template.stem, sample.read_text())]
    unfilled = [value.name for value in machine.values if not any(row.cells[value.name] for row in rows)]
    assert unfilled == []
    unproven = [name for name in sorted(numeric) if not any(stands_alone(row, name, numeric) for row in rows)]
    assert unproven == []


def test_the_index_is_one_that_clitable_reads() -> None:
    """CliTable of the ntc-templates tools finds the template of an abbreviated command and parses with it."""
    table = clitable.CliTable("index", str(template_folder()))
    table.ParseCmd(
        (SAMPLES / "cisco_ios_show_crypto_isakmp_sa" / "ios15.txt").read_text(),
        {"Platform": "cisco_ios", "Command": "sh cry isa sa"},
    )
    assert table.size == 6


@pytest.mark.parametrize(
    ("command", "template"),
    [
        ("show crypto ipsec sa peer 192.0.2.2 detail", "cisco_ios_show_crypto_ipsec_sa.textfsm"),
        ("sh crypto ipsec sa interface Tunnel0", "cisco_ios_show_crypto_ipsec_sa.textfsm"),
        ("show  crypto   isakmp sa", "cisco_ios_show_crypto_isakmp_sa.textfsm"),
        ("show crypto isakmp sa vrf RED detail", "cisco_ios_show_crypto_isakmp_sa_detail.textfsm"),
        ("show crypto session remote 192.0.2.2 detail", "cisco_ios_show_crypto_session.textfsm"),
        ("show crypto session brief", None),
        ("show crypto ikev2 session detailed", "cisco_ios_show_crypto_ikev2_sa.textfsm"),
        ("show processes cpu | include CPU utilization", "cisco_ios_show_processes_cpu.textfsm"),
        ("show crypto debug-condition", "cisco_ios_show_debugging.textfsm"),
        ("show clock", None),
    ],
)
def test_the_index_knows_arguments_and_abbreviations(command: str, template: str | None) -> None:
    """Arguments lead to the same template; a command of another form leads to none."""
    assert template_for("cisco_ios", command) == template


TWO_ROWS = "192.0.2.2       192.0.2.1       QM_IDLE           1007 ACTIVE\n"


def test_an_unknown_line_is_a_gap_and_costs_no_row() -> None:
    """The rows around a line that no rule knows are all there, and the gap names the line."""
    text = f"{TWO_ROWS}what is this\n{TWO_ROWS}"
    parsed = run_template("cisco_ios", "show crypto isakmp sa", raw(text, "pasted"), "r1")
    assert [row.source.first_line for row in parsed.value] == [1, 3]
    assert [(gap.device, gap.output, gap.line, gap.text) for gap in parsed.gaps] == [("r1", "pasted", 2, "what is this")]


def test_a_log_line_pushed_into_a_table_is_named_as_such() -> None:
    """Syslog in the middle of an answer is neither a row nor an unknown line of the table."""
    text = f"{TWO_ROWS}*Nov 12 10:11:12.123: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is OFF\n{TWO_ROWS}"
    parsed = run_template("cisco_ios", "show crypto isakmp sa", raw(text), "r1")
    assert len(parsed.value) == 2
    assert [gap.why for gap in parsed.gaps] == ["a log line in the middle of the answer"]


def test_terminal_frame_is_taken_away_and_lines_keep_their_numbers() -> None:
    """Prompts, the echo, time stamps, paging marks and CR LF do not disturb, and line 6 stays line 6."""
    text = (
        "branch-17#show crypto isakmp sa\r\nLoad for five secs: 1%/0%; one minute: 2%; five minutes: 3%\r\n"
        "Time source is NTP, 10:11:12.123 UTC Thu Nov 12 2026\r\n\r\n"
        "dst             src             state          conn-id status\r\n"
        " --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b" + TWO_ROWS.replace("\n", "\r\n") + "branch-17#"
    )
    parsed = run_template("cisco_ios", "show crypto isakmp sa", raw(text), "r1")
    assert parsed.gaps == ()
    assert [row.source.first_line for row in parsed.value] == [6]
    assert len(lines_of(text)) == 7


@pytest.mark.parametrize(
    "text",
    [
        "              ^\n% Invalid input detected at '^' marker.\n",
        "r1#show crypto isakmp sa\n                ^\n% Invalid input detected at '^' marker.\n\nr1#",
        "% Incomplete command.\n",
        "Command authorization failed.\n",
    ],
)
def test_a_refused_command_is_not_an_empty_table(text: str) -> None:
    """`% Invalid input` gives no rows, one gap, and `answered=False`: nothing is known."""
    parsed = run_template("cisco_ios", "show crypto isakmp sa", raw(text), "r1")
    assert (parsed.value, parsed.answered) == ((), False)
    assert [gap.why for gap in parsed.gaps] == [REFUSED]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n"]
)
def test_an_empty_answer_is_a_fact(text: str) -> None:
    """No SAs: `()`, answered, without a gap."""
    parsed = run_template("cisco_ios", "show crypto isakmp sa", raw(text), "r1")
    assert (parsed.value, parsed.gaps, parsed.answered) == ((), (), True)


def test_a_command_that_no_template_reads_is_a_gap() -> None:
    """An unknown command is reported, not raised."""
    parsed = run_template("cisco_ios", "show clock", raw("10:11:12"), "r1")
    assert not parsed.answered
    assert "no template reads" in parsed.gaps[0].why


@pytest.mark.parametrize("name", NAMES)
def test_odd_text_never_raises(name: str) -> None:
    """Binary rubbish, another vendor's words and very long lines give gaps, never an exception."""
    odd = "\x00\x01\xff\n" + "x" * 20000 + "\nsrc/dst: {}[]()\\ ${ENTRY}\n\ud800\n" + "1 " * 500
    parsed = run_template("cisco_ios", command_of(name), raw(odd), "r1")
    assert parsed.gaps


@pytest.mark.parametrize("name", NAMES)
def test_plain_textfsm_raises_on_an_unknown_line(name: str) -> None:
    """With TextFSM itself the templates are just as loud."""
    with (template_folder() / f"{name}.textfsm").open() as text:
        machine = TextFSM(text)
    with pytest.raises(TextFSMError, match=re.escape("what is this")):
        machine.ParseText("what is this\n")
