"""The phase 1 decisions of a router: which transforms it offers, which it takes, which key and identity it uses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ipsecbot.lab.ios.config import IsakmpKey, IsakmpPolicy, RouterConfig
from ipsecbot.lab.ios.ike_messages import Identity, P1Transform
from ipsecbot.lab.ios.ike_sa import Phase1

# `show crypto isakmp default policy` of IOS 15: used only where no policy is configured
DEFAULT_POLICIES = tuple(
    IsakmpPolicy(65507 + index, cipher, bits, digest, authentication, group)
    for index, (cipher, bits, digest, authentication, group) in enumerate(
        (
            ("aes", 128, "sha", "rsa-sig", 5),
            ("aes", 128, "sha", "pre-share", 5),
            ("aes", 128, "md5", "rsa-sig", 5),
            ("aes", 128, "md5", "pre-share", 5),
            ("3des", 0, "sha", "rsa-sig", 2),
            ("3des", 0, "sha", "pre-share", 2),
            ("3des", 0, "md5", "rsa-sig", 2),
            ("3des", 0, "md5", "pre-share", 2),
        )
    )
)

CIPHERS = {"aes": "AES-CBC", "3des": "3DES-CBC", "des": "DES-CBC"}
AUTH_WORDS = {"pre-share": "pre-share", "rsa-sig": "RSA sig", "rsa-encr": "RSA encr", "ecdsa-sig": "ECDSA sig"}


def policies_of(config: RouterConfig) -> tuple[IsakmpPolicy, ...]:
    return config.policies or DEFAULT_POLICIES


def offers_of(config: RouterConfig, *, has_key: bool) -> tuple[P1Transform, ...]:
    """Every policy as a transform, in priority order; a pre-shared one only where there is a key for the peer.

    Of the default policies those with signatures are left out: the emulated routers have no certificates.
    """
    known = config.policies or [default for default in DEFAULT_POLICIES if default.authentication == "pre-share"]
    usable = [policy for policy in known if has_key or policy.authentication != "pre-share"]
    return tuple(
        P1Transform(index, p.encryption, p.key_bits, p.hash, p.group, p.authentication, p.lifetime)
        for index, p in enumerate(usable, 1)
    )


def find_key(
    config: RouterConfig, *, address: str, hostname: str | None = None, keyring: str | None = None
) -> IsakmpKey | None:
    """The key for a peer: by host name where it gave one, else the longest matching address.

    `keyring` restricts the search to one keyring (an initiator's profile); a responder looks into all of them.
    """
    keys = [key for key in config.keys if keyring is None or key.keyring == keyring]
    named = next((key for key in keys if hostname and key.hostname == hostname), None)
    if named:
        return named
    fitting = [key for key in keys if key.network and IPv4Address(address) in key.network]
    return max(fitting, key=lambda key: key.network.prefixlen if key.network else -1, default=None)


def own_identity(config: RouterConfig, local: str, profile: str | None) -> Identity:
    """What this router calls itself: the profile's self-identity, else `crypto isakmp identity`."""
    known = config.isakmp_profile(profile)
    chosen = known.self_identity if known and known.self_identity else (config.isakmp_identity, "")
    if chosen[0] in {"hostname", "fqdn"}:
        return Identity("ID_FQDN", chosen[1] or config.fqdn)
    if chosen[0] == "user-fqdn":
        return Identity("ID_USER_FQDN", chosen[1])
    return Identity("ID_IPV4_ADDR", local)


def matching_profile(config: RouterConfig, identity: Identity) -> str | None:
    """The first ISAKMP profile that accepts the identity."""
    for profile in config.isakmp_profiles:
        for kind, value in profile.identities:
            by_address = kind == "address" and identity.kind == "ID_IPV4_ADDR"
            by_name = kind == "host" and identity.kind == "ID_FQDN"
            if by_address and IPv4Address(identity.value) in IPv4Network(value):
                return profile.name
            if by_name and (value == identity.value or (value.startswith("*.") and identity.value.endswith(value[1:]))):
                return profile.name
    return None


def _describe(sa: Phase1, offer: P1Transform) -> None:
    sa.attribute(f"encryption {CIPHERS[offer.encryption]}")
    if offer.bits:
        sa.attribute(f"keylength of {offer.bits}")
    sa.attribute(f"hash {offer.hash.upper()}")
    sa.attribute(f"default group {offer.group}")
    sa.attribute(f"auth {AUTH_WORDS.get(offer.authentication, offer.authentication)}")
    sa.attribute("life type in seconds")
    if offer.lifetime > 0xFFFF:
        octets = " ".join(f"0x{(offer.lifetime >> shift) & 0xFF:X}" for shift in (24, 16, 8, 0))
        sa.attribute(f"life duration (VPI) of  {octets} ")
    else:
        sa.attribute(f"life duration (basic) of {offer.lifetime}")


def _difference(offer: P1Transform, policy: IsakmpPolicy, *, has_key: bool) -> str | None:
    """IOS's own sentence for the first attribute that differs; it looks at no further one."""
    if offer.encryption != policy.encryption:
        return "Encryption algorithm offered does not match policy!"
    if offer.bits != policy.key_bits:
        return "Proposed key length does not match policy"
    if offer.hash != policy.hash:
        return "Hash algorithm offered does not match policy!"
    if offer.group != policy.group:
        return "Diffie-Hellman group offered does not match policy!"
    if offer.authentication != policy.authentication:
        return "Authentication method offered does not match policy!"
    if offer.authentication == "pre-share" and not has_key:
        return "Preshared authentication offered but does not match policy!"
    return None


def _take(sa: Phase1, offer: P1Transform, lifetime: int) -> None:
    basic = offer.lifetime <= 0xFFFF
    sa.say(f"Acceptable atts:actual life: {offer.lifetime if basic and not sa.initiator else 0}")
    sa.say("Acceptable atts:life: 0")
    if basic:
        sa.say(f"Basic life_in_seconds:{offer.lifetime}")
    else:
        sa.say("Fill atts in sa vpi_length:4")
        sa.say(f"Fill atts in sa life_in_seconds:{offer.lifetime}")
    sa.say(f"Returning Actual lifetime: {lifetime}")
    colon = "" if sa.router.config.is_xe else ":"
    sa.say(f"{colon}Started lifetime timer: {lifetime}.\n")


def choose(sa: Phase1, offers: tuple[P1Transform, ...], *, has_key: bool) -> P1Transform | None:
    """The responder's walk (and the initiator's check of the one answer): each own policy against each offer, in order.

    The first pair that agrees wins; the shorter lifetime is used.
    """
    config = sa.router.config
    for policy in policies_of(config):
        for index, offer in enumerate(offers):
            sa.say(f"Checking ISAKMP transform {offer.number} against priority {policy.priority} policy")
            _describe(sa, offer)
            following = 3 if index + 1 < len(offers) else 0
            reason = _difference(offer, policy, has_key=has_key)
            if reason:
                sa.say(reason, error=True)
                sa.say(f"atts are not acceptable. Next payload is {following}", error=True)
                continue
            sa.say(f"atts are acceptable. Next payload is {following}")
            sa.lifetime = min(offer.lifetime, policy.lifetime)
            _take(sa, offer, sa.lifetime)
            return offer
    return None
