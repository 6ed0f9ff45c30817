#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import sys


def main() -> None:
    """Run administrative tasks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meducation.settings")
    from django.core.management import execute_from_command_line

    from meducation.lib.env import EnvError

    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        sys.exit(f"Meducation cannot start: {error}")


if __name__ == "__main__":
    main()
