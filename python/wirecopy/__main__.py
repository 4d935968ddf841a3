"""The command line program, as `wirecopy` and as `python -m wirecopy`."""

import sys

from . import _wirecopy


def main() -> None:
    """Runs the program with the arguments of the process."""
    sys.exit(_wirecopy.main(["wirecopy", *sys.argv[1:]], sys.stdout is None))


if __name__ == "__main__":
    main()
