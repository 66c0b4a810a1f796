"""Pages of the documentation that are made from the code: settings, commands, search words, API operations."""
