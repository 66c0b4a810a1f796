"""The pages: for senders (`sending`, `confirming`), for agents (`waiting`), for whoever sets forms up (`editing`)."""
