"""The bulk sheet of Google Business Profile, as downloaded or as prepared for an upload.

A weekday without hours is written "x" or left blank; a row of blank days says nothing about hours.
"""

from __future__ import annotations

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MAPPING = {
    "source": "google",
    "fields": {
        "code": "Store code",
        "name": "Business name",
        "market": "Country / Region",
        "address_lines": {"columns": [f"Address line {number}" for number in range(1, 6)], "join": "\n"},
        "sublocality": "Sub-locality",
        "locality": "Locality",
        "administrative_area": "Administrative area",
        "postal_code": "Postal code",
        "latitude": "Latitude",
        "longitude": "Longitude",
        "phone": "Primary phone",
        "website": "Website",
        "hours": {"weekdays": [f"{day} hours" for day in DAYS]},
        "special_hours": "Special hours",
        "opening_date": "Opening date",
        "status": {"constant": "open"},
        "format": {"constant": "experience_store"},
    },
    "ignore": [
        "Shop code", "Additional phones", "Primary category", "Additional categories", "From the business",
        "Logo photo", "Cover photo", "Other photos", "Labels", "AdWords location extensions phone",
    ],
}  # fmt: skip
REQUIRED = ("Store code", "Business name")
