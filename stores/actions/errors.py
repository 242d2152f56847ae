"""What an action says when it will not do what it was asked."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  (reads as what happened: the action was refused)
    """The request is understood and not allowed as things stand. The message is for the person who asked.

    Args:
        message: one or two sentences, saying what to do instead where that is known.
        code: a stable word for programs, such as ``four_eyes``.
    """

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class NotFound(Refused):
    """The object does not exist, or not for this actor: the two are never told apart."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.", code="not_found")
