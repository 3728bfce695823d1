"""Fixtures of collect_sshd for every test here."""

from collect_sshd import host

__all__ = ["host"]
