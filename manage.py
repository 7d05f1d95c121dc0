#!/usr/bin/env python
"""Django's command line: migrations run as the owner of the tables, everything else as the app role."""

import os
import sys

OWNER_COMMANDS = {"migrate", "sqlmigrate"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    from django.core.management import execute_from_command_line

    arguments = list(sys.argv)
    if len(arguments) > 1 and arguments[1] in OWNER_COMMANDS and not any(a.startswith("--database") for a in arguments):
        arguments.append("--database=owner")
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main()
