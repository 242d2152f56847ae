"""From HTTP to one of seven words. A success that does not prove itself is a doubt, never a success."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from stores.connectors.contract import Answer
from stores.values.guarded import Reply, Unanswered

# A platform that asks for a day is mistaken or broken; a person is told long before.
LONGEST_WAIT = 900.0
LONGEST_ERROR = 500


def retry_after(text: str | None, *, now: datetime | None = None) -> float | None:
    """``Retry-After`` in seconds, from seconds or an HTTP date; None when absent or unreadable, clamped to 15 minutes."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            then = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (then.replace(tzinfo=then.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds()
    if seconds != seconds:  # NaN  # noqa: PLR0124  (only NaN differs from itself)
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def failed(reply: Reply | Unanswered, *, writing: bool) -> Answer | None:  # noqa: PLR0911  (one line per kind of status)
    """The answer when the call did not plainly succeed; None for a 2xx whose body the connector must still believe."""
    if isinstance(reply, Unanswered):
        # A call that never left cannot have been applied; one that was cut off may have been.
        kind = "ambiguous" if writing and reply.was_sent else "retry"
        return Answer(kind=kind, error=reply.reason)  # type: ignore[arg-type]  # one of two words of the seven
    status, words = reply.status, channels_words(reply)
    wait = retry_after(reply.headers.get("retry-after"))
    match status:
        case 200 | 201 | 204:
            return None
        case 401 | 403:
            return Answer(kind="auth_lost", status=status, error=words)
        case 404 | 410:
            return Answer(kind="gone", status=status, error=words)
        case 409 | 412 | 428:
            return Answer(kind="conflict", status=status, error=words)
        case 429:
            return Answer(kind="retry", status=status, error=words, retry_after=1.0 if wait is None else wait)
        case 400 | 413 | 422:
            # A question carries no content that could be refused.
            return Answer(kind="rejected" if writing else "retry", status=status, error=words)
        case _:
            # Server errors and redirects: a gateway in between may have passed the write on.
            return Answer(kind="ambiguous" if writing else "retry", status=status, error=words, retry_after=wait)


def doubtful(reply: Reply, *, writing: bool, reason: str) -> Answer:
    """A 2xx that proves nothing: HTML, cut JSON, an error in the body, somebody else's object."""
    return Answer(
        kind="ambiguous" if writing else "retry", status=reply.status, error=f"{reason}: {channels_words(reply)}"
    )


def read_json(reply: Reply) -> dict[str, Any] | None:
    """The body as a JSON object; None when it is anything else, or says ``error``."""
    try:
        data = json.loads(reply.body)
    except ValueError:
        return None
    if not isinstance(data, dict) or "error" in data or "errors" in data:
        return None
    return data


def channels_words(reply: Reply) -> str:
    """What the platform said, short enough for a person: field errors first, else the body's beginning."""
    try:
        data = json.loads(reply.body)
    except ValueError:
        data = None
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        said = "; ".join(
            f"{item.get('field', '')}: {item.get('message', '')}".strip(": ")
            for item in data["errors"]
            if isinstance(item, dict)
        )
    elif isinstance(data, dict):
        said = str(data.get("message") or data.get("error") or data.get("detail") or "")
    else:
        said = " ".join(reply.body.decode("utf-8", "replace").split())
    return f"{reply.status} {said}".strip()[:LONGEST_ERROR]
