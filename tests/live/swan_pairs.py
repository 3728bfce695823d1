"""Healthy left ends, in several styles; `mirrored()` gives the right end of each."""

from __future__ import annotations

from dataclasses import replace

from swan_confs import AGGRESSIVE_PSK, SECRET, Child, End

V2 = End()
"""IKEv2, no identities written: the addresses are the identities."""

V1 = End(version=1, name="old-site", ike="aes128-sha1-modp1536", children=(Child("lan", esp="aes128-sha1"),))
"""IKEv1 main mode."""

NAMED = End(
    name="branch",
    ike="aes128-sha256-ecp256, aes256-sha256-modp2048",
    local_id="hq.example.org",
    remote_id="branch.example.org",
    secrets=((("hq.example.org", "branch.example.org"), SECRET),),
    children=(Child("data", esp="aes256gcm16, aes128-sha256"),),
)
"""IKEv2 with names as identities and several proposals."""

AEAD = End(
    name="gcm",
    ike="aes256gcm16-prfsha384-ecp384",
    local_id="left@lab.example",
    remote_id="right@lab.example",
    secrets=((("left@lab.example", "right@lab.example"), SECRET),),
    children=(Child("gcm", esp="aes256gcm16"),),
)
"""IKEv2 with combined-mode ciphers and mail addresses as identities."""

AGGRESSIVE = End(
    version=1,
    aggressive=True,
    name="roadside",
    ike="aes256-sha1-modp1024",
    local_id="left.lab",
    remote_id="right.lab",
    secrets=((("left.lab", "right.lab"), SECRET),),
    children=(Child("road", esp="aes256-sha1"),),
    options=(AGGRESSIVE_PSK,),
)
"""IKEv1 aggressive mode."""

HOSTS = replace(V1, name="gre-peer").with_child(name="gre", local_ts="192.0.2.1[gre]", remote_ts="192.0.2.2[gre]")
"""IKEv1 that protects GRE between the two hosts themselves."""
