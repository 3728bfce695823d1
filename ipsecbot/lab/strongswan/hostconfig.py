"""What one host of the laboratory is given: its configuration files and its habits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Naming the plugins keeps the start of charon at a few hundredths of a second; kernel-libipsec stands before
# kernel-netlink, so that ESP is done in user space where the kernel has none (it forces UDP encapsulation).
_PLUGINS = (
    "random drbg nonce aes des rc2 sha1 sha2 md5 hmac xcbc cmac ctr ccm gcm chapoly kdf gmp curve25519 openssl"
    " pem pkcs1 pkcs8 x509 revocation constraints pubkey {kernel} socket-default {control} updown counters"
    " xauth-generic eap-identity eap-md5 eap-mschapv2"
)

LOG_FILE = "/var/log/charon.log"


class Tools(StrEnum):
    """Which control programs are installed on a host."""

    BOTH = "both"
    SWANCTL = "swanctl"
    STROKE = "stroke"


@dataclass(frozen=True, slots=True)
class HostTraits:
    """What stays the same while a host lives.

    `username` other than root: an account without rights that may use `sudo -n` for everything (`sudo` True) or for
    nothing. `syslog`: something listens on /dev/log and writes /var/log/syslog, as rsyslog does.
    """

    tools: Tools = Tools.BOTH
    username: str = "root"
    sudo: bool = False
    syslog: bool = False


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The configuration files of one host; None means that the file does not exist.

    `swanctl_conf` starts charon and loads it with swanctl; `ipsec_conf` starts it through `ipsec start` (stroke); both
    may be given. `strongswan_conf` None is `strongswan_conf()`. `files`: more files, as (path below /etc, content).
    """

    swanctl_conf: str | None = None
    ipsec_conf: str | None = None
    ipsec_secrets: str | None = None
    strongswan_conf: str | None = None
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def uses_stroke(self) -> bool:
        return self.ipsec_conf is not None


def strongswan_conf(
    *,
    log_file: str | None = LOG_FILE,
    syslog: bool = False,
    kernel_esp: bool = False,
    retransmit_seconds: float = 0.4,
    options: tuple[str, ...] = (),
) -> str:
    """A strongswan.conf that starts fast and gives up early: silence lasts about six times `retransmit_seconds`.

    `log_file` None and `syslog` False: charon logs nowhere. `kernel_esp`: trust the kernel to do ESP. `options` are lines
    for the charon section, such as `i_dont_care_about_security_and_use_aggressive_mode_psk = yes`.
    """
    kernel = "kernel-netlink" if kernel_esp else "kernel-libipsec kernel-netlink"
    lines = [
        "charon {",
        f"  load = {_PLUGINS.format(kernel=kernel, control='vici stroke')}",
        "  interfaces_ignore = mgmt",
        "  retransmit_tries = 2",
        f"  retransmit_timeout = {retransmit_seconds}",
        *(f"  {option}" for option in options),
        *_loggers(log_file, syslog),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _loggers(log_file: str | None, syslog: bool) -> list[str]:
    lines = []
    if log_file is not None:
        lines += [
            "  filelog {",
            "    charon {",
            f"      path = {log_file}",
            "      time_format = %b %e %T",
            "      ike_name = yes",
            "      append = yes",
            "      flush_line = yes",
            "      default = 1",
            "    }",
            "  }",
        ]
    level = 1 if syslog else -1
    return [*lines, "  syslog {", "    daemon {", f"      default = {level}", "    }", "  }"]
