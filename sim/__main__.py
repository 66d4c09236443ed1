"""``python -m sim`` is the command ``kezek``."""

from sim.cli import main

main()
