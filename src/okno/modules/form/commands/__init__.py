"""What changes forms and what comes by them."""
