"""What happened on the wire: events as parsers read them, messages, exchanges, the ladder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.selectors import SelectorPair


class ExchangeType(StrEnum):
    """Exchange types of RFC 7296 section 3.1 and RFC 2408 section 3.1 (MAIN is Identity Protection)."""

    IKE_SA_INIT = "IKE_SA_INIT"
    IKE_AUTH = "IKE_AUTH"
    CREATE_CHILD_SA = "CREATE_CHILD_SA"
    INFORMATIONAL = "INFORMATIONAL"
    MAIN = "MAIN"
    AGGRESSIVE = "AGGRESSIVE"
    QUICK = "QUICK"
    TRANSACTION = "TRANSACTION"
    INFORMATIONAL_V1 = "INFORMATIONAL_V1"


class EventKind(StrEnum):
    """What a log line says happened, at the device that wrote it. Every parser speaks only these."""

    # the wire
    STARTED = "started"  # a negotiation begins; role says which end this device is
    SENT = "sent"  # a message went out
    RECEIVED = "received"  # a message came in
    RETRANSMITTED = "retransmitted"  # our message went out again
    REPEATED = "repeated"  # the peer sent its message again
    GAVE_UP = "gave-up"  # retransmissions exhausted
    PORT_UNREACHABLE = "port-unreachable"  # ICMP said that nothing listens there
    NETWORK_UNREACHABLE = "network-unreachable"  # no route, or sending failed
    NOTIFY_SENT = "notify-sent"  # `notify` is the RFC name
    NOTIFY_RECEIVED = "notify-received"
    DELETE_SENT = "delete-sent"  # a DELETE payload; `protocol` IKE, ESP or AH
    DELETE_RECEIVED = "delete-received"
    # choosing a configuration
    NO_CONNECTION = "no-connection"  # nothing configured for this pair of addresses (or version)
    CONNECTION_SELECTED = "connection-selected"  # `detail` is its name
    PEER_REFUSED = "peer-refused"  # configuration for the addresses exists, the identity matches none
    PROFILE_NOT_MATCHED = "profile-not-matched"  # IOS: no ISAKMP/IKEv2 profile matches
    VERSION_REFUSED = "version-refused"  # the peer speaks the other IKE version
    MODE_REFUSED = "mode-refused"  # main against aggressive mode, or aggressive disabled
    # proposals; `protocol` tells IKE from ESP/AH
    OFFERED = "offered"  # `proposals` are the initiator's
    CONFIGURED = "configured"  # `proposals` are this end's own
    TRANSFORM_REFUSED = "transform-refused"  # one offer against one policy; `attribute` says what differs
    TRANSFORM_ACCEPTED = "transform-accepted"
    PROPOSAL_SELECTED = "proposal-selected"  # `proposals` has the one chosen
    PROPOSAL_REFUSED = "proposal-refused"  # none of the offers will do
    KE_REFUSED = "ke-refused"  # INVALID_KE_PAYLOAD on the way to a retry; `detail` is the group asked for
    # selectors and mode
    SELECTORS_OFFERED = "selectors-offered"  # local/remote as this device sees them
    SELECTORS_CONFIGURED = "selectors-configured"
    SELECTORS_SELECTED = "selectors-selected"
    SELECTORS_REFUSED = "selectors-refused"
    ENCAPSULATION_OFFERED = "encapsulation-offered"  # `detail` is tunnel or transport
    ENCAPSULATION_SELECTED = "encapsulation-selected"  # the peer's answer to this end's offer
    ENCAPSULATION_REFUSED = "encapsulation-refused"
    # authentication
    IDENTITY_SENT = "identity-sent"
    IDENTITY_RECEIVED = "identity-received"
    IDENTITY_EXPECTED = "identity-expected"
    IDENTITY_REFUSED = "identity-refused"
    KEY_FOUND = "key-found"
    KEY_MISSING = "key-missing"  # no pre-shared key for this peer
    CREDENTIAL_MISSING = "credential-missing"  # no certificate or private key to authenticate with
    AUTH_METHOD_REFUSED = "auth-method-refused"
    UNDECRYPTABLE = "undecryptable"  # garbage after decryption: in IKEv1 the mark of a wrong key
    AUTHENTICATED = "authenticated"  # the peer proved its identity to this device
    AUTHENTICATION_FAILED = "authentication-failed"  # this device did not believe the peer's proof
    USER_AUTH_FAILED = "user-auth-failed"  # XAUTH or EAP
    CERTIFICATE_REFUSED = "certificate-refused"  # `attribute`: expired, not-yet-valid, untrusted, revoked, no-crl
    CERTIFICATE_DOUBT = "certificate-doubt"  # a warning that did not stop anything
    # life
    NAT_DETECTED = "nat-detected"  # `detail`: local, remote, both
    ESTABLISHED = "established"  # `protocol` IKE or ESP/AH
    REKEYED = "rekeyed"
    DELETED = "deleted"  # this device removed the SA; `detail` says why, as printed
    PEER_SILENT = "peer-silent"  # liveness checks unanswered
    IDLE = "idle"  # torn down after inactivity
    REPLACED = "replaced"  # a second SA of the same identity took its place
    # data plane and platform
    INVALID_SPI = "invalid-spi"
    REPLAY = "replay"
    VERIFY_FAILED = "verify-failed"
    UNPROTECTED = "unprotected"  # clear packet where an IPsec packet was expected
    ALGORITHM_UNSUPPORTED = "algorithm-unsupported"
    CONFIG_REFUSED = "config-refused"  # the daemon could not load (part of) its configuration
    CONFIG_INCOMPLETE = "config-incomplete"
    ADDRESS_REFUSED = "address-refused"  # virtual IP or mode-config request that cannot be met
    RESOURCE_LIMIT = "resource-limit"  # licence, engine, tunnel limit
    FRAGMENT = "fragment"  # an IKE message was split or reassembled
    LINK = "link"  # an interface or protocol changed state; `detail` up or down
    DAEMON_STARTED = "daemon-started"
    DAEMON_STOPPED = "daemon-stopped"
    FAILED = "failed"  # a negotiation failed and the line does not say why; `exchange` where it says which


RECURSIVE = "recursive"  # the attribute of a LINK event: the interface went down because its peer is routed into it
COUNTED = "counted"  # the context of an event that a table counts, without time or peer


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One thing that one device says happened.

    `context`: whatever the vendor prints to tell negotiations apart (`1007`, `conn|3`); None where nothing is printed.
    `name`: the message's name when the vendor's own state tells it (MM1…QM3); the ladder works it out otherwise.
    `at` has no zone when the text had none; a year that the text lacks is the snapshot's.
    """

    kind: EventKind
    source: Source
    at: datetime | None = None
    context: str | None = None
    local: str | None = None
    remote: str | None = None
    local_port: int | None = None
    remote_port: int | None = None
    role: Role | None = None
    ike_version: int | None = None
    exchange: ExchangeType | None = None
    message_id: int | None = None
    is_request: bool | None = None
    name: str | None = None
    payloads: tuple[str, ...] = ()
    notify: str | None = None
    protocol: Protocol | None = None
    proposals: tuple[Proposal, ...] = ()
    selectors: tuple[SelectorPair, ...] = ()
    identity: IkeIdentity | None = None
    attribute: str | None = None
    offered: str | None = None
    accepted: str | None = None
    spis: tuple[str, ...] = ()
    detail: str | None = None
    damaged_spis: tuple[str, ...] = ()  # those of `spis` of which the text has lost a part


