"""Choices in a configuration that stop nothing and deserve a second look, apart from every fault.

Sources: RFC 8247 and RFC 8221 (algorithms), RFC 2409 section 5.4 and RFC 9395 (what is wrong with IKEv1 and group keys),
ipsec.conf(5), swanctl.conf(5) and strongswan.conf(5), Cisco "Next Generation Encryption".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ipsecbot.model.connection import ChildPolicy, Connection, ExchangeMode
from ipsecbot.model.daemon import DaemonSetting, DaemonTopic
from ipsecbot.model.evidence import Caution, Source
from ipsecbot.model.identity import AuthMethod, SharedKey
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.tunnel import Endpoint

# Keyword → why nobody should configure it any more.
WEAK: dict[str, str] = {
    "null": "no encryption at all",
    "des": "56 bits, broken by search since 1998",
    "3des": "64-bit blocks (Sweet32)",
    "cast128": "64-bit blocks",
    "blowfish128": "64-bit blocks",
    "md5": "MUST NOT since RFC 8247",
    "modp768": "group 1: broken",
    "modp1024": "group 2: within reach of precomputation (Logjam)",
    "modp1536": "group 5: SHOULD NOT since RFC 8247",
    "modp1024s160": "group 22: MUST NOT since RFC 8247",
}
_EVERYBODY = ("0.0.0.0/0", "::/0", "%any")
_NO = ("no", "false", "0", "off", "disabled")
_NOISY, _RAW, _KEYS = 2, 3, 4  # log levels of strongswan.conf(5), "LOGGER CONFIGURATION"
_XAUTH_WITH_KEY = AuthMethod.XAUTH_PSK


def hygiene(end: Endpoint) -> tuple[Caution, ...]:
    """What of one end's configuration is better changed, each with the lines that say so. Deterministic, no I/O."""
    found = (caution for look in _LOOKS for caution in look(end))
    return tuple({(one.topic, one.headline): one for one in found}.values())


def _caution(end: Endpoint, topic: str, headline: str, why: str, *evidence: Source | None) -> Iterator[Caution]:
    known = tuple(source for source in evidence if source is not None)
    if known:
        yield Caution(end.device.name, topic, headline, why, known)


def _weak_proposals(end: Endpoint) -> Iterator[Caution]:
    for connection in end.connections or ():
        if not _is_default(connection, connection.ike.proposals):
            yield from _weak(end, f"{connection.name}: IKE", connection.ike.proposals)
        for child in connection.children:
            if not _is_default(connection, child.proposals):
                yield from _weak(end, f"{connection.name}: {child.protocol}", child.proposals)


def _weak(end: Endpoint, whose: str, proposals: tuple[Proposal, ...]) -> Iterator[Caution]:
    named = {one.keyword: proposal for proposal in proposals for one in proposal.algorithms if one.keyword in WEAK}
    if named:
        why = "; ".join(f"{keyword}: {WEAK[keyword]}" for keyword in named)
        sources = dict.fromkeys(proposal.source for proposal in named.values())
        yield from _caution(end, "weak-proposal", f"{whose} allows {', '.join(named)}.", why, *sources)


def _is_default(connection: Connection, proposals: tuple[Proposal, ...]) -> bool:
    """Whether nobody wrote these down: they then stand at the head of the connection itself."""
    return bool(proposals) and all(one.source is not None and one.source == connection.source for one in proposals)


def _missing_proposals(end: Endpoint) -> Iterator[Caution]:
    for connection in end.connections or ():
        silent = ["IKE"] if _is_default(connection, connection.ike.proposals) else []
        silent += dict.fromkeys(
            child.protocol.value for child in connection.children if _is_default(connection, child.proposals)
        )
        if silent:
            yield from _caution(
                end,
                "no-proposal",
                f"{connection.name} names no proposal for {' and '.join(silent)}: the daemon's defaults apply.",
                "they change with each release, and the other end has to guess them"
                + ("; old IKEv1 clients may find nothing in them they can do" if connection.ike.versions == (1,) else ""),
                connection.source,
            )


def _forward_secrecy(end: Endpoint) -> Iterator[Caution]:
    for connection in end.connections or ():
        for child in connection.children:
            if (
                child.proposals
                and not _is_default(connection, child.proposals)
                and not any(proposal.of(TransformType.KE) for proposal in child.proposals)
            ):
                yield from _caution(
                    end,
                    "no-pfs",
                    f"{child.name}: no perfect forward secrecy.",
                    "whoever learns the keys of the IKE SA reads all its traffic",
                    child.pfs_source or child.proposal_source or child.source,
                )


def _keys(end: Endpoint) -> Iterator[Caution]:
    for key in end.keys or ():
        if key.kind == "psk" and _is_for_everybody(key):
            yield from _caution(
                end,
                "key-for-everybody",
                "One pre-shared key is accepted from every address.",
                "whoever knows it can be any peer; bind keys to addresses or identities, or use certificates",
                key.source,
            )


def _is_for_everybody(key: SharedKey) -> bool:
    return not key.owners or any(owner in _EVERYBODY for owner in key.owners)


