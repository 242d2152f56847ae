"""What an import says when it cannot go on."""

from __future__ import annotations


class ImportRefused(Exception):  # noqa: N818  (reads as what happened: the file was refused)
    """The file, the mapping or the database does not allow the import. Nothing was written.

    The message is one line for the person who started the import: what is wrong, where, and what to do about it.
    """
