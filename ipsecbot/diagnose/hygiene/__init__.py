"""What works and should not stay: choices that stop nothing and deserve a second look, apart from every fault.

Sources: RFC 8247 (sections 2.1 to 2.4 and 3.2) and RFC 8221 (sections 5 and 6) for algorithms, RFC 9395 for the end of IKEv1,
RFC 2409 sections 5.4 and 5.5 for aggressive mode and forward secrecy in IKEv1, RFC 3706 for dead peers in IKEv1, RFC 7296
sections 1.3, 2.4, 2.8 and 2.15 for forward secrecy, liveness, rekeying and shared keys, NIST SP 800-77r1, ipsec.conf(5),
swanctl.conf(5), strongswan.conf(5).
"""

from ipsecbot.diagnose.hygiene.looks import hygiene
from ipsecbot.diagnose.hygiene.together import rekey_together

__all__ = ["hygiene", "rekey_together"]
