"""The agents' interface: pages that parse, call one command or query, and answer."""
