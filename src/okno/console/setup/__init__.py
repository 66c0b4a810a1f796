"""The guide through the first settings: short pages, each of which may be skipped and come back to."""
