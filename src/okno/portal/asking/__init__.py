"""Asking a requester what a request type wants to know; the web form and the portal both do it with this."""
