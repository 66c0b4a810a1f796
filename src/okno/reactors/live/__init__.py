"""Live updates: what happened is told to the browsers of those who may know it, within a second or two."""
