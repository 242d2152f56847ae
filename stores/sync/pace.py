"""How long to wait after a failure, and when an account rests. Pure arithmetic in seconds."""

from __future__ import annotations

import random

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
# A shop that has been down for an hour is asked less often, but never given up.
TIRED_AFTER_ATTEMPTS = 60
TIRED_WAIT = 300.0

BREAKER_OPENS_AT = 5
BREAKER_FIRST_REST = 5.0
BREAKER_LONGEST_REST = 30.0


def wait_after(attempts: int, retry_after: float | None = None, *, chance: float | None = None) -> float:
    """Seconds until the next try: full jitter over a doubling base, but never before the platform said.

    ``attempts`` counts the tries so far, ``chance`` (0 to 1) replaces the dice in tests.
    """
    longest = TIRED_WAIT if attempts > TIRED_AFTER_ATTEMPTS else LONGEST_WAIT
    ceiling = min(longest, FIRST_WAIT * 2.0 ** min(attempts, 16))
    # Never zero: a retry at once is a second failure of the same moment.
    jittered = max(0.2, ceiling * (random.random() if chance is None else chance))
    return max(jittered, retry_after or 0.0)


def rest_after(failures: int) -> float | None:
    """How long an account rests after this many failures in a row; None while it is still trusted."""
    if failures < BREAKER_OPENS_AT:
        return None
    return min(BREAKER_LONGEST_REST, BREAKER_FIRST_REST * 2.0 ** min(failures - BREAKER_OPENS_AT, 10))
