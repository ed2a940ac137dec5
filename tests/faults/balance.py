"""Requests to a service that has replicas go to one after the other, as behind a load balancer."""

from collections import deque

import httpx


class Balanced(httpx.AsyncHTTPTransport):
    """A service is known by its first replica's port; who does not listen is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self._replicas: dict[int, deque[int]] = {}

    def join(self, first: int, port: int) -> None:
        self._replicas.setdefault(first, deque([first])).append(port)

    def leave(self, first: int, port: int) -> None:
        self._replicas[first].remove(port)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = request.url.port or 0
        ports = self._replicas.get(port, deque([port]))
        ports.rotate()
        for each in tuple(ports):
            request.url = request.url.copy_with(port=each)
            try:
                return await super().handle_async_request(request)
            except httpx.ConnectError as error:
                refused = error
        raise refused
