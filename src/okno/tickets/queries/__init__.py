"""What screens and the API read, already prefetched and with a fixed number of queries."""
