"""How an emulated router can be told to misbehave: one flag each, all off by default."""

from __future__ import annotations

from dataclasses import dataclass

# an old router offers nothing newer than SHA-1
OLD_SSH = {
    "kex_algs": ["diffie-hellman-group14-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-sha1"],
    "signature_algs": ["ssh-rsa"],
}


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """`slow`: seconds before each answer. `cut_after`: bytes written on one session before it is cut.

    `cut_at_debug`: the session ends without a word after that many debug lines were pushed to it. `noise`: an unsolicited
    syslog message every so many seconds on every session. `more_always`: pages even after `terminal length 0`. `reject_crypto`:
    `% Invalid input` to every command with `crypto` in it. `foreign_debug`: somebody else's debugging is on already. `cpu`:
    (5 seconds, 1 minute, 5 minutes) of `show processes cpu` in percent. `old_ssh`: SHA-1 only. `prompt`: another platform's.
    """

    slow: float = 0.0
    cut_after: int | None = None
    cut_at_debug: int | None = None
    hang_after_login: bool = False
    refuse_password: bool = False
    refuse_enable: bool = False
    banner: str = ""
    noise: float | None = None
    more_always: bool = False
    reject_crypto: bool = False
    foreign_debug: bool = False
    cpu: tuple[int, int, int] = (3, 2, 2)
    console_debugging: bool = False
    old_ssh: bool = False
    prompt: str | None = None


WELL_BEHAVED = Misbehaviour()
