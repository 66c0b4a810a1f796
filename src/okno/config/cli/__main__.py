"""`python -m okno.config.cli`, which the launcher calls."""

from __future__ import annotations

import sys

from okno.config.cli import main

sys.exit(main())
