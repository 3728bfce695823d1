"""Debug text of both vendors in which no two lines are alike: new peers, SPIs, message ids and times in every negotiation.

The sentences are written after what routers and charon print for an initiator;
each fifth negotiation fails, so that refusals are in it too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

OWN = "203.0.113.1"


@dataclass(slots=True)
class _Clock:
    """A clock that goes on by a random step with each line."""

    chance: random.Random
    milliseconds: int = 0

    def ticks(self) -> tuple[int, str, int]:
        self.milliseconds += self.chance.randrange(1, 40)
        second, millisecond = divmod(self.milliseconds, 1000)
        of_day = f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
        return 1 + second // 86400 % 28, of_day, millisecond


def ios_debug(size: int, seed: int) -> str:
    """At least `size` characters of `debug crypto isakmp`."""
    chance = random.Random(seed)
    clock = _Clock(chance)

    def stamped(line: str) -> str:
        if line.startswith(" "):
            return line
        day, time, millisecond = clock.ticks()
        return f"*Mar {day:>2} {time}.{millisecond:03}: {line}"

    return _filled(size, chance, _ios_negotiation, stamped)


def charon_log(size: int, seed: int) -> str:
    """At least `size` characters of charon's lines in syslog."""
    chance = random.Random(seed)
    clock = _Clock(chance)

    def stamped(line: str) -> str:
        day, time, _ = clock.ticks()
        return f"Jun {day:>2} {time} gw charon: {line}"

    return _filled(size, chance, _charon_negotiation, stamped)


def _filled(
    size: int,
    chance: random.Random,
    negotiation: Callable[[int, random.Random], Iterator[str]],
    stamped: Callable[[str], str],
) -> str:
    lines: list[str] = []
    length, number = 0, chance.randrange(1_000_000)
    while length < size:
        number += 1
        fresh = [stamped(line) for line in negotiation(number, chance)]
        length += sum(map(len, fresh)) + len(fresh)
        lines += fresh
    return "\n".join(lines) + "\n"


def _peer(number: int) -> str:
    return f"198.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _ios_negotiation(number: int, chance: random.Random) -> Iterator[str]:
    peer, sa = _peer(number), f"{chance.getrandbits(32):08X}"
    yield "ISAKMP:(0): SA request profile is (NULL)"
    yield f"ISAKMP: Created a peer struct for {peer}, peer port 500"
    yield f"ISAKMP: New peer created peer = 0x{sa} peer_handle = 0x8{chance.getrandbits(28):07X}"
    yield "ISAKMP: local port 500, remote port 500"
    yield "ISAKMP: set new node 0 to QM_IDLE"
    yield f"ISAKMP:(0):insert sa successfully sa = {sa}"
    yield "ISAKMP:(0):Can not start Aggressive mode, trying Main mode."
    yield f"ISAKMP:(0):found peer pre-shared key matching {peer}"
    yield "ISAKMP:(0):Input = IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM"
    yield "ISAKMP:(0):Old State = IKE_READY  New State = IKE_I_MM1"
    yield "ISAKMP:(0): beginning Main Mode exchange"
    yield f"ISAKMP:(0): sending packet to {peer} my_port 500 peer_port 500 (I) MM_NO_STATE"
    yield "ISAKMP:(0):Sending an IKE IPv4 Packet."
    yield f"ISAKMP (0): received packet from {peer} dport 500 sport 500 Global (I) MM_NO_STATE"
    yield "ISAKMP:(0):Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH"
    yield "ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_I_MM2"
    yield "ISAKMP:(0): processing SA payload. message ID = 0"
    yield f"ISAKMP:(0):Checking ISAKMP transform 1 against priority {10 * (number % 9 + 1)} policy"
    if number % 5:
        yield from _ios_rest(number, peer, chance)
        return
    yield from (f"ISAKMP:      {words}" for words in ("encryption 3DES-CBC", "hash MD5", "default group 2", "auth pre-share"))
    yield "ISAKMP:(0):Encryption algorithm offered does not match policy!"
    yield "ISAKMP:(0):atts are not acceptable. Next payload is 0"
    yield "ISAKMP:(0):no offers accepted!"
    yield f"ISAKMP:(0): phase 1 SA policy not acceptable! (local {OWN} remote {peer})"
    reason = "Phase1 SA policy proposal not accepted"
    yield f'ISAKMP:(0): deleting SA reason "{reason}" state (I) MM_NO_STATE (peer {peer})'


