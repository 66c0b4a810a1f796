"""House rules that no ready-made linter knows; each has a test in `tests/tools/test_lint.py`."""
