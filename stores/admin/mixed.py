"""What a mixin finds in the page of a table that it is mixed into, for the type checker: at run time it stands on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    class Mixed:
        """The part of Django's ``ModelAdmin`` that our mixins call or extend."""

        admin_site: Any
        opts: Any

        def get_urls(self) -> list[Any]: ...
        def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any: ...
        def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None: ...  # noqa: FBT001  (Django's signature)
        def changeform_view(
            self,
            request: HttpRequest,
            object_id: str | None = None,
            form_url: str = "",
            extra_context: dict[str, Any] | None = None,
        ) -> HttpResponse: ...

else:
    Mixed = object
