"""What keeps programs from sending forms, without asking any foreign service."""
