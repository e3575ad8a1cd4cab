#!/usr/bin/env python3
"""Entry point. Works on a bare Python: `demo` and `test` install what they need (portal/bootstrap.py)."""

import os
import sys


def main() -> None:
    from portal import bootstrap

    bootstrap.prepare(sys.argv[1] if len(sys.argv) > 1 else "help")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("已停止。再运行一次同样的命令就会接着做。")
