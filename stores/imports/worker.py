"""A process of ``stores.imports.pool``: takes a recipe, then rows, and answers with lines of COPY until its pipe is closed."""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection

from stores.imports.pool import Recipe


def serve(pipe: Connection) -> None:
    """Parse what comes through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer, and it ends its processes
    try:
        recipe: Recipe = pipe.recv()
        while True:
            pipe.send_bytes(recipe.lines(pipe.recv()))
    except (EOFError, ConnectionError):
        return  # whoever wanted this is done, or was killed


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
