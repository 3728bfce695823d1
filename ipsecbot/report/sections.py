"""Section headings, shared by every renderer."""

from __future__ import annotations

SECTIONS = {
    "candidates": "What it could be",
    "ladder": "What happened on the wire",
    "settled": "What was decided",
    "state": "What exists",
    "comparison": "What both ends want",
    "choices": "Which proposal was chosen, and why",
    "related": "Configuration behind each message",
    "evidence": "Evidence",
    "remedy": "Remedy",
    "bystanders": "Also in the text",
    "differences": "Differences",
    "doubts": "What stays open",
    "agreeing": "Agree",
    "unpaired": "Without a partner on the other side",
    "cautions": "Works, and is better changed",
    "missing": "What to collect next",
    "gaps": "What could not be read",
    "notes": "What was done",
}
