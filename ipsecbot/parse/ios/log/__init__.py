"""IOS debugs, event traces and syslog → LogEvents (model/exchange.py)."""

from __future__ import annotations

from collections.abc import Callable

from ipsecbot.model.exchange import LogEvent
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.collector import uncollected
from ipsecbot.parse.ios.log.ikev2 import Ikev2
from ipsecbot.parse.ios.log.isakmp import Isakmp
from ipsecbot.parse.ios.log.journal import Journal
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.records import read_records
from ipsecbot.parse.ios.log.syslog import Syslog
from ipsecbot.parse.ios.log.talks import Talks
from ipsecbot.parse.ios.trace import IpsecTrace
from ipsecbot.parse.read import Parsed

__all__ = ["read_events"]

# Messages that older releases print without a tag of their own.
_UNTAGGED_IPSEC = ("Crypto mapdb", "map_db", "(ipsec_process_proposal)")
_UNTAGGED_ISAKMP = ("insert sa successfully", "ins.ert sa successfully")


@uncollected
def read_events(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """Every event in `debug crypto isakmp|ipsec|ikev2`, the event traces and syslog, in the order of the text.

    Whatever else the text holds (prompts, show output, messages of other facilities) is passed over. A line that is
    IKE's or IPsec's and not known becomes a gap, one for each shape of line. Never raises on odd input. `context` is the
    connection number (`1013`), or `sa-67EE64F4` while IOS has given none, or `session:sa` for IKEv2; one negotiation keeps one
    context from its first event to its last. Linear in the length of the text.
    """
    journal = Journal(output, device)
    talks = Talks(journal)
    isakmp, ikev2, syslog = Isakmp(journal, talks), Ikev2(journal), Syslog(journal, talks)
    trace = IpsecTrace(journal)
    readers = _Readers(isakmp, ikev2, syslog)
    for record in read_records(output):
        if not (readers[record.tag](record) if record.tag else trace.read(record) or _read_untagged(record, isakmp)):
            journal.gap(record, "unknown IKE or IPsec message")
    return Parsed(*journal.finish())


class _Readers(dict[str, Callable[[Record], bool]]):
    """Who reads the records of a tag; each tag is looked at once."""

    def __init__(self, isakmp: Isakmp, ikev2: Ikev2, syslog: Syslog) -> None:
        super().__init__()
        self._of = isakmp, ikev2, syslog

    def __missing__(self, tag: str) -> Callable[[Record], bool]:
        isakmp, ikev2, syslog = self._of
        read = syslog.read
        if tag == "IPSEC":
            read = isakmp.read_ipsec
        elif tag.startswith("ISAKMP"):
            read = isakmp.read
            isakmp.journal.saw_ike = True
        elif tag.startswith(("IKEv2", "KEv2", "SA ID")):
            read = ikev2.read
        self[tag] = read
        return read


def _read_untagged(record: Record, isakmp: Isakmp) -> bool:
    if record.body.startswith(_UNTAGGED_IPSEC):
        return isakmp.read_ipsec(record)
    if record.body.startswith(_UNTAGGED_ISAKMP):
        return isakmp.read(record)
    return True
