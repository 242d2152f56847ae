#!/usr/bin/env python3
"""The commands of Meridian: ``manage.py help`` lists them.

A command uses the database that ``manage.py up`` started, or starts it for its own duration.
"""

from __future__ import annotations

import os
import sys

# These need no database of their own. `up` starts the servers itself, to show their progress; `tour` and `shots` are of use
# on what it runs only, and say so when nothing does. `bench` starts servers of its own.
WITHOUT_DATABASE = {
    "help",
    "version",
    "--version",
    "up",
    "tour",
    "shots",
    "bench",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "startapp",
    "evaluate_hours",
}


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the friendlier message
    except ImportError:
        sys.exit("Django is not installed for this Python. Run 'make run' once, then use .venv/bin/python manage.py.")
    from retail import embedded  # noqa: PLC0415  (it sets the environment that Django reads)

    # `runserver` restarts itself as a child process; the child finds the servers of its parent running.
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_DATABASE and not {"-h", "--help"} & set(sys.argv[2:]):
        try:
            embedded.ensure_for_this_process()
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
