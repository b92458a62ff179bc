"""``python -m pipeline``: everything is in `pipeline.cli`, so that workers never need this module."""

import sys

from pipeline.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
