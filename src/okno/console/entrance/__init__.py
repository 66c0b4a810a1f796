"""How people come in for the first time: the first administrator, and whoever was invited."""
