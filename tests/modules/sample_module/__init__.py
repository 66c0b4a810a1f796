"""A module that only the tests install: stickers on tickets. It brings one of everything that a module may bring."""