def _ios_rest(number: int, peer: str, chance: random.Random) -> Iterator[str]:
    conn, message = 1000 + number % 60000, chance.randrange(-(2**31), 2**31)
    chosen = ("encryption AES-CBC", "keylength of 256", "hash SHA256", "default group 14", "auth pre-share")
    yield from (f"ISAKMP:      {words}" for words in (*chosen, "life type in seconds"))
    yield "ISAKMP:      life duration (VPI) of  0x0 0x1 0x51 0x80 "
    yield "ISAKMP:(0):atts are acceptable. Next payload is 0"
    yield "ISAKMP:(0):Returning Actual lifetime: 86400"
    yield f"ISAKMP:(0): sending packet to {peer} my_port 500 peer_port 500 (I) MM_SA_SETUP"
    yield "ISAKMP:(0):Old State = IKE_I_MM2  New State = IKE_I_MM3"
    yield f"ISAKMP (0): received packet from {peer} dport 500 sport 500 Global (I) MM_SA_SETUP"
    yield "ISAKMP:(0):Old State = IKE_I_MM3  New State = IKE_I_MM4"
    yield "ISAKMP:(0): processing KE payload. message ID = 0"
    yield "ISAKMP:(0): processing NONCE payload. message ID = 0"
    yield f"ISAKMP:({conn}): processing vendor id payload"
    yield f"ISAKMP:({conn}): vendor ID is DPD"
    yield f"ISAKMP:({conn}):Send initial contact"
    yield f"ISAKMP:({conn}): sending packet to {peer} my_port 500 peer_port 500 (I) MM_KEY_EXCH"
    yield f"ISAKMP:({conn}):Old State = IKE_I_MM4  New State = IKE_I_MM5"
    yield f"ISAKMP (0:{conn}): received packet from {peer} dport 500 sport 500 Global (I) MM_KEY_EXCH"
    yield f"ISAKMP:({conn}): processing ID payload. message ID = 0"
    yield f"ISAKMP:({conn}): processing HASH payload. message ID = 0"
    yield f"ISAKMP:({conn}):SA has been authenticated with {peer}"
    yield f"ISAKMP:({conn}):Old State = IKE_I_MM5  New State = IKE_I_MM6"
    yield f"ISAKMP:({conn}):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE"
    yield f"ISAKMP:({conn}):beginning Quick Mode exchange, M-ID of {message}"
    yield f"ISAKMP:({conn}): sending packet to {peer} my_port 500 peer_port 500 (I) QM_IDLE"
    yield f"ISAKMP (0:{conn}): received packet from {peer} dport 500 sport 500 Global (I) QM_IDLE"
    yield f"ISAKMP:({conn}): processing SA payload. message ID = {message}"
    yield from _ios_child(number, peer, conn, message, chance)


