"""Changes to who works here and with what."""
