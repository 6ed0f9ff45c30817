"""granian, with the site loaded before its workers part, so that they share the memory its code takes.

`python -m meducation.preloaded <granian's arguments> <module:application>`; meducation/serve.py says which arguments.
"""

import gc
import importlib
import sys

from granian.cli import entrypoint


def main() -> None:
    """Load the application, then be granian. Where workers are not forked, each loads the application for itself."""
    importlib.import_module(sys.argv[-1].partition(":")[0])
    # What is loaded now stays for good. Set aside, the collector does not write into its pages, which would copy them.
    gc.collect()
    gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call]  # granian's command line comes without types


if __name__ == "__main__":
    main()
