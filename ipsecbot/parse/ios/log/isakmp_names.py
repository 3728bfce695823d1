"""Which message of main, aggressive and quick mode a packet is, by the words that IOS prints with it."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.exchange import ExchangeType

_MAIN, _AGGRESSIVE = ExchangeType.MAIN, ExchangeType.AGGRESSIVE
_INFO = ExchangeType.INFORMATIONAL_V1


@dataclass(frozen=True, slots=True)
class Named:
    exchange: ExchangeType | None
    name: str | None


# (sent or received, role letter, state word printed with the packet) → message. MM_KEY_EXCH of the responder is told
# by what was sent before.
WIRE_NAMES: dict[tuple[str, str, str], Named] = {
    ("sent", "I", "MM_NO_STATE"): Named(_MAIN, "MM1"),
    ("received", "I", "MM_NO_STATE"): Named(_MAIN, "MM2"),
    ("sent", "I", "MM_SA_SETUP"): Named(_MAIN, "MM3"),
    ("received", "I", "MM_SA_SETUP"): Named(_MAIN, "MM4"),
    ("sent", "I", "MM_KEY_EXCH"): Named(_MAIN, "MM5"),
    ("received", "I", "MM_KEY_EXCH"): Named(_MAIN, "MM6"),
    ("received", "N", "NEW"): Named(None, None),
    ("sent", "R", "MM_SA_SETUP"): Named(_MAIN, "MM2"),
    ("received", "R", "MM_SA_SETUP"): Named(_MAIN, "MM3"),
    ("sent", "R", "MM_KEY_EXCH"): Named(_MAIN, "MM4"),
    ("received", "R", "MM_KEY_EXCH"): Named(_MAIN, "MM5"),
    ("received", "R", "MM_NO_STATE"): Named(_MAIN, "MM1"),
    ("sent", "R", "MM_NO_STATE"): Named(_INFO, None),
    ("sent", "I", "AG_NO_STATE"): Named(_AGGRESSIVE, "AM1"),
    ("sent", "I", "AG_INIT_EXCH"): Named(_AGGRESSIVE, "AM1"),
    ("received", "I", "AG_INIT_EXCH"): Named(_AGGRESSIVE, "AM2"),
    ("received", "I", "AG_NO_STATE"): Named(_AGGRESSIVE, "AM2"),
    ("sent", "I", "AG_AUTH"): Named(_AGGRESSIVE, "AM3"),
    ("sent", "R", "AG_INIT_EXCH"): Named(_AGGRESSIVE, "AM2"),
    ("sent", "R", "AG_NO_STATE"): Named(_INFO, None),
    ("received", "R", "AG_INIT_EXCH"): Named(_AGGRESSIVE, "AM3"),
    ("received", "R", "AG_NO_STATE"): Named(_AGGRESSIVE, "AM1"),
}

# New state of the machine → what the transition says went over the wire.
STATE_NAMES: dict[str, tuple[str, str]] = {
    "IKE_I_MM1": ("sent", "MM1"),
    "IKE_I_MM2": ("received", "MM2"),
    "IKE_I_MM3": ("sent", "MM3"),
    "IKE_I_MM4": ("received", "MM4"),
    "IKE_I_MM5": ("sent", "MM5"),
    "IKE_I_MM6": ("received", "MM6"),
    "IKE_R_MM1": ("received", "MM1"),
    "IKE_R_MM2": ("sent", "MM2"),
    "IKE_R_MM3": ("received", "MM3"),
    "IKE_R_MM4": ("sent", "MM4"),
    "IKE_R_MM5": ("received", "MM5"),
    "IKE_I_AM1": ("sent", "AM1"),
    "IKE_R_AM2": ("sent", "AM2"),
}
# The same for a transition that ends phase 1 or moves a quick mode.
TRANSITION_NAMES: dict[tuple[str, str], tuple[str, str]] = {
    ("IKE_R_MM5", "IKE_P1_COMPLETE"): ("sent", "MM6"),
    ("IKE_I_AM1", "IKE_P1_COMPLETE"): ("sent", "AM3"),
    ("IKE_R_AM2", "IKE_P1_COMPLETE"): ("received", "AM3"),
    ("IKE_QM_READY", "IKE_QM_I_QM1"): ("sent", "QM1"),
    ("IKE_QM_READY", "IKE_QM_SPI_STARVE"): ("received", "QM1"),
    ("IKE_QM_SPI_STARVE", "IKE_QM_R_QM2"): ("sent", "QM2"),
    ("IKE_QM_IPSEC_INSTALL_AWAIT", "IKE_QM_R_QM2"): ("sent", "QM2"),
    ("IKE_QM_I_QM1", "IKE_QM_IPSEC_INSTALL_AWAIT"): ("received", "QM2"),
    ("IKE_QM_I_QM1", "IKE_QM_PHASE2_COMPLETE"): ("sent", "QM3"),
    ("IKE_QM_IPSEC_INSTALL_AWAIT", "IKE_QM_PHASE2_COMPLETE"): ("sent", "QM3"),
    ("IKE_QM_R_QM2", "IKE_QM_PHASE2_COMPLETE"): ("received", "QM3"),
}
