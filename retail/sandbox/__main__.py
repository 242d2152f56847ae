"""``python -m retail.sandbox``: serves the shops until it is told to stop."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from retail.sandbox.shops import Shops
from retail.sandbox.web import application

REPOSITORY = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Where the shops keep their state."""
    return Path(os.environ.get("MERIDIAN_VAR") or REPOSITORY / "var").resolve() / "sandbox"


async def serve(shops: Shops, port: int) -> None:
    """Listens on loopback until SIGINT or SIGTERM; open connections get a moment to finish."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    # A handler ends with its caller: a hanging shop holds no connection whose other side has left.
    # Bodies stay as they came: one that says it is compressed is not JSON, and a small one cannot unpack into a large one.
    runner = web.AppRunner(
        application(shops), access_log=None, handler_cancellation=True, shutdown_timeout=2.0, auto_decompress=False
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, backlog=512).start()
        print(f"Sandbox shops: http://127.0.0.1:{port}/", flush=True)
        await stopped.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Returns the exit code: 0 after a clean stop, 1 with a sentence when it could not start."""
    port = int(os.environ.get("SANDBOX_PORT") or 8100)
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Faults and settings are kept in memory as well: two processes over one file would not see each other's.
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Sandbox shops run already over {home}.", file=sys.stderr)
            return 1
        shops = Shops(home)
        try:
            asyncio.run(serve(shops, port))
        except OSError as error:
            print(f"Sandbox shops cannot listen on port {port} (SANDBOX_PORT): {error.strerror}.", file=sys.stderr)
            return 1
        finally:
            shops.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
