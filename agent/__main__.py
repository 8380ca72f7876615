"""``python -m agent`` is the same program as ``tokenwise``."""

import sys

from agent.cli.main import main

sys.exit(main())
