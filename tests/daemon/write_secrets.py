"""ipsec.secrets files from a seed, with the mistakes at which charon stops reading."""

from __future__ import annotations

from random import Random

from swanctl_keys import IDENTITIES

_OWNERS = tuple(one for one in IDENTITIES if one and '"' not in one)
_SECRETS = ("<secret:0123456789ab>", '"<secret:0123456789ab>"', "<secret:unknown>", "'<secret:0123456789ab>'")
_LINES = (
    *(": PSK <secret:0123456789ab>", "moon: PSK <secret:0123456789ab>", "moon :PSK <secret:0123456789ab>", "# nothing", ""),
    *(
        "moon : psk <secret:0123456789ab>",
        "\t: PSK <secret:0123456789ab>",
        "moon\t:\tPSK\t<secret:0123456789ab>",
        ": RSA no.pem",
    ),
    *(
        "moon : PSK",
        'moon : PSK "<secret:0123456789ab>',
        "moon : PSK # none",
        "moon : SHARED <secret:0123456789ab>",
        "moon",
        ":",
    ),
    *("include ipsec.d/*.secrets", "  # indented", "moon : PSK\t<secret:0123456789ab>", "a : b : PSK <secret:0123456789ab>"),
)


def write_secrets(seed: int) -> str:
    """One file; every secret is a fingerprint already."""
    random = Random(seed)
    lines = []
    for _ in range(random.randrange(1, 8)):
        if random.random() < 0.15:
            lines.append(random.choice(_LINES))
            continue
        owners = " ".join(_quoted(random, random.choice(_OWNERS)) for _ in range(random.randrange(4)))
        kind = random.choice(("PSK", "PSK", "EAP", "XAUTH", "NTLM"))
        blank = random.choice((" ", " ", "  "))
        lines.append(f"{owners} :{blank}{kind}{blank}{random.choice(_SECRETS)}{random.choice(('', '', '  # why'))}")
    return "\n".join(lines) + random.choice(("\n", "", "\r\n"))


def _quoted(random: Random, owner: str) -> str:
    return f'"{owner}"' if " " in owner or random.random() < 0.2 else owner
