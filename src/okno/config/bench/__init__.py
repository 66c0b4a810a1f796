"""Measure Okno as people meet it: whole processes, real sockets, a throw-away desk of its own."""
