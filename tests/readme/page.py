"""What a page of a front end does: the `fetch` calls of a snippet, made as a browser makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import httpx

FETCH = re.compile(r"fetch\(['\"`](?P<url>[^'\"`]+)['\"`], \{(?P<options>.*?)\n\s*\}\)", re.DOTALL)
CONSTANT = re.compile(r"^const (?P<name>\w+) = '(?P<value>[^']*)';", re.MULTILINE)
METHOD = re.compile(r"method: '(?P<method>[A-Z]+)'")
HEADER = re.compile(r"'(?P<name>[A-Z][\w-]+)': '(?P<value>[^']*)'")
BODY = re.compile(r"body: JSON\.stringify\(\{(?P<names>[\w\s,]*)\}\)")


@dataclass(frozen=True)
class Fetch:
    method: str
    url: str
    headers: dict[str, str]
    fields: tuple[str, ...]
    """The names in `JSON.stringify({ email, password })`; none: no body."""
    with_credentials: bool


def fetches_in(script: str) -> list[Fetch]:
    constants = {match["name"]: match["value"] for match in CONSTANT.finditer(script)}
    found = []
    for call in FETCH.finditer(script):
        options = call["options"]
        method, body = METHOD.search(options), BODY.search(options)
        found.append(
            Fetch(
                method=method["method"] if method else "GET",
                url=re.sub(r"\$\{(\w+)\}", lambda name: constants[name[1]], call["url"]),
                headers={header["name"]: header["value"] for header in HEADER.finditer(options)},
                fields=tuple(name.strip() for name in body["names"].split(",")) if body else (),
                with_credentials="credentials: 'include'" in options,
            )
        )
    return found


class Page:
    """A page of `origin` that calls a server on another port of localhost.

    It keeps the server's cookies as a browser does, Secure ones included (browsers trust http://localhost),
    asks before it sends JSON across origins, and reads an answer only when the server lets this origin.
    """

    def __init__(self, origin: str, port: int) -> None:
        self.origin = origin
        self.port = port
        self.cookies: dict[tuple[str, str], str] = {}

    def fetch(self, call: Fetch, values: Mapping[str, Any]) -> httpx.Response:
        """`values` are the variables that the script has in scope; port 5000 becomes the real one."""
        url = call.url.replace("localhost:5000", f"localhost:{self.port}")
        body = {name: values[name] for name in call.fields} if call.fields else None
        facts = {"Origin": self.origin, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}
        headers = {**facts, **call.headers}
        if cookie := self._cookies_for(urlsplit(url).path):
            headers["Cookie"] = cookie
        with httpx.Client(timeout=30) as client:
            if call.headers:
                self._may_send(client, call, url)
            answer = client.request(call.method, url, json=body, headers=headers)
        self._may_read(answer)
        self._keep(answer)
        return answer

    def _may_send(self, client: httpx.Client, call: Fetch, url: str) -> None:
        names = ", ".join(name.lower() for name in call.headers)
        asked = {
            "Origin": self.origin,
            "Access-Control-Request-Method": call.method,
            "Access-Control-Request-Headers": names,
        }
        allowed = client.options(url, headers=asked)
        assert allowed.is_success, f"the preflight of {url} is answered {allowed.status_code}: {allowed.text}"
        self._may_read(allowed)
        assert call.method in allowed.headers["Access-Control-Allow-Methods"], allowed.headers
        assert names in allowed.headers["Access-Control-Allow-Headers"].lower(), allowed.headers

    def _may_read(self, answer: httpx.Response) -> None:
        seen = (
            answer.headers.get("Access-Control-Allow-Origin"),
            answer.headers.get("Access-Control-Allow-Credentials"),
        )
        assert seen == (self.origin, "true"), f"{answer.url} lets {seen} read its answer, not {self.origin}"

    def _keep(self, answer: httpx.Response) -> None:
        for header in answer.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(header).items():
                key = (name, morsel["path"] or "/")
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[key] = morsel.value
                else:
                    self.cookies.pop(key, None)

    def _cookies_for(self, path: str) -> str:
        sent = {name: value for (name, below), value in self.cookies.items() if path.startswith(below)}
        return "; ".join(f"{name}={value}" for name, value in sent.items())
