"""Changes in RFC words, before any vendor's syntax."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.identity import AuthMethod, IkeIdentity, SharedKey
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.surroundings import Filter
from ipsecbot.model.wishes import Childless


class What(StrEnum):
    """The settings a remedy can touch."""

    IKE_PROPOSAL = "ike-proposal"
    CHILD_PROPOSAL = "child-proposal"
    PFS = "pfs"
    SELECTORS = "selectors"
    ENCAPSULATION = "encapsulation"
    VERSION = "version"
    EXCHANGE_MODE = "exchange-mode"
    LOCAL_ID = "local-id"
    REMOTE_ID = "remote-id"
    KEY = "key"
    PEER_ADDRESS = "peer-address"
    NEW_CONNECTION = "new-connection"
    DAEMON = "daemon"
    PERMIT = "permit"
    RELOAD = "reload"
    TRAFFIC = "traffic"
    AUTH_METHOD = "auth-method"
    LOCAL_ADDRESS = "local-address"
    INCOMPLETE = "incomplete"
    CERTIFICATE = "certificate"
    CHILDLESS = "childless"


@dataclass(frozen=True, slots=True)
class Edit:
    """One setting to change on one end. Only the fields that `what` needs are set.

    `proposal` is the one to write, `kinds` the transform types in it that differ from before, `others` the proposals of
    the same list that stay. `near`: the line that is changed. `key`: the entry that is replaced, where there is one.
    `label`: a name for what has to be made new. `used_by`: what else of this end uses what is changed. `whole`: the proposal
    takes the place of the old one altogether. `keep`: selectors that stay beside `selectors`. `auth`, `own_auth`: how the peer
    and this end authenticate. `needs_key`: there is no key for `address` yet. `interface`: where something is to be applied.
    `problem`: what is missing, in the parser's words. `cause`: of the finding, where one writer serves several.
    `packet_filter`: the list on the outside interface. `beside`: `proposal` is added behind what is there.
    """

    what: What
    near: Source | None = None
    proposal: Proposal | None = None
    kinds: tuple[TransformType, ...] = ()
    others: tuple[Proposal, ...] = ()
    selectors: tuple[SelectorPair, ...] = ()
    encapsulation: EncapsulationMode | None = None
    exchange_mode: ExchangeMode | None = None
    version: int | None = None
    identity: IkeIdentity | None = None
    address: str | None = None
    own_address: str | None = None
    ports: tuple[int, ...] = ()
    key: SharedKey | None = None
    label: str | None = None
    used_by: tuple[str, ...] = ()
    whole: bool = False
    keep: tuple[SelectorPair, ...] = ()
    auth: AuthMethod | None = None
    own_auth: AuthMethod | None = None
    needs_key: bool = False
    interface: str | None = None
    problem: str | None = None
    cause: str | None = None
    packet_filter: Filter | None = None
    beside: bool = False
    childless: Childless | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """An edit of one end, why, and the model as it would be then (None where replay cannot tell).

    `fallbacks`: what else this end could do, for when replay finds that this does not mend it. `weakens`: it lowers what
    protects the tunnel, so it comes after every other. `together`: the other end's connection as it has to become too.
    """

    side: Side
    edit: Edit
    why: str
    connection: Connection | None = None
    child: ChildPolicy | None = None
    keys: tuple[SharedKey, ...] | None = field(default=None, repr=False)
    becomes: Connection | None = None
    strength: int = 0
    fallbacks: tuple[Plan, ...] = ()
    weakens: bool = False
    together: Connection | None = None
