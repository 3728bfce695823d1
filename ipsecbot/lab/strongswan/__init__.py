"""Real strongSwan pairs in namespaces of their own, each with a real charon and a real sshd.

`pair.StrongswanPair` is the way in, `requirements.requirements` says what this machine lacks for it, `run` is what
`ipsecbot lab strongswan` calls.
"""

from ipsecbot.lab.strongswan.standing import run

__all__ = ["run"]
