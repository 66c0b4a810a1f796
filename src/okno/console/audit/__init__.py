"""The audit: every event in words, filtered and as a file. It only reads; nothing here changes or deletes."""
