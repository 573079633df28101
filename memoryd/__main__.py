"""`python -m memoryd` is `memoryd`."""

from memoryd.faces.cli import main

main()
