"""The page for those who write programs."""

from __future__ import annotations

import re
import shlex
from html import unescape
from typing import Any

from django.test import Client

from tests.api.caller import Caller


def page_of(shop: Any, **query: str) -> str:
    response = Client(SERVER_NAME=shop.host).get("/api/docs/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_call_works_as_it_is_written(shop: Any, api: Caller) -> None:
    command = unescape(re.findall(r"<pre[^>]*>(.*?)</pre>", page_of(shop), re.DOTALL)[0])
    words = shlex.split(command.replace("\\\n", " "))
    address, body = words[words.index("curl") + 1], words[words.index("-d") + 1]
    assert address == f"http://{shop.host}/api/v1/tickets"

    answer = api.send("POST", address.removeprefix(f"http://{shop.host}/api/v1"), raw=body.encode())

    assert answer.status == 201
    assert answer.body["subject"] == "The printer is jammed"


def test_every_operation_is_on_the_page(shop: Any) -> None:
    from okno.api.document import openapi_document
    from okno.api.urls import API
    from okno.tenancy.modules import hidden_prefixes

    page = page_of(shop)

    for methods in openapi_document(API, hidden=hidden_prefixes(shop.workspace))["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page


def test_words_narrow_it(shop: Any) -> None:
    found = page_of(shop, q="upload-offset pieces")
    assert 'id="create_upload"' not in found
    assert 'id="continue_upload"' in page_of(shop, q="PATCH upload-offset")
    assert 'id="list_tickets"' not in page_of(shop, q="PATCH")
    nothing = page_of(shop, q="<script>alert(1)</script>")
    assert "Nothing is called so" in nothing
    assert "<script>alert" not in nothing


def test_it_needs_nothing_from_elsewhere(shop: Any) -> None:
    response = Client(SERVER_NAME=shop.host).get("/api/docs/")

    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href)="(https?:)?//', response.content.decode()):
        raise AssertionError(address)
    assert Client(SERVER_NAME=shop.host).post("/api/docs/").status_code == 405
    assert Client(SERVER_NAME="nobody.example").get("/api/docs/").status_code == 200
