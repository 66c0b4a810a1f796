"""Webhooks: events on their way to other people's servers, signed, and repeated until they have arrived."""