def _ios_child(number: int, peer: str, conn: int, message: int, chance: random.Random) -> Iterator[str]:
    yield f"ISAKMP:({conn}):Checking IPSec proposal 1"
    yield "ISAKMP: transform 1, ESP_AES"
    yield "ISAKMP:   attributes in transform:"
    offered = ("encaps is 1 (Tunnel)", "SA life type in seconds", "SA life duration (basic) of 3600")
    yield from (f"ISAKMP:      {words}" for words in (*offered, "authenticator is HMAC-SHA256", "key length is 256"))
    yield f"ISAKMP:({conn}):atts are acceptable."
    yield f"ISAKMP:({conn}): Creating IPSec SAs"
    ours, theirs = f"172.16.{number % 250}.0", f"10.{number % 200}.0.0"
    yield f"        inbound SA from {peer} to {OWN} (f/i)  0/ 0"
    yield f"        (proxy {theirs} to {ours})"
    yield f"        has spi 0x{chance.getrandbits(32):X} and conn_id 0"
    yield f"        outbound SA from {OWN} to {peer} (f/i) 0/0"
    yield f"        (proxy {ours} to {theirs})"
    yield f"        has spi  0x{chance.getrandbits(32):X} and conn_id 0"
    yield f"ISAKMP:({conn}): sending packet to {peer} my_port 500 peer_port 500 (I) QM_IDLE"
    yield f'ISAKMP:({conn}):deleting node {message} error FALSE reason "No Error"'
    yield f"ISAKMP:({conn}):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE"


def _charon_negotiation(number: int, chance: random.Random) -> Iterator[str]:
    peer, name, thread = _peer(number), f"site-{number % 40}", f"{number % 16 + 1:02}"
    of = f"<{name}|{number}>"

    def packets(port: int) -> Iterator[str]:
        yield f"{thread}[NET] {of} sending packet: from {OWN}[{port}] to {peer}[{port}] ({chance.randrange(76, 900)} bytes)"
        yield f"{thread}[NET] {of} received packet: from {peer}[{port}] to {OWN}[{port}] ({chance.randrange(76, 900)} bytes)"

    yield f"{thread}[IKE] {of} initiating IKE_SA {name}[{number}] to {peer}"
    init = "SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG)"
    yield f"{thread}[ENC] {of} generating IKE_SA_INIT request 0 [ {init} N(REDIR_SUP) ]"
    yield from packets(500)
    yield f"{thread}[ENC] {of} parsed IKE_SA_INIT response 0 [ {init} N(CHDLESS_SUP) ]"
    yield f"{thread}[CFG] {of} selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048"
    yield f"{thread}[IKE] {of} authentication of '{OWN}' (myself) with pre-shared key"
    yield f"{thread}[IKE] {of} establishing CHILD_SA net-{number % 7}{{{number}}}"
    yield f"{thread}[ENC] {of} generating IKE_AUTH request 1 [ IDi N(INIT_CONTACT) IDr AUTH SA TSi TSr N(EAP_ONLY) ]"
    yield from packets(4500)
    if number % 5 == 0:
        yield f"{thread}[ENC] {of} parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]"
        yield f"{thread}[IKE] {of} received AUTHENTICATION_FAILED notify error"
        return
    yield f"{thread}[ENC] {of} parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr N(NO_ADD_ADDR) ]"
    yield f"{thread}[IKE] {of} authentication of '{peer}' with pre-shared key successful"
    yield f"{thread}[IKE] {of} IKE_SA {name}[{number}] established between {OWN}[{OWN}]...{peer}[{peer}]"
    yield f"{thread}[IKE] {of} scheduling rekeying in {chance.randrange(12000, 15000)}s"
    yield f"{thread}[IKE] {of} maximum IKE_SA lifetime {chance.randrange(15000, 17000)}s"
    yield f"{thread}[CFG] {of} selected proposal: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ"
    spis = f"{chance.getrandbits(32):08x}_i {chance.getrandbits(32):08x}_o"
    nets = f"172.16.{number % 250}.0/24 === 10.{number % 200}.0.0/16"
    yield f"{thread}[IKE] {of} CHILD_SA net-{number % 7}{{{number}}} established with SPIs {spis} and TS {nets}"
    yield f"{thread}[IKE] {of} sending DPD request"
    yield f"{thread}[ENC] {of} generating INFORMATIONAL request 2 [ ]"
    yield from packets(4500)
    yield f"{thread}[ENC] {of} parsed INFORMATIONAL response 2 [ ]"
