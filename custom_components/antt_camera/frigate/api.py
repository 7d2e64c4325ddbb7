"""What the endpoints have in common: JSON of the expected shape, quoted paths, bounded bodies."""

import json
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from .errors import FrigateAnswerError
from .session import Query, Session

# `/api/config` of 500 cameras is some 20 MB.
MAX_BODY: Final = 64_000_000


def part(value: str) -> str:
    """Quote a part of a path: whatever it is, it stays one part.

    Raises FrigateAnswerError for what can't be one.
    """
    if value in ("", ".", ".."):
        raise FrigateAnswerError("not a name")
    return quote(value, safe="")


async def read_body(response: aiohttp.ClientResponse, limit: int = MAX_BODY) -> bytes:
    """Read a body of bounded size. Raises FrigateAnswerError for a larger one."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise FrigateAnswerError("the answer is too large")
        chunks.append(chunk)
    return b"".join(chunks)


class Api(Session):
    """A session that speaks JSON."""

    async def _raw(
        self,
        method: str,
        path: str,
        *,
        params: Query | None = None,
        body: Any = None,
        fresh: bool = False,
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> bytes:
        async with self.request(
            method,
            path,
            params=params,
            json=body,
            timeout=timeout,
            bypass_cache=fresh,
        ) as response:
            return await read_body(response)

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        raw = await self._raw(method, path, **options)
        try:
            return json.loads(raw)
        except (ValueError, RecursionError) as err:
            raise FrigateAnswerError("the answer is not JSON") from err

    async def _object(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = await self._json(method, path, **options)
        if not isinstance(answer, dict):
            raise FrigateAnswerError("the answer is not an object")
        return answer

    async def _rows(self, path: str, **options: Any) -> list[dict[str, Any]]:
        answer = await self._json("GET", path, **options)
        if not isinstance(answer, list):
            raise FrigateAnswerError("the answer is not a list")
        return [row for row in answer if isinstance(row, dict)]


def query(**values: Any) -> dict[str, str | int | float]:
    """Return a query: lists joined, flags as 0 or 1, None and empty lists left out."""
    found: dict[str, str | int | float] = {}
    for name, value in values.items():
        if value is None or value in ((), []):
            continue
        if isinstance(value, bool):
            found[name] = int(value)
        elif isinstance(value, tuple | list):
            found[name] = ",".join(value)
        else:
            found[name] = value
    return found
