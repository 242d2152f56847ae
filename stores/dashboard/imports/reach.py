"""Who may open the wizard, for which brands, and which imports are theirs. Everything else is a page that does not exist."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from stores.models import Brand, ImportJob

ABILITY = "import_stores"


def brands_of(request: HttpRequest) -> list[Brand]:
    """Brands whose stores the person may import: a list may touch any market, so the grant is for the whole brand."""
    user: Any = request.user
    wide = {grant.brand_id for grant in user.live_grants() if grant.is_brand_wide() and ABILITY in grant.role.abilities}
    if not wide or not user.is_active:
        raise PermissionDenied
    return list(Brand.objects.visible_to(user, to=ABILITY).filter(pk__in=wide))


def jobs_of(request: HttpRequest) -> Any:
    """The person's imports, newest first."""
    user: Any = request.user
    return ImportJob.objects.visible_to(user, to=ABILITY).filter(brand__in=brands_of(request)).select_related("brand")


def job_of(request: HttpRequest, pk: int) -> ImportJob:
    """One of them. Another brand's is the same 404 as none."""
    job: ImportJob | None = jobs_of(request).filter(pk=pk).first() if pk < 1 << 63 else None
    if job is None:
        raise Http404
    return job


def written(request: HttpRequest) -> dict[str, str]:
    """What a form sent, without the one character that no text can hold."""
    return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}
