"""What an end would ask for, before it has asked: IOS prints IPSEC(sa_request) when a packet wants an SA."""

from __future__ import annotations

from told_events import as_text, lines, told

from ipsecbot.ladder.climb import climb
from ipsecbot.model.sa import Role


def test_a_wish_for_a_child_is_no_quick_mode() -> None:
    """A main mode that dies unanswered stays unanswered, although a packet asks for a CHILD_SA before and under it."""
    text = """
        [sa-1] * configured protocol=ESP
        [sa-1] * selectors-configured
        [sa-1] * started exchange=MAIN
        [sa-1] --> MAIN
        [sa-1] * configured protocol=ESP
        [sa-1] * selectors-configured
        [sa-1] * retransmitted exchange=MAIN
        [sa-1] * gave-up exchange=MAIN
        [sa-1] * deleted protocol=IKE
    """
    assert as_text(climb(told(text, ike_version=1, role=Role.INITIATOR))) == lines(
        """
        west main initiator: no-answer at MM1
        --> MM1 x2
        """
    )
