"""No secret of the laboratory stands in anything that the program prints or writes, in any form in which it could be read."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import pytest
from broken_pair import BRANCH, HQ, TUNNEL, Answer, Desk, configs, routers

from ipsecbot.lab.ios.lab import LOGIN
from ipsecbot.lab.ios.misbehaviour import Misbehaviour

KEYS = ("Lindenbluete-19-Turm", "Lindenbluete-91-Turm")
ELSEWHERE = {
    "keyring": "Ziegelbach-Schluesselbund-3",
    "snmp": "Kommunal-Wort-55",
    "tacacs": "Amtsschimmel-66-tac",
    "ospf": "OspfGeheim77",
    "hash": "$1$inv3$3ntedHashOfNothing0",
}
XLAT = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def type7(secret: str, salt: int) -> str:
    """IOS type 7, written independently of the program's own reading of it."""
    return f"{salt:02d}" + "".join(f"{byte ^ XLAT[(salt + at) % len(XLAT)]:02X}" for at, byte in enumerate(secret.encode()))


def forms(secret: str) -> Iterable[str]:
    raw = secret.encode()
    yield secret
    yield raw.hex()
    yield raw.hex().upper()
    yield raw.hex(":")
    yield base64.b64encode(raw).decode().rstrip("=")
    yield from (type7(secret, salt) for salt in range(16))


SECRETS = (*KEYS, *ELSEWHERE.values(), LOGIN.password, LOGIN.enable)
SPELT = tuple({form: secret for secret in SECRETS for form in forms(secret)}.items())


def telling_configs() -> dict[str, str]:
    """Different keys at the ends, and secrets at every other place where running-configs have them."""
    texts = configs(groups=(14, 14), keys=KEYS)
    more = f"""enable secret 5 {ELSEWHERE["hash"]}
enable password 7 {type7(LOGIN.enable, 8)}
username backup password 7 {type7(LOGIN.password, 3)}
username second password 0 {LOGIN.password}
crypto keyring SPARE
 pre-shared-key address 192.0.2.77 key {ELSEWHERE["keyring"]}
snmp-server community {ELSEWHERE["snmp"]} RO
tacacs-server host 10.9.9.9 key 7 {type7(ELSEWHERE["tacacs"], 11)}
"""
    ospf = f" ip ospf message-digest-key 1 md5 7 {type7(ELSEWHERE['ospf'], 2)}\n"
    for name, text in texts.items():
        text = text.replace("crypto isakmp policy 10\n", more + "crypto isakmp policy 10\n", 1)
        texts[name] = text.replace(" crypto map CM\n", " crypto map CM\n" + ospf, 1)
    return texts


def leaks(text: str, where: str) -> list[str]:
    # what was found is named by where it came from, never quoted: a test's log is a log
    return [f"{where}: a form of secret number {SECRETS.index(secret)}" for form, secret in SPELT if form in text]


def assert_tight(desk: Desk, *answers: Answer, but: tuple[Path, ...] = ()) -> None:
    found = [leak for answer in answers for leak in (*leaks(answer.stdout, "stdout"), *leaks(answer.stderr, "stderr"))]
    for path in desk.folder.rglob("*"):
        if path.is_file() and path not in but:
            found += leaks(path.read_bytes().decode("utf-8", "replace"), str(path.relative_to(desk.folder)))
    assert not found


def test_the_forms_are_what_they_seem() -> None:
    """The test's own type 7 is Cisco's: `cisco` with salt 2 is the well-known 02050D480809."""
    assert type7("cisco", 2) == "02050D480809"
    assert not leaks("nothing", "here")
    assert leaks(f"key {KEYS[0]} address", "here") == ["here: a form of secret number 0"]


def test_reports_pages_and_state(desk: Desk) -> None:
    """A key mismatch, which quotes the lines of the keys: in text, JSON and HTML, with debugs, gaps and everything stored."""
    with routers(telling_configs()) as lab:
        assert all(leaks(lab.running_config(name), name) for name in lab.names), "the routers do hold secrets"
        desk.write(lab)
        text = desk.diagnose(lab, "--debug", "6", "--trigger", "--html", "report.html")
        document = desk.diagnose(lab, "--debug", "1", "--kmi", "--json", "--html", "second.html")
    text.assert_clean()
    document.assert_clean()
    assert document.document["cause"] == "psk-mismatch"
    assert "<secret:" in document.stdout, "the lines of the keys are quoted, without the keys"
    assert {path.name for path in desk.folder.glob("*.html")} == {"report.html", "second.html"}
    assert list(desk.state.rglob("*")), "the state directory is used"
    assert_tight(desk, text, document)


@pytest.mark.parametrize(
    "how",
    [Misbehaviour(refuse_enable=True), Misbehaviour(cut_after=5000), Misbehaviour(cut_at_debug=3)],
    ids=["refused", "cut", "cut under debug"],
)
def test_failures(desk: Desk, how: Misbehaviour) -> None:
    """A refused login, a refused enable secret and a session cut in the middle of the configuration."""
    with routers(telling_configs(), **{HQ: how}) as lab:
        desk.write(lab, timeout=3)
        answer = desk.diagnose(lab, "--json", "--debug", "2", "--trigger", "--html", "report.html")
    answer.assert_clean()
    assert_tight(desk, answer)


def test_credentials_that_cannot_be_had(desk: Desk) -> None:
    """A vault that repeats what it was given, a file with more than one line, a key that is none: nothing is quoted."""
    vault = desk.folder / "vault.sh"
    vault.write_text(f"echo 'no entry {LOGIN.password}' >&2\necho {LOGIN.enable}\nexit 3\n")
    pem = desk.folder / "key.pem"
    pem.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{LOGIN.password}\n")
    answers = []
    with routers(telling_configs()) as lab:
        for entry in (
            {"password": f"command:sh {vault}"},
            {"enable": f"file:{vault}"},
            {"password": None, "key": f"file:{pem}"},
        ):
            desk.write(lab, {HQ: entry, BRANCH: {"port": 1}}, timeout=3)
            answers.append(desk.diagnose(lab, "--json"))
    for answer in answers:
        answer.assert_clean()
    assert [answer.status for answer in answers] == [2, 4, 4]
    assert_tight(desk, *answers, but=(vault, pem))


def test_help_and_inventory(desk: Desk) -> None:
    """Secrets that somebody put into the inventory itself are refused without being repeated; help knows none."""
    desk.write(None, {HQ: {"password": LOGIN.password, "enable": f"env {LOGIN.enable}", "key": KEYS[0]}})
    environment = {"LAB_PASSWORD": LOGIN.password, "LAB_ENABLE": LOGIN.enable}
    words = (("--help",), ("diagnose", "--help"), ("inventory", "check"), ("inventory", "list"), ("diagnose", TUNNEL))
    answers = [desk.run(*each, environment=environment) for each in words]
    assert [answer.status for answer in answers] == [0, 0, 2, 2, 2]
    assert_tight(desk, *answers, but=(desk.inventory,))
