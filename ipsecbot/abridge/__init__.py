"""Texts too long to be read as one: what tells nothing is left behind, and of what was negotiated often the latest is kept."""
