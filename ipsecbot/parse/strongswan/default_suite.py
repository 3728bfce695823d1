"""What charon proposes for IKE where nothing is configured: every algorithm of its loaded plugins that is strong enough.

The order is that in which the plugins register their algorithms: that of the load list but for what others depend on. Source:
"PluginList" and "IKEv2 Cipher Suites" of the strongSwan documentation;
tried against the default proposals that charon 5.9.8 logs at `cfg = 2` with four load lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

# plugin → what it registers, in order; `x<y`: needs y, which is loaded first from wherever it comes. `#`: a hash.
_AES_MODES = "aes aesctr"
_MODP = "modp3072 modp4096 modp6144 modp8192 modp2048"
_HMAC_PRF = "prfsha1<#sha1 prfsha256<#sha256 prfsha384<#sha384 prfsha512<#sha512"
_HMAC = "sha1<#sha1 sha256<#sha256 sha384<#sha384 sha512<#sha512"
_SHA2 = "#sha256 #sha384 #sha512"
PLUGINS: tuple[tuple[str, str], ...] = (
    ("aesni", f"{_AES_MODES} ccm8 ccm12 ccm16 gcm8 gcm12 gcm16 prfaesxcbc aesxcbc prfaescmac aescmac"),
    ("aes", "aes"),
    ("des", "3des"),
    ("sha1", "#sha1"),
    ("sha2", _SHA2),
    ("gcrypt", f"aesctr aes camelliactr camellia 3des #sha1 {_SHA2} {_MODP}"),
    (
        "openssl",
        f"{_AES_MODES} camellia camelliactr 3des #sha1 {_SHA2} prfsha1 prfsha256 prfsha384 prfsha512 sha1 sha256 sha384 sha512"
        f" gcm16 gcm12 gcm8 ccm16 ccm12 ccm8 chacha20poly1305 {_MODP} curve25519 curve448"
        " ecp256 ecp384 ecp521 ecp256bp ecp384bp ecp512bp",
    ),
    ("gmp", _MODP),
    ("curve25519", "curve25519"),
    ("chapoly", "chacha20poly1305"),
    ("xcbc", "prfaesxcbc<aes aesxcbc<aes"),
    ("cmac", "prfaescmac<aes aescmac<aes"),
    ("hmac", f"{_HMAC_PRF} {_HMAC}"),
    ("ctr", "aesctr<aes camelliactr<camellia"),
    ("ccm", "ccm8<aes ccm12<aes ccm16<aes camccm8<camellia camccm12<camellia camccm16<camellia"),
    ("gcm", "gcm8<aes gcm12<aes gcm16<aes"),
)
_NEEDED_FIRST = {"xcbc": "camellia", "cmac": "aes"}  # what a plugin asks for beside what it gives to IKE
OPENSSL = ("openssl",)  # what distributions have for all of this
_SIZES = ("128", "192", "256")
# Rounds of charon: strong algorithms first, then the weaker ones that are still proposed; the others never are.
_CRYPTERS = (("aes", "aesctr", "camellia", "camelliactr"), ("3des",))
_AEADS = (("gcm16", "ccm16", "camccm16", "chacha20poly1305"), ("gcm12", "gcm8", "ccm12", "ccm8", "camccm12", "camccm8"))
_SIGNERS = (("sha256", "sha384", "sha512"), ("aesxcbc", "aescmac", "sha1"))
_PRFS = (("prfsha256", "prfsha384", "prfsha512"), ("prfaesxcbc", "prfaescmac"), ("prfsha1",))
_CURVES = ("ecp256", "ecp384", "ecp521", "ecp256bp", "ecp384bp", "ecp512bp", "curve25519", "curve448")
_GROUPS = (_CURVES, ("modp3072", "modp4096", "modp6144", "modp8192"), ("modp2048",))
# Families of key lengths: how a keyword of each length is written.
_FAMILIES: tuple[tuple[str, str], ...] = (
    ("aes", "aes{}"),
    ("aesctr", "aes{}ctr"),
    ("camellia", "camellia{}"),
    ("camelliactr", "camellia{}ctr"),
    *((f"gcm{icv}", f"aes{{}}gcm{icv}") for icv in (8, 12, 16)),
    *((f"ccm{icv}", f"aes{{}}ccm{icv}") for icv in (8, 12, 16)),
    *((f"camccm{icv}", f"camellia{{}}ccm{icv}") for icv in (8, 12, 16)),
)


@lru_cache(maxsize=64)
def default_ike(plugins: tuple[str, ...] = OPENSSL) -> tuple[str, ...]:
    """The default IKE proposals with these plugins, in load order: classic ones, then AEAD; a kind without any is left out."""
    loaded = _loaded(plugins)
    prfs, groups = _rounds(loaded, _PRFS), _rounds(loaded, _GROUPS)
    crypters, aeads = _rounds(loaded, _CRYPTERS), _rounds(loaded, _AEADS)
    classic = [*crypters, *_rounds(loaded, _SIGNERS), *prfs, *groups] if crypters else []
    combined = [*aeads, *prfs, *groups] if aeads else []
    return tuple("-".join(words) for words in (classic, combined) if words)


def _rounds(loaded: tuple[str, ...], rounds: Iterable[tuple[str, ...]]) -> list[str]:
    return [keyword for strong in rounds for name in loaded if name in strong for keyword in _keywords(name)]


def _keywords(name: str) -> Iterator[str]:
    pattern = dict(_FAMILIES).get(name)
    yield from (pattern.format(size) for size in _SIZES) if pattern else (name,)


def _loaded(plugins: tuple[str, ...]) -> tuple[str, ...]:
    """The algorithms in the order in which they are registered."""
    given = [(name, dict(PLUGINS)[name].split()) for name in plugins if name in dict(PLUGINS)]
    here: dict[str, None] = {}

    def load(feature: str) -> bool:
        name, _, needed = feature.partition("<")
        if name in here:
            return True
        if needed and needed not in here:
            provider = next((one for _, features in given for one in features if one.partition("<")[0] == needed), None)
            if provider is None or not load(provider):
                return False
        here[name] = None
        return True

    for plugin, features in given:
        for feature in features:
            load(feature)
            asked = _NEEDED_FIRST.get(plugin)
            if asked is not None:
                load(f"_{plugin}<{asked}")
    return tuple(here)
