"""People: what they decide about their own account, and how the first of them comes in."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from stores.actions.errors import Refused
from stores.actions.transaction import acting
from stores.models import Brand, Grant, Role, System, User


def choose_language(*, by: User, language: str) -> User:
    """Remember the language a person reads the dashboard in, for the next login on any machine."""
    if not by.is_active:
        raise Refused("This account is closed.", code="not_allowed")
    if by.language != language:
        by.language = language
        with acting(by, "choose language"):
            by.save(update_fields=["language"])
    return by


def create_owner(*, by: System, brand: str, brand_name: str, email: str, name: str, password: str) -> User:
    """The first person of a brand, who may do everything there; the brand is made when there is none with this code.

    For the person at the machine only: whoever has the shell owns the data anyway. Raises Refused for a taken email,
    ValidationError for a weak password or a code that is none.
    """
    email = email.strip().lower()
    fresh = User(email=email, name=name)
    validate_password(password, fresh)
    fresh.set_password(password)
    fresh.full_clean(exclude=["password"], validate_unique=False)
    with acting(by, f"create owner of {brand}"):
        found = Brand.objects.filter(code=brand).first()
        if found is None:
            found = Brand(code=brand, name=brand_name or brand)
            found.full_clean(validate_unique=False)
            found.save()
        try:
            with transaction.atomic():
                fresh.save()
        except IntegrityError as error:
            raise Refused(
                f"{email} has an account already. manage.py changepassword {email} changes its password.",
                code="duplicate",
            ) from error
        Grant.objects.create(brand=found, user=fresh, role=Role.objects.get(code="owner"))
    return fresh
