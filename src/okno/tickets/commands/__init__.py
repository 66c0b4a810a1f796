"""Every change of a ticket: one verb, one function.

Each takes `actor` and `now`, gets its ticket through the access gate, locks it, writes, and emits an event.
"""
