"""The command line program, as `wirecopy` and as `python -m wirecopy`."""

import sys

from . import _wirecopy


def main() -> None:
    """Runs the program with the arguments of the process."""
    try:
        status = _wirecopy.main(["wirecopy", *sys.argv[1:]], sys.stdout is None)
    except KeyboardInterrupt:
        # The program has ended the run and said so.
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
