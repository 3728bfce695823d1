"""Celery application and tasks; imports ipsecbot, never the reverse."""
