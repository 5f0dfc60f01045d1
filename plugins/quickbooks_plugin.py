"""The one file that Airflow's plugin discovery runs: registers the project's pages, and stays light."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.plugins_manager import AirflowPlugin

URL_PREFIX = "/quickbooks"

Message = MutableMapping[str, Any]


class LazyPages:
    """An ASGI application that imports the pages at their first request.

    Scheduler, workers and DAG processor import this file too, and never serve a page.
    """

    def __init__(self) -> None:
        self._pages: Callable[..., Awaitable[None]] | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Hand the request to the pages."""
        if self._pages is None:
            from quickbooks_airflow.pages import build_pages

            self._pages = build_pages()
        await self._pages(scope, receive, send)


class QuickBooksPlugin(AirflowPlugin):
    """QuickBooks pages in Airflow's user interface."""

    name = "quickbooks"
    fastapi_apps = [{"app": LazyPages(), "url_prefix": URL_PREFIX, "name": "QuickBooks"}]  # noqa: RUF012 - Airflow's own form
    external_views = [  # noqa: RUF012 - Airflow's own form
        {
            "name": "QuickBooks validation reports",
            "href": f"{URL_PREFIX}/data-docs/index.html",
            "destination": "nav",
            "category": "browse",
            "url_route": "quickbooks-validation",
        }
    ]
