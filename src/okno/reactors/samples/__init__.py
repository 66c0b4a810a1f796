"""Sample data: a small believable desk to look at, that goes again without a trace."""
