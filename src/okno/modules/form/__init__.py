"""The web form: requests from any site, without an account."""
