"""Answers in the shapes seen on a live server: JSON bodies, validation errors, nginx error pages."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
import json
from typing import Any

from aiohttp import web

NGINX = "nginx/1.22.1"
NUMBER_MESSAGES = {
    "int": "Input should be a valid integer, unable to parse string as an integer",
    "float": "Input should be a valid number, unable to parse string as a number",
}


class RefusalError(Exception):
    """Ends a handler with an answer that is an error."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_answer(
    data: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A JSON answer without a charset, in the compact form the real server sends."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


def text_answer(text: str, status: int = 200) -> web.Response:
    """A plain text answer."""
    return web.Response(text=text, status=status, content_type="text/plain", charset="utf-8")


def done(message: str, code: int = 200, /, **more: object) -> web.Response:
    """The usual answer to a write that worked."""
    return json_answer({"success": True, "message": message, **more}, code)


def refusal(status: int, message: str) -> RefusalError:
    """The usual error: `{"success": false, "message": …}`."""
    return RefusalError(json_answer({"success": False, "message": message}, status))


def detail(status: int, text: str) -> RefusalError:
    """An error raised by the framework: `{"detail": …}`."""
    return RefusalError(json_answer({"detail": text}, status))


def nginx_page(status: int, *, title: str | None = None, lines: Sequence[str] = ()) -> web.Response:
    """An HTML error page as nginx makes it."""
    names = {401: "401 Authorization Required", 502: "502 Bad Gateway", 504: "504 Gateway Time-out"}
    name = names.get(status, f"{status} {HTTPStatus(status).phrase}")
    more = "".join(f"<center>{line}</center>\r\n" for line in lines)
    text = (
        f"<html>\r\n<head><title>{title or name}</title></head>\r\n<body>\r\n"
        f"<center><h1>{name}</h1></center>\r\n{more}<hr><center>{NGINX}</center>\r\n</body>\r\n</html>\r\n"
    )
    return web.Response(body=text.encode(), status=status, content_type="text/html")


def invalid(*problems: Mapping[str, Any]) -> RefusalError:
    """A 422 of the framework's validation."""
    return RefusalError(json_answer({"detail": list(problems)}, 422))


def missing(where: str, name: str, given: object) -> dict[str, object]:
    """The validation problem of a field that was not sent."""
    return {"type": "missing", "loc": [where, name], "msg": "Field required", "input": given}


def not_a_number(kind: str, where: str, name: str, given: str) -> dict[str, object]:
    """The validation problem of a text that is no number; `kind` is "int" or "float"."""
    return {
        "type": f"{kind}_parsing",
        "loc": [where, name],
        "msg": NUMBER_MESSAGES[kind],
        "input": given,
    }


class Query:
    """Typed reading of a query string; a bad number refuses the request with 422."""

    def __init__(self, request: web.Request) -> None:
        self._query = request.query

    def text(self, name: str) -> str | None:
        """A text, or None if it was not sent."""
        return self._query.get(name)

    def whole(self, name: str) -> int | None:
        """An integer, or None."""
        return self._number(name, "int", int)

    def number(self, name: str) -> float | None:
        """A float, or None."""
        return self._number(name, "float", float)

    def flag(self, name: str) -> bool | None:
        """0 or 1 (`true` is refused, as by the real server), or None."""
        value = self.whole(name)
        return None if value is None else bool(value)

    def several(self, *names: str) -> tuple[str, ...] | None:
        """A comma list under the first of `names` that was sent and is not `all`; None means all."""
        for name in names:
            value = self._query.get(name)
            if value is not None and value != "all":
                return tuple(value.split(","))
        return None

    def one_of(self, name: str, allowed: Sequence[str]) -> str | None:
        """One of the `allowed` texts, or None."""
        value = self._query.get(name)
        if value is None or value in allowed:
            return value
        raise invalid(_enum_problem(["query", name], allowed, value))

    def _number[T](self, name: str, kind: str, read: Callable[[str], T]) -> T | None:
        value = self._query.get(name)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError:
            raise invalid(not_a_number(kind, "query", name, value)) from None


def _enum_problem(loc: list[str], allowed: Sequence[str], given: str) -> dict[str, object]:
    quoted = [f"'{item}'" for item in allowed]
    expected = " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]
    return {
        "type": "enum",
        "loc": loc,
        "msg": f"Input should be {expected}",
        "input": given,
        "ctx": {"expected": expected},
    }


def path_choice(request: web.Request, name: str, allowed: Sequence[str]) -> str:
    """A path part that must be one of `allowed`."""
    value = request.match_info[name]
    if value not in allowed:
        raise invalid(_enum_problem(["path", name], allowed, value))
    return value


def path_times(request: web.Request) -> tuple[float, float]:
    """The `start_time` and `end_time` of a path."""
    problems: list[dict[str, object]] = []
    times: list[float] = []
    for name in ("start_time", "end_time"):
        value = request.match_info[name]
        try:
            times.append(float(value))
        except ValueError:
            problems.append(not_a_number("float", "path", name, value))
    if problems:
        raise invalid(*problems)
    return times[0], times[1]


async def body(request: web.Request, *required: str, optional: bool = False) -> dict[str, Any]:
    """The JSON object of a request.

    With `optional` an absent body counts as empty. A body that is no object, or lacks a `required` key, is a 422.
    """
    raw = await request.read()
    if not raw:
        if optional:
            return {}
        raise invalid({"type": "missing", "loc": ["body"], "msg": "Field required", "input": None})
    if request.content_type != "application/json":
        raise invalid(_not_an_object(raw.decode(errors="replace")))
    try:
        data = json.loads(raw)
    except ValueError as error:
        problem = {
            "type": "json_invalid",
            "loc": ["body", 0],
            "msg": "JSON decode error",
            "input": {},
        }
        raise invalid({**problem, "ctx": {"error": str(error)}}) from None
    if not isinstance(data, dict):
        raise invalid(_not_an_object(data))
    if absent := [missing("body", name, data) for name in required if name not in data]:
        raise invalid(*absent)
    return data


def _not_an_object(given: object) -> dict[str, object]:
    return {
        "type": "model_attributes_type",
        "loc": ["body"],
        "msg": "Input should be a valid dictionary or object to extract fields from",
        "input": given,
    }
