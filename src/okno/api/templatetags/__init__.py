"""What the page of the API needs to write words."""
