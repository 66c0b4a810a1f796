"""What callers get, and how it is made of rows."""
