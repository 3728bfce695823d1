"""`show crypto isakmp …`. Formats: public captures of IOS 15 and XE (Genie's `show crypto isakmp sa [detail]`)."""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.lab.ios.config import IsakmpPolicy
from ipsecbot.lab.ios.ike_policy import policies_of
from ipsecbot.lab.ios.ike_sa import QM_IDLE, Phase1
from ipsecbot.lab.ios.machine import Machine

HEADER = "IPv4 Crypto ISAKMP SA\n"
FOOTER = "\nIPv6 Crypto ISAKMP SA\n\n"


def _row(sa: Phase1) -> str:
    """dst is the responder, src the initiator, whichever of them is asked."""
    dst, src = (sa.peer, sa.local) if sa.initiator else (sa.local, sa.peer)
    gone = " (deleted)" if sa.deleted else ""
    return f"{dst:<15} {src:<15} {sa.state:<14}{sa.conn:>8} ACTIVE{gone}\n"


def sa(machine: Machine) -> str:
    rows = "".join(_row(known) for known in reversed(machine.isakmp.sas))
    return f"{HEADER}dst             src             state          conn-id status\n{rows}{FOOTER}"


def clock_text(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def remaining(machine: Machine, known: Phase1) -> int:
    if known.established is None:
        return 0
    return max(0, known.lifetime - (machine.router.world.now - known.established) // timedelta(seconds=1))


def capabilities(known: Phase1) -> str:
    return "D" + ("N" if known.nat else "")


DETAIL = """Codes: C - IKE configuration mode, D - Dead Peer Detection
       K - Keepalives, N - NAT-traversal
       T - cTCP encapsulation, X - IKE Extended Authentication
       psk - Preshared key, rsig - RSA signature
       renc - RSA encryption
"""


def _detail_row(machine: Machine, known: Phase1) -> str:
    chosen = known.transform
    cipher = chosen.encryption if chosen else ""
    digest = chosen.hash if chosen else ""
    method = {"pre-share": "psk", "rsa-sig": "rsig"}.get(chosen.authentication, "") if chosen else ""
    group = str(chosen.group) if chosen else "0"
    left = clock_text(remaining(machine, known)) if known.state == QM_IDLE else "0       "
    caps = capabilities(known) if known.state == QM_IDLE else ""
    return (
        f"{known.conn:<5} {known.local:<15} {known.peer:<15}        ACTIVE {cipher:<4} {digest:<6} {method:<4} {group:<2} "
        f"{left} {caps}\n       Engine-id:Conn-id =  {f'SW:{known.conn % 1000}' if known.conn else '???'}\n\n"
    )


def sa_detail(machine: Machine) -> str:
    rows = "".join(_detail_row(machine, known) for known in reversed(machine.isakmp.sas))
    return (
        f"{DETAIL}{HEADER}\n"
        "C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.\n\n"
        f"{rows}{FOOTER}"
    )


CIPHER_TEXTS = {
    "des": "DES - Data Encryption Standard (56 bit keys).",
    "3des": "Three key triple DES",
}
HASH_TEXTS = {
    "md5": "Message Digest 5",
    "sha": "Secure Hash Standard",
    "sha256": "Secure Hash Standard 2 (256 bit)",
    "sha384": "Secure Hash Standard 2 (384 bit)",
    "sha512": "Secure Hash Standard 2 (512 bit)",
}
AUTH_TEXTS = {
    "pre-share": "Pre-Shared Key",
    "rsa-sig": "Rivest-Shamir-Adleman Signature",
    "rsa-encr": "Rivest-Shamir-Adleman Encryption",
}
GROUP_BITS = {1: 768, 2: 1024, 5: 1536, 14: 2048, 15: 3072, 16: 4096, 19: 256, 20: 384, 21: 521, 24: 2048}


def _suite(known: IsakmpPolicy) -> str:
    cipher = CIPHER_TEXTS.get(known.encryption, f"AES - Advanced Encryption Standard ({known.key_bits} bit keys).")
    extra = {19: ", ECP", 20: ", ECP", 21: ", ECP", 24: ", 256 bit subgroup"}.get(known.group, "")
    return (
        f"\tencryption algorithm:\t{cipher}\n"
        f"\thash algorithm:\t\t{HASH_TEXTS.get(known.hash, known.hash)}\n"
        f"\tauthentication method:\t{AUTH_TEXTS.get(known.authentication, known.authentication)}\n"
        f"\tDiffie-Hellman group:\t#{known.group} ({GROUP_BITS.get(known.group, 0)} bit{extra})\n"
        f"\tlifetime:\t\t{known.lifetime} seconds, no volume limit\n"
    )


def policy(machine: Machine) -> str:
    """The configured policies; where none is, the default ones, under IOS 15's other heading."""
    configured = machine.router.config.policies
    heading = "\nGlobal IKE policy\n" if configured else "\nDefault IKE policy\n"
    word = "Protection" if configured else "Default protection"
    suites = (f"{word} suite of priority {known.priority}\n{_suite(known)}" for known in policies_of(machine.router.config))
    return heading + "".join(suites)


def key(machine: Machine) -> str:
    rows = ["Keyring      Hostname/Address                            Preshared Key\n\n"]
    for known in machine.router.config.keys:
        where = known.hostname or (
            str(known.network.network_address)
            if known.network and known.network.prefixlen == 32
            else f"{known.network.network_address} [{known.network.netmask}]"
            if known.network
            else ""
        )
        rows.append(f"{known.keyring or 'default':<12} {where:<43} {known.secret}\n")
    return "".join(rows)
