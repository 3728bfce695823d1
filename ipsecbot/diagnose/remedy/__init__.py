"""What to type on each end: a change planned on the model, tried in replay, then written in the device's own syntax."""

from __future__ import annotations

from ipsecbot.diagnose.remedy.remedies import remedies

__all__ = ["remedies"]
