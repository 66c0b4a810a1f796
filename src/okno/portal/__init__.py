"""The requesters' interface; for now one page, opened by the signed link in our mails."""
