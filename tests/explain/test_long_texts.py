"""Texts too long to be read whole: the same verdicts, the same line numbers, and a bounded memory."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from ipsecbot.abridge.reading import Limits, read_text
from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.errors import InputError
from ipsecbot.explain import conclude_texts
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.parse.paste.decode import blocks, decode
from ipsecbot.pasted import Reading, read_device

KEY = KeyedFingerprinter(b"k" * 32)
OWN_CASES = Path(__file__).parents[1] / "cases"
SHARED_CASES = Path(__file__).parents[2] / "../shared/cases"
ALL = 10_000_000
MOST_MEMORY = 150_000_000  # bytes of a process that reads LENGTH; read whole, such a text takes ten times its length
LENGTH = 24_000_000  # bytes


def negotiation(number: int, peer: str, *, fails: bool = False) -> Iterator[str]:
    """One attempt of charon, an established one or one whose proposal is refused."""
    of = f"05[IKE] <site|{number}>"
    yield f"{of} initiating IKE_SA site[{number}] to {peer}"
    yield f"05[ENC] <site|{number}> generating IKE_SA_INIT request 0 [ SA KE No ]"
    yield f"05[NET] <site|{number}> sending packet: from 203.0.113.1[500] to {peer}[500] (464 bytes)"
    yield f"05[NET] <site|{number}> received packet: from {peer}[500] to 203.0.113.1[500] (36 bytes)"
    if fails:
        yield f"05[ENC] <site|{number}> parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]"
        yield f"{of} received NO_PROPOSAL_CHOSEN notify error"
        return
    yield f"05[ENC] <site|{number}> parsed IKE_SA_INIT response 0 [ SA KE No ]"
    yield f"05[ENC] <site|{number}> generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]"
    yield f"05[ENC] <site|{number}> parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]"
    yield f"{of} IKE_SA site[{number}] established between 203.0.113.1[203.0.113.1]...{peer}[{peer}]"
    spis = f"c{number:07x}_i d{number:07x}_o"
    yield f"{of} CHILD_SA net{{{number}}} established with SPIs {spis} and TS 10.1.0.0/16 === 10.2.0.0/16"


def log_of(attempts: int, peers: int, failing: int) -> list[str]:
    """Attempts of many peers in turn, `failing` of which is never accepted; other programs speak in between."""
    lines: list[str] = []
    for number in range(attempts):
        peer = number % peers
        at = f"Jun {1 + number // 3600 % 28:>2} {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} gw"
        lines += (f"{at} charon: {line}" for line in negotiation(number, f"198.51.100.{peer + 1}", fails=peer == failing))
        lines.append(f"{at} sshd[{number}]: Connection closed by 192.0.2.7 port {number} [preauth]")
    return lines


def verdict(diagnosis: Diagnosis) -> tuple[object, ...]:
    best = diagnosis.findings[0].evidence if diagnosis.findings else ()
    return diagnosis.cause, diagnosis.attribute, round(diagnosis.confidence, 2), diagnosis.headline, best


def explain(folders: list[Path], limits: Limits | None = None) -> Diagnosis:
    reading = Reading(limits or Limits())
    return conclude_texts(tuple(read_device(str(folder), KEY, reading) for folder in folders))


@pytest.mark.parametrize(("block", "stride"), [(64_000, 4), (700, 9)])
@pytest.mark.parametrize("cases", [OWN_CASES, SHARED_CASES], ids=["own cases", "shared cases"])
def test_a_text_above_the_limit_is_judged_like_one_below_it(cases: Path, block: int, stride: int) -> None:
    """Read in blocks, each case of a fixed sample has the verdict, the headline and the proof (with its lines) that it has when
    read whole."""
    if not cases.is_dir():
        pytest.skip(f"{cases.name} are not here: the agreement on them is left out")
    truths = sorted(cases.rglob("truth.yaml"))[::stride]
    folders = {truth.parent: sorted(path for path in truth.parent.iterdir() if path.is_dir()) for truth in truths}
    limits = Limits(whole=1, kept=ALL, block=block)
    differing = [
        case.name for case, ends in folders.items() if ends and verdict(explain(ends)) != verdict(explain(ends, limits))
    ]
    assert folders
    assert not differing


def test_completed_negotiations_make_room_for_later_ones_of_the_same_peer(tmp_path: Path) -> None:
    """A log ten times the budget keeps the failing peer and the latest of the others, quotes lines by their own numbers and
    says once what was left out."""
    lines = log_of(600, peers=12, failing=5)
    path = tmp_path / "gateway.log"
    path.write_text("\n".join(lines) + "\n")
    size = path.stat().st_size
    whole = explain([path], Limits(whole=size, kept=ALL))
    short = explain([path], Limits(whole=1, kept=size // 10, block=16_000))
    assert (short.cause, short.tunnel.right_address) == (whole.cause, whole.tunnel.right_address)
    quoted = [source for finding in short.findings for source in finding.evidence]
    assert quoted
    assert all(source.text == lines[source.first_line - 1] for source in quoted)
    told = [gap.why for gap in short.gaps if "left out" in gap.why]
    assert len(told) == 1
    assert "of 12 peers" in told[0]


def test_the_budget_is_kept_and_the_peer_asked_for_is_kept_longest() -> None:
    """With more peers than there is room for, the one that was asked for is still there."""
    raw = "\n".join(log_of(500, peers=100, failing=500)).encode()
    budget = 40_000
    given = read_text(BytesIO(raw), "log", Limits(whole=1, kept=budget, block=20_000), peer="198.51.100.77")
    assert len(given.text) < budget + len(given.text.split("\n"))
    assert "initiating IKE_SA site[476] to 198.51.100.77" in given.text
    assert given.numbers is not None
    assert len(given.numbers) == len(given.text.split("\n"))


def test_the_lines_of_other_programs_are_left_behind() -> None:
    """What tells nothing is not kept, however much there is of it, and nothing has to be said about that."""
    others = [f"Jun  3 10:00:00 gw named[1]: client 192.0.2.{n % 250}#{n}: query: h{n}.example.org IN A" for n in range(5000)]
    mine = [f"Jun  3 10:00:00 gw charon: {line}" for line in negotiation(1, "198.51.100.1", fails=True)]
    raw = "\n".join((*others[:2500], *mine, *others[2500:])).encode()
    given = read_text(BytesIO(raw), "log", Limits(whole=1, kept=20_000, block=20_000))
    assert given.left_out is None
    assert "sshd" not in given.text
    assert len(given.text) < 2 * sum(map(len, mine))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blocks_are_the_text(encoding: str, end: str) -> None:
    """Blocks put together are what the whole text is decoded to, and each knows the number of its first line."""
    prose = {"gb18030": "密钥协商失败请检查", "cp1251": "не удалось установить туннель"}.get(encoding, "Schlüssel, clé, ключ")
    lines = [f"line {number} {prose if number % 7 == 0 else 'of a log'}" for number in range(1, 900)]
    raw = end.join(lines).encode(encoding)
    whole = decode(raw, "text").split("\n")
    found = list(blocks(raw, BytesIO(b""), "text", 1001))
    assert [line for block in found for line in block.text.split("\n")] == whole == lines
    assert all(block.text.split("\n")[0] == whole[block.first - 1] for block in found)


def test_a_line_longer_than_a_block_keeps_its_number() -> None:
    """It is cut, and what follows it is still counted rightly."""
    raw = ("a\n" + "word " * 1000 + "\nlast").encode()
    found = list(blocks(raw, BytesIO(b""), "text", 256))
    assert {block.first for block in found if block.text.startswith(("word", "ord", "rd", "d "))} == {2}
    assert (found[-1].first + found[-1].text.count("\n"), found[-1].text.split("\n")[-1]) == (3, "last")


def test_no_text_is_still_refused() -> None:
    """A long file that is no text gives the same sentence as a short one."""
    with pytest.raises(InputError, match="is compressed"):
        read_text(BytesIO(b"\x1f\x8b" + b"x" * 1000), "log.gz", Limits(whole=1))


def test_what_a_wrapper_logs_of_charon_is_kept() -> None:
    """NetworkManager's own lines are left behind, and charon's sentences that it passes on are not."""
    at = "Jun  3 10:00:00 laptop NetworkManager[812]:"
    own = [f"{at} <info>  [{n}.1] device (wlan0): state change: config -> ip-config ({n})" for n in range(2000)]
    passed_on = [f"{at} initiating IKE_SA vpn[1] to 198.51.100.7", f"{at} received NO_PROPOSAL_CHOSEN notify error"]
    raw = "\n".join((*own[:1000], *passed_on, *own[1000:])).encode()
    given = read_text(BytesIO(raw), "log", Limits(whole=1, kept=ALL, block=20_000))
    assert all(line in given.text for line in passed_on)
    assert given.text.count("\n") < 20


def test_memory_does_not_grow_with_the_text(tmp_path: Path) -> None:
    """The whole process, measured: the one failing negotiation is found in much other text, and memory is bounded."""
    other = "".join(
        f"Jun  3 10:00:00 gw kernel: [{n}.{n * 7919 % 999999:06}] usb 1-{n}: device {n * 31} is up\n" for n in range(20_000)
    )
    fine = "\n".join(log_of(500, peers=30, failing=99)) + "\n"
    broken = "\n".join(f"Jun  3 10:00:00 gw charon: {line}" for line in negotiation(77_777, "192.0.2.99", fails=True)) + "\n"
    path = tmp_path / "gateway.log"
    with path.open("w") as file:
        while file.tell() < LENGTH:
            file.write(other)
            if broken and file.tell() > LENGTH // 2:
                file.write(fine + broken)
                broken = ""
    out = tmp_path / "out"
    with out.open("wb") as answer:
        command = [sys.executable, "-c", _MEASURED, sys.executable, "-m", "ipsecbot", "explain", "--json", str(path)]
        measured = subprocess.run(command, stdout=answer, stderr=subprocess.PIPE, text=True, check=False, timeout=170)
    assert measured.returncode in (1, 3), measured.stderr
    assert "192.0.2.99" in out.read_text()
    assert int(measured.stderr.split()[-1]) * 1024 < MOST_MEMORY


# A process of its own that starts the one to be measured: between fork and exec a child counts as large as its parent, and the
# one that runs all these tests is large.
_MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


def test_ctrl_c_ends_a_long_reading_cleanly() -> None:
    """In the middle of an endless stream: one sentence, the shell's exit code, no traceback."""
    command = [sys.executable, "-m", "ipsecbot", "explain", "-"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    line = b"Jun  3 10:00:00 gw charon: 05[IKE] <site|1> sending keep alive to 192.0.2.9[4500]\n"
    for _ in range(16):
        process.stdin.write(line * 12_000)
    process.send_signal(signal.SIGINT)
    with process:
        process.stdin.close()
        told = process.stderr.read() if process.stderr is not None else b""
        assert process.wait(timeout=30) == 130
    assert told.startswith(b"ipsecbot: interrupted")
    assert told.count(b"\n") == 1
