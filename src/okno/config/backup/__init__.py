"""Backups: the whole installation in one file, checked as it is made, and the way back."""
