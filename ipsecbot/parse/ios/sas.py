"""What exists on an IOS router, read from its `show crypto …` output: the readers, by the name of what they answer."""

from ipsecbot.parse.ios.child_sas import read_ipsec_sas
from ipsecbot.parse.ios.ike_sas import SessionView, read_ikev2_sas, read_ikev2_sessions, read_isakmp_sas
from ipsecbot.parse.ios.sessions import read_sessions

__all__ = ["SessionView", "read_ikev2_sas", "read_ikev2_sessions", "read_ipsec_sas", "read_isakmp_sas", "read_sessions"]
