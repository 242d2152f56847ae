"""How endpoints describe themselves to OpenAPI: parameters from their own declaration, answers from ``shapes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import cleandoc
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from stores.api.endpoint import Endpoint
from stores.api.parameters import Parameter
from stores.api.shapes import SHAPES

E = TypeVar("E", bound=Endpoint)

_ERRORS = {
    400: "A parameter is not known, malformed, or a cursor of another list. `errors` names each.",
    401: "No key, or one that is not known, expired or revoked.",
    403: "The key lacks the scope.",
    404: "There is no such thing, or not for this key: the two answers are the same bytes.",
    429: "The key's requests of this minute are used up. `Retry-After` says for how many seconds.",
}
_HEADERS = [
    OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304], description="Version of the answer."),
    OpenApiParameter(
        "Cache-Control",
        str,
        OpenApiParameter.HEADER,
        response=[200, 304],
        description="Ends at the next change by the clock.",
    ),
    OpenApiParameter(
        "Content-Language", str, OpenApiParameter.HEADER, response=[200], description="The language that was served."
    ),
    OpenApiParameter(
        "Retry-After", int, OpenApiParameter.HEADER, response=[429], description="Seconds until the next minute."
    ),
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="An ETag: 304 when nothing changed."),
    OpenApiParameter("Accept-Language", str, OpenApiParameter.HEADER, description="Languages by preference."),
]


def documented(
    summary: str,
    shape: str,
    *,
    tag: str,
    path: tuple[str, str] | None = None,
    path_schema: Mapping[str, Any] | None = None,
    media_types: Sequence[str] = ("application/json",),
    other_shapes: Mapping[str, str] | None = None,
) -> Callable[[type[E]], type[E]]:
    """Describe an endpoint. ``shape`` names its answer; ``path`` is the name and meaning of the address's variable.

    ``other_shapes`` are further media types and what an answer looks like in each.
    """

    def decorate(endpoint: type[E]) -> type[E]:
        def get(self: Endpoint, request: Any, **path: str) -> Any:
            """Stands for the method in the description; ``dispatch`` serves."""
            return self.dispatch(request, **path)

        given = [_parameter(each) for each in endpoint.parameters]
        if path:
            given.append(
                OpenApiParameter(path[0], dict(path_schema or {"type": "string"}), "path", description=path[1])
            )
        errors = {code: text for code, text in _ERRORS.items() if code != 404 or path}
        responses: dict[Any, Any] = {
            **{
                (200, media): OpenApiResponse(_reference(name), description=summary)
                for media, name in {**dict.fromkeys(media_types, shape), **(other_shapes or {})}.items()
            },
            304: OpenApiResponse(description="Nothing changed since the answer that the ETag names."),
            **{(code, "application/problem+json"): _error(text) for code, text in errors.items()},
        }
        described = extend_schema(
            operation_id=endpoint.__name__,
            summary=summary,
            description=cleandoc(endpoint.__doc__ or ""),
            parameters=[*given, *_HEADERS],
            responses=responses,
            tags=[tag],
        )
        endpoint.get = described(get)  # type: ignore[attr-defined]  # read by the description only
        return endpoint

    return decorate


def _parameter(parameter: Parameter) -> OpenApiParameter:
    schema = parameter.described()
    if parameter.example:
        schema["examples"] = [[parameter.example] if schema["type"] == "array" else parameter.example]
    listed = schema["type"] == "array"
    return OpenApiParameter(
        parameter.name,
        schema,
        OpenApiParameter.QUERY,
        description=parameter.description,
        style="form" if listed else None,
        explode=False if listed else None,
    )


def _reference(shape: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape}"}


def _error(text: str) -> OpenApiResponse:
    return OpenApiResponse(_reference("Problem"), description=text)


class Generator(SchemaGenerator):
    """The description with our shapes as named components."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001  (its signature)
        schema = super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]  # drf-spectacular is untyped
        schema["components"].setdefault("schemas", {}).update(SHAPES)
        return schema


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is untyped
    """How a key is sent."""

    target_class = "stores.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key <prefix>.<secret>`, made by `manage.py create_api_key`.",
        }
