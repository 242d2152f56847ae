"""How a row's store is reached: phone, email and website, each left out with a warning when it is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stores.values.phones import PhoneNotUnderstood, parse_phone

if TYPE_CHECKING:
    from stores.imports.parse import Reader

LONGEST_EMAIL = 254
LONGEST_URL = 500
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_WEBSITE = re.compile(r"https?://[^\s/?#]+\.[^\s]+|https?://localhost\S*", re.IGNORECASE)
_BARE_WEBSITE = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)


def read_contact(reader: Reader, market: str) -> None:
    """Set what of the three the row has."""
    record = reader.record
    if "phone" in reader.rules.fields:
        try:
            phone = parse_phone(reader.text("phone"), market)
        except PhoneNotUnderstood as error:
            reader.warn("phone", f"not understood as a phone number: {error}")
        else:
            record.given.add("phone")
            record.phone = phone.e164 if phone else ""
            if phone and phone.note:
                reader.warn("phone", phone.note)
    if "email" in reader.rules.fields:
        email = reader.text("email")
        if email and (len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email)):
            reader.warn("email", "not an email address; left out")
        else:
            record.email = email
            record.given.add("email")
    if "website" in reader.rules.fields:
        website = reader.text("website")
        address = _web_address(website)
        if website and not address:
            reader.warn("website", "not a web address; left out")
        else:
            record.website = address
            record.given.add("website")


def _web_address(text: str) -> str:
    """A whole address; blank for a text that is none."""
    # The length first: comparing a cell of a hundred thousand characters with the forms of addresses takes minutes.
    if len(text) <= LONGEST_URL and not _WEBSITE.fullmatch(text) and _BARE_WEBSITE.fullmatch(text):
        text = f"https://{text}"
    return text if len(text) <= LONGEST_URL and _WEBSITE.fullmatch(text) else ""
