"""The sheet of components at `/_ui/`: for developers (with OKNO_DEBUG) and for the tests of the islands."""
