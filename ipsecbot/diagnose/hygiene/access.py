"""Who may connect, and with what: keys for everybody, aggressive mode, groups with one password, clients' addresses."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.hygiene.remark import Remark, remark
from ipsecbot.model.connection import ChildPolicy, ExchangeMode
from ipsecbot.model.identity import AuthMethod, SharedKey
from ipsecbot.model.tunnel import Endpoint

_EVERYBODY = ("0.0.0.0/0", "::/0", "%any")
_WITH_KEY = (AuthMethod.PSK, AuthMethod.XAUTH_PSK)


def keys(end: Endpoint) -> Iterator[Remark]:
    """Pre-shared keys that any address may use."""
    for key in end.keys or ():
        if key.kind == "psk" and _is_for_everybody(key):
            yield from remark(
                "key-for-everybody",
                "",
                "One pre-shared key is accepted from every address.",
                "whoever knows it can be any peer; bind keys to addresses or identities, or use certificates",
                key.source,
                reference="RFC 7296 section 2.15; NIST SP 800-77r1",
            )


def _is_for_everybody(key: SharedKey) -> bool:
    return not key.owners or any(owner in _EVERYBODY for owner in key.owners)


def same_secret(end: Endpoint) -> Iterator[Remark]:
    """Fingerprints tell that two secrets are one without telling the secret."""
    known: dict[str, list[SharedKey]] = {}
    for key in end.keys or ():
        if key.secret.fingerprint is None:
            continue
        alike = known.setdefault(key.secret.fingerprint, [])
        twin = next((other for other in alike if other.kind != key.kind), None)
        if twin is not None:
            yield from remark(
                "secret-used-twice",
                "",
                "A user's password and another secret of the gateway are the same.",
                "who is told the one for all clients knows the other",
                twin.source,
                key.source,
            )
        if all(other.kind != key.kind for other in alike):
            alike.append(key)


def group_key(end: Endpoint) -> Iterator[Remark]:
    """One secret for many, and a hash of it shown to everybody."""
    for connection in end.connections or ():
        policy = connection.ike
        methods = (policy.local_auth, policy.remote_auth, *(one.auth for one in policy.proposals))
        if AuthMethod.XAUTH_PSK in methods:
            yield from remark(
                "xauth-group-key",
                connection.name,
                "XAUTH behind a pre-shared key that all clients know",
                "any client can play the gateway and collect the others' passwords; a certificate for the gateway (hybrid or "
                "IKEv2 with EAP) ends that",
                policy.auth_source,
            )
        aggressive = ExchangeMode.AGGRESSIVE in (*policy.accepts_modes, policy.initiates_mode)
        if aggressive and 1 in policy.versions and any(method in _WITH_KEY for method in methods):
            starts = policy.initiates_mode is ExchangeMode.AGGRESSIVE
            yield from remark(
                "aggressive-psk",
                connection.name,
                f"{'starts' if starts else 'answers'} aggressive mode with a pre-shared key",
                "a hash of the key goes over the wire in clear and can be guessed off-line; main mode, or IKEv2, ends that",
                policy.mode_source,
                reference="RFC 2409 section 5.4; NIST SP 800-77r1",
            )


def virtual_addresses(end: Endpoint) -> Iterator[Remark]:
    """Gateways for clients: where their addresses come from, and on which side the networks stand."""
    for connection in end.connections or ():
        answers = "%any" in connection.remote_addresses
        if answers and "%config" in connection.gives_addresses:
            yield from remark(
                "no-address-pool",
                connection.name,
                "has no address pool and gives each client the address that the client asks for",
                "clients that ask for any address get none, and two that ask for the same one collide; name a network instead",
                connection.virtual_source,
            )
        for child in connection.children:
            if answers and connection.gives_addresses and _wants_everything_behind(child):
                yield from remark(
                    "selectors-on-the-wrong-side",
                    child.name,
                    "0.0.0.0/0 stands on the clients' side",
                    "a client with a virtual address is that one address; what all of them may reach belongs to the local side",
                    child.selector_source,
                )


def _wants_everything_behind(child: ChildPolicy) -> bool:
    return any(pair.remote.network is not None and pair.remote.network.prefixlen == 0 for pair in child.selectors or ())


def not_loaded(end: Endpoint) -> Iterator[Remark]:
    """Connections that nothing puts to use."""
    for connection in end.connections or ():
        if connection.applied is False and connection.running is None:
            yield from remark(
                "not-loaded",
                connection.name,
                "is not loaded or applied as it stands",
                "nothing tells the daemon or the router to use it (ipsec.conf: no `auto=`, which means `ignore`)",
                connection.source,
            )
