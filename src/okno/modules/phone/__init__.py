"""The phone log: calls become tickets while they are spoken."""
