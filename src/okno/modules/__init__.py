"""Parts of Okno that a workspace switches on: one folder each, known to the rest by its manifest only."""
