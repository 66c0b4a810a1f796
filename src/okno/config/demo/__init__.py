"""The demo desk: a believable company of requesters and about 300 tickets, the same for the same moment."""