def _same_secret(end: Endpoint) -> Iterator[Caution]:
    """Fingerprints tell that two secrets are one without telling the secret."""
    keys = [key for key in end.keys or () if key.secret.fingerprint is not None]
    for number, key in enumerate(keys):
        twins = [other for other in keys[:number] if other.secret == key.secret and other.kind != key.kind]
        if twins:
            yield from _caution(
                end,
                "secret-used-twice",
                "A user's password and another secret of the gateway are the same.",
                "who is told the one for all clients knows the other",
                twins[0].source,
                key.source,
            )


def _group_key(end: Endpoint) -> Iterator[Caution]:
    for connection in end.connections or ():
        policy = connection.ike
        if _XAUTH_WITH_KEY in (policy.local_auth, policy.remote_auth, *(one.auth for one in policy.proposals)):
            yield from _caution(
                end,
                "xauth-group-key",
                f"{connection.name}: XAUTH behind a pre-shared key that all clients know.",
                "any client can play the gateway and collect the others' passwords; a certificate for the gateway (hybrid or "
                "IKEv2 with EAP) ends that",
                policy.auth_source,
            )
        if AuthMethod.PSK in (policy.local_auth, policy.remote_auth) and ExchangeMode.AGGRESSIVE in policy.accepts_modes:
            yield from _caution(
                end,
                "aggressive-psk",
                f"{connection.name}: aggressive mode with a pre-shared key.",
                "its hash goes over the wire in clear and can be guessed off-line",
                policy.mode_source,
            )


def _virtual_addresses(end: Endpoint) -> Iterator[Caution]:
    for connection in end.connections or ():
        answers = "%any" in connection.remote_addresses
        if answers and "%config" in connection.gives_addresses:
            yield from _caution(
                end,
                "no-address-pool",
                f"{connection.name} has no address pool: it gives each client the address that the client asks for.",
                "clients that ask for any address get none, and two that ask for the same one collide; name a network instead",
                connection.virtual_source,
            )
        for child in connection.children:
            if answers and connection.gives_addresses and _wants_everything_behind(child):
                yield from _caution(
                    end,
                    "selectors-on-the-wrong-side",
                    f"{child.name}: 0.0.0.0/0 stands on the clients' side.",
                    "a client with a virtual address is that one address; what all of them may reach belongs to the local side",
                    child.selector_source,
                )


def _wants_everything_behind(child: ChildPolicy) -> bool:
    return any(pair.remote.network is not None and pair.remote.network.prefixlen == 0 for pair in child.selectors or ())


def _not_loaded(end: Endpoint) -> Iterator[Caution]:
    for connection in end.connections or ():
        if connection.applied is False and connection.running is None:
            yield from _caution(
                end,
                "not-loaded",
                f"{connection.name} is not loaded or applied as it stands.",
                "nothing tells the daemon or the router to use it (ipsec.conf: no `auto=`, which means `ignore`)",
                connection.source,
            )


def _duplicates(end: Endpoint) -> Iterator[Caution]:
    for setting in _about(end, DaemonTopic.DUPLICATE_CHECK):
        if setting.value in _NO:
            yield from _caution(
                end,
                "duplicate-check-off",
                "The check for duplicate IKE SAs is switched off.",
                "dead SAs of a client that came back stay and may keep its traffic; several devices of one user are better "
                "told apart by identities of their own",
                setting.source,
            )


def _log_levels(end: Endpoint) -> Iterator[Caution]:
    levels = [(int(one.value), one.source) for one in _about(end, DaemonTopic.LOG_LEVEL) if one.value.lstrip("-").isdigit()]
    highest = max((level for level, _ in levels), default=0)
    reasons = {
        _NOISY: "every packet and decision is written: fine for an afternoon, a full disk for a year",
        _RAW: "raw packets are written",
        _KEYS: "keys and other secrets are written",
    }
    if highest >= _NOISY:
        lines = [source for level, source in levels if level == highest]
        yield from _caution(end, "log-level", f"Log level {highest} is on for good.", reasons[min(highest, _KEYS)], *lines)
    if len({level for level, _ in levels}) > 1:
        told = ", ".join(str(level) for level in dict.fromkeys(level for level, _ in levels))
        yield from _caution(
            end,
            "log-levels-differ",
            f"The text sets the log level more than once: {told}.",
            "loggers and subsystems may differ on purpose; two files for one logger hide which one counts",
            *(source for _, source in levels),
        )
    for setting in _about(end, DaemonTopic.LOG_APPEND):
        if setting.value in _NO:
            yield from _caution(
                end,
                "log-overwritten",
                "A restart erases the log (append = no).",
                "what led to a crash or a restart is gone when somebody looks for it",
                setting.source,
            )


def _aggressive_daemon(end: Endpoint) -> Iterator[Caution]:
    for setting in _about(end, DaemonTopic.AGGRESSIVE_PSK):
        if setting.value not in _NO:
            yield from _caution(
                end,
                "aggressive-psk",
                "The daemon answers aggressive mode with pre-shared keys.",
                "the hash goes over the wire in clear and can be guessed off-line",
                setting.source,
            )


def _about(end: Endpoint, topic: DaemonTopic) -> Iterator[DaemonSetting]:
    return (setting for setting in end.settings if setting.topic is topic)


_LOOKS: tuple[Callable[[Endpoint], Iterator[Caution]], ...] = (
    _not_loaded,
    _missing_proposals,
    _weak_proposals,
    _keys,
    _same_secret,
    _group_key,
    _virtual_addresses,
    _duplicates,
    _log_levels,
    _aggressive_daemon,
    _forward_secrecy,
)
