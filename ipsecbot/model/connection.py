"""What one end is configured to want."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.certificate import CertificateMap
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IkeIdentity
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.wishes import AuthRound, ChildOptions, IkeOptions, IkeTimes, Limit


class ExchangeMode(StrEnum):
    MAIN = "main"
    AGGRESSIVE = "aggressive"


class EncapsulationMode(StrEnum):
    TUNNEL = "tunnel"
    TRANSPORT = "transport"


class StartAction(StrEnum):
    """What makes a CHILD_SA come up: nothing by itself, traffic, or the daemon's start."""

    NONE = "none"
    TRAP = "trap"
    START = "start"


@dataclass(frozen=True, slots=True)
class IkePolicy:
    """Phase 1 wishes of one connection. `None` is always "not known", never "default".

    `versions`: IKE versions this end would initiate or accept, preferred first. `initiates_mode`/`accepts_modes`: IKEv1 only.
    `remote_ids` empty: any identity is accepted. `local_auth`/`remote_auth`: in IKEv1 both follow from the proposal.
    `lifetime` is where this end rekeys or expires; `proposals` come in preference order. `local_round`/`remote_round`: the
    name of the block that says how each end authenticates, where the vendor names those.
    """

    versions: tuple[int, ...]
    proposals: tuple[Proposal, ...]
    initiates_mode: ExchangeMode | None = None
    accepts_modes: tuple[ExchangeMode, ...] = ()
    local_id: IkeIdentity | None = None
    remote_ids: tuple[IkeIdentity, ...] = ()
    local_auth: AuthMethod | None = None
    remote_auth: AuthMethod | None = None
    keyring: str | None = None
    lifetime: timedelta | None = None
    dpd_interval: timedelta | None = None
    nat_traversal: bool | None = None
    force_encapsulation: bool | None = None
    fragmentation: bool | None = None
    prefers_own_proposals: bool | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    auth_source: Source | None = field(default=None, compare=False, repr=False)
    local_id_source: Source | None = field(default=None, compare=False, repr=False)
    version_source: Source | None = field(default=None, compare=False, repr=False)
    mode_source: Source | None = field(default=None, compare=False, repr=False)
    local_round: str | None = field(default=None, compare=False)
    remote_round: str | None = field(default=None, compare=False)
    trustpoint: str | None = field(default=None, compare=False)  # what the vendor calls the place of its certificates
    credential_problems: tuple[tuple[str, Source], ...] = field(default=(), compare=False)  # certificates named and not there
    local_rounds: tuple[AuthRound, ...] | None = None  # every round in order; None: the vendor has no such thing, or not known
    remote_rounds: tuple[AuthRound, ...] | None = None
    times: IkeTimes | None = None
    options: IkeOptions | None = None
    certificate_maps: tuple[CertificateMap, ...] = ()  # beside `remote_ids`: either may accept the other end
    certificate_subject: str | None = field(default=None, compare=False)  # asked for at enrolment; an authority may add to it


@dataclass(frozen=True, slots=True)
class ChildPolicy:
    """Phase 2 wishes. A KE algorithm inside a proposal means PFS with that group.

    `selectors` empty tuple: known to be none (incomplete crypto map); every pair is local/remote as this end writes it.
    `lifetime_bytes`: volume lifetime in bytes. `selector_list`: the name of the list the selectors stand in, where the vendor
    has such lists (an access list). `excluded`: traffic within the selectors that this end keeps out of them (an earlier `deny`
    of the list), as this end writes it: it goes another way, and is refused where the other end asks for it alone.
    """

    name: str
    protocol: Protocol
    proposals: tuple[Proposal, ...]
    selectors: tuple[SelectorPair, ...] | None
    mode: EncapsulationMode | None = EncapsulationMode.TUNNEL
    lifetime: timedelta | None = None
    lifetime_bytes: int | None = None
    start_action: StartAction | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    proposal_source: Source | None = field(default=None, compare=False, repr=False)
    selector_source: Source | None = field(default=None, compare=False, repr=False)
    mode_source: Source | None = field(default=None, compare=False, repr=False)
    pfs_source: Source | None = field(default=None, compare=False, repr=False)
    selector_list: str | None = field(default=None, compare=False)
    time_limit: Limit | None = None  # seconds
    byte_limit: Limit | None = None
    packet_limit: Limit | None = None
    options: ChildOptions | None = None
    answers_groups: tuple[Algorithm, ...] = ()  # for PFS, as responder, beside those that it asks for itself
    excluded: tuple[SelectorPair, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured relation to one peer (or to any peer).

    `local_addresses`/`remote_addresses`: canonical addresses, networks (`10.0.0.0/8`), host names or `%any`; an empty
    `local_addresses` means "whatever the route gives". `interface`: where it is applied; None with `applied=False` means
    nowhere. `problems`: what makes it incomplete in itself, each with the line (IOS crypto map without ACL, peer, …).
    `running`: True when read from the running daemon or router, False when only from a file on disk, None unknown.
    `drift`: where the daemon runs something else than the file says, each with the line that shows what runs.
    """

    name: str
    local_addresses: tuple[str, ...]
    remote_addresses: tuple[str, ...]
    ike: IkePolicy
    children: tuple[ChildPolicy, ...]
    interface: str | None = None
    applied: bool | None = None
    vrf: str | None = None
    running: bool | None = None
    problems: tuple[tuple[str, Source], ...] = ()
    address_source: Source | None = field(default=None, compare=False, repr=False)
    source: Source | None = field(default=None, compare=False, repr=False)
    drift: tuple[tuple[str, Source], ...] = ()
    gives_addresses: tuple[str, ...] = ()  # virtual IPs for the peer: pools, networks, `%config` (whatever it asks for)
    asks_addresses: tuple[str, ...] = ()  # virtual IPs this end asks the peer for
    virtual_source: Source | None = field(default=None, compare=False, repr=False)
