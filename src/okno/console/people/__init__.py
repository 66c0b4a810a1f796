"""People in the console: contacts, organizations, merging, tables that come in and go out."""
