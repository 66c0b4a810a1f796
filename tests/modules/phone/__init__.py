"""The phone module."""
