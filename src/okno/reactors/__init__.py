"""What reacts to what happened: mail in and out, notifications, live updates."""
