"""A program that calls the API, for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]
    raw: bytes = b""


@dataclass
class Caller:
    """Calls with one token on one host; checks that every answer has the form that the API promises."""

    host: str
    token: str | None
    language: str = "en"

    def get(self, path: str, **query: Any) -> Reply:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Reply:
        return self.send("POST", path, body=body, key=key, **options)

    def patch(self, path: str, body: Any, *, key: str | None = None) -> Reply:
        return self.send("PATCH", path, body=body, key=key)

    def delete(self, path: str, *, key: str | None = None) -> Reply:
        return self.send("DELETE", path, key=key)

    def piece(self, upload: Any, data: bytes, *, offset: int | str, **options: Any) -> Reply:
        return self.send(
            "PATCH",
            f"/uploads/{upload}",
            raw=data,
            content_type="application/offset+octet-stream",
            headers={"Upload-Offset": str(offset)},
            **options,
        )

    def upload(self, path: str, *, key: str | None = None, **files: Any) -> Reply:
        response = Client(raise_request_exception=True).post(
            PREFIX + path, data=files, headers=self._headers(key), SERVER_NAME=self.host
        )
        return _reply(response)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> Reply:
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        response = Client().generic(
            method,
            PREFIX + path,
            data,
            content_type=content_type,
            headers=self._headers(key) | (headers or {}),
            query_params=query,
            REMOTE_ADDR=address,
            SERVER_NAME=self.host,
        )
        return _reply(response)

    def _headers(self, key: str | None) -> dict[str, str]:
        headers = {"Accept-Language": self.language}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return headers


def _reply(response: Any) -> Reply:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    body = json.loads(raw) if raw and "json" in kind else None
    if response.status_code >= 400:
        assert kind == "application/problem+json", (response.status_code, kind, raw[:300])
        assert body["status"] == response.status_code
        assert body["code"]
        assert body["detail"]
    assert "Set-Cookie" not in response.headers
    return Reply(response.status_code, body, dict(response.headers), raw)
