#!/usr/bin/env python3
"""Entry point. `demo` and `test` also work on a bare Python: see portal/bootstrap.py."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] in (["demo"], ["test"]):
        from portal import bootstrap

        bootstrap.prepare(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