class Direction(StrEnum):
    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Message:
    """One IKE message as one device saw it. `name`: MM1…MM6, AM1…AM3, QM1…QM3, `IKE_SA_INIT request`, …
    `times` counts transmissions (1 + retransmissions)."""

    name: str
    direction: Direction
    at: datetime | None = None
    payloads: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    times: int = 1


class ExchangeKind(StrEnum):
    """`mode` of the JSON."""

    MAIN = "main"
    AGGRESSIVE = "aggressive"
    QUICK = "quick"
    IKEV2 = "ikev2"
    INFORMATIONAL = "informational"


class Outcome(StrEnum):
    ESTABLISHED = "established"
    REFUSED = "refused"
    NO_ANSWER = "no-answer"
    ABORTED = "aborted"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One negotiation as one device saw it: its messages in order and the events that decided it.

    IKEv1 phase 1 and each quick mode are exchanges of their own; IKE_SA_INIT and IKE_AUTH are one `ikev2` exchange, each
    later CREATE_CHILD_SA another. `reached` is the name of the last message seen.
    """

    device: str
    ike_version: int
    kind: ExchangeKind
    role: Role | None
    local: str | None
    remote: str | None
    messages: tuple[Message, ...]
    events: tuple[LogEvent, ...]
    reached: str | None
    outcome: Outcome
    context: str | None = None
    started_at: datetime | None = None
    child: Outcome | None = None  # ikev2 first exchange: what became of the CHILD_SA piggybacked on IKE_AUTH


@dataclass(frozen=True, slots=True)
class Ladder:
    """Every negotiation seen, oldest first, of one or two ends; `loose` are events that belong to no exchange."""

    exchanges: tuple[Exchange, ...] = ()
    loose: tuple[LogEvent, ...] = field(default=())

    def of_device(self, device: str) -> tuple[Exchange, ...]:
        return tuple(exchange for exchange in self.exchanges if exchange.device == device)
