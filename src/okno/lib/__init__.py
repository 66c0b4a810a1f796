"""Pure building blocks without words of the domain."""
