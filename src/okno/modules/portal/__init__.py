"""The requesters' portal: sign-in by a link in a mail, own requests, new ones."""
