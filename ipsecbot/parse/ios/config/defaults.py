"""What a router has that its configuration does not show, by release.

Sources: "Configuring Internet Key Exchange for IPsec VPNs" (a policy without a line has DES, SHA, RSA signatures, group 1,
86400 seconds; from 12.4(20)T a router without any policy has the policies 65507 to 65514, before it the default protection
suite of the same values); "FlexVPN and Internet Key Exchange Version 2 Configuration Guide" ("IKEv2 Smart Defaults");
`show crypto ikev2 proposal default` of 15.x (groups 5 and 2), of IOS XE 16 (groups 19, 14, 21 and 5) and of IOS XE 17.11 and
later (AES-CBC-256, groups 19, 14 and 21); Field Notice 72510: from 17.11.1 on DES, 3DES, MD5 and the groups 1, 2, 5 and 24
are refused unless `crypto engine compliance shield disable` is configured.
"""

from __future__ import annotations

import re

Release = tuple[int, int] | None

ISAKMP_POLICY = {"encr": "des", "hash": "sha", "authentication": "rsa-sig", "group": "1", "lifetime": "86400"}
_WITHOUT_WEAK = (17, 11)
_WEAK = {"encr": ("des", "3des"), "hash": ("md5",), "group": ("1", "2", "5")}

# (priority, encryption, hash, authentication, group)
_ISAKMP_POLICIES = (
    (65507, "aes", "sha", "rsa-sig", "5"),
    (65508, "aes", "sha", "pre-share", "5"),
    (65509, "aes", "md5", "rsa-sig", "5"),
    (65510, "aes", "md5", "pre-share", "5"),
    (65511, "3des", "sha", "rsa-sig", "2"),
    (65512, "3des", "sha", "pre-share", "2"),
    (65513, "3des", "md5", "rsa-sig", "2"),
    (65514, "3des", "md5", "pre-share", "2"),
)
# 12.4(20)T, which the configuration's `version 12.4` does not tell from 12.4 mainline
_FIRST_WITH_EIGHT, _FIRST_REBUILD_WITH_EIGHT = (12, 4), 20
_PROTECTION_SUITE = 65535

# (first release, encryption, integrity, group), newest first
_IKEV2_PROPOSALS = (
    ((17, 11), "aes-cbc-256", "sha512 sha384", "19 14 21"),
    ((16, 0), "aes-cbc-256 aes-cbc-192 aes-cbc-128", "sha512 sha384", "19 14 21 5"),
    ((0, 0), "aes-cbc-256 aes-cbc-192 aes-cbc-128", "sha512 sha384 sha256 sha1 md5", "5 2"),
)
_USUAL_RELEASE = (16, 0)  # what an excerpt without its release is taken for

IPSEC_SECONDS, IPSEC_KILOBYTES = 3600, 4608000  # Command Reference, `crypto ipsec security-association lifetime`
# Without a transform set of its own a profile uses the default ones, AES before 3DES, in transport mode.
TRANSFORM_SETS = (("default", "esp-aes", "esp-sha-hmac"), ("default_0", "esp-3des", "esp-sha-hmac"))
DEFAULT = "default"  # the name of the smart defaults: transform set, IPsec profile, IKEv2 policy and proposal


def removes_weak(release: Release, *, shield_disabled: bool) -> bool:
    """Whether this router refuses the algorithms of Field Notice 72510."""
    return release is not None and release >= _WITHOUT_WEAK and not shield_disabled


def is_removed(key: str, words: str) -> bool:
    return words in _WEAK.get(key, ())


def isakmp_policies(release: Release, image: str, *, weak_removed: bool) -> tuple[tuple[int, dict[str, str]], ...] | None:
    """Priority and words of the policies of a router that has none of its own; None when the release does not tell.

    `image`: the whole name of the release as `show version` has it (`12.4(24)T3`), empty where that was not seen.
    """
    if weak_removed or (release == _FIRST_WITH_EIGHT and not image):
        return None
    technology = re.match(r"12\.4\((\d+)\w*\)T", image)
    has_eight = technology is not None and int(technology[1]) >= _FIRST_REBUILD_WITH_EIGHT
    if release is not None and release <= _FIRST_WITH_EIGHT and not has_eight:
        return ((_PROTECTION_SUITE, ISAKMP_POLICY),)
    keys = ("encr", "hash", "authentication", "group")
    return tuple((number, {**ISAKMP_POLICY, **dict(zip(keys, words, strict=True))}) for number, *words in _ISAKMP_POLICIES)


def ikev2_proposal(release: Release) -> dict[str, str]:
    """The lines of the smart default; an unknown release is taken for IOS XE 16."""
    known = release or _USUAL_RELEASE
    _, encryption, integrity, group = next(row for row in _IKEV2_PROPOSALS if known >= row[0])
    return {"encryption": encryption, "integrity": integrity, "group": group}
