"""The project's pages inside Airflow's user interface: the validation reports, for signed-in users only.

Airflow's sign-in check covers routes but not mounted static files, so a route serves the reports.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response

FOLDER_VARIABLE = "QUICKBOOKS_SYNC_DATA_DOCS"
INDEX = "index.html"
#: Reports hold customers' data: no copy may stay in a cache.
_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_NO_REPORT = (
    "<!doctype html><title>Validation reports</title>"
    "<p>There is no validation report yet. The first flow that validates a record writes one.</p>"
)


def build_pages() -> "FastAPI":
    """Return the application that Airflow mounts; every route needs a signed-in user."""
    from airflow.api_fastapi.core_api.security import requires_authenticated
    from fastapi import Depends, FastAPI
    from starlette.responses import Response

    pages = FastAPI(
        dependencies=[Depends(requires_authenticated())],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    pages.get("/data-docs/{path:path}", response_class=Response, response_model=None)(show_report)
    return pages


def show_report(path: str) -> "Response":
    """Return a file of the validation reports; 404 for anything that is not one.

    Args:
        path: Path of the file below the reports' folder.
    """
    from starlette.responses import FileResponse, HTMLResponse

    found = find_report(Path(os.environ.get(FOLDER_VARIABLE, "")), path or INDEX)
    if found is None:
        return HTMLResponse(_NO_REPORT, status_code=404, headers=_HEADERS)
    return FileResponse(found, headers=_HEADERS)


def find_report(folder: Path, path: str) -> Path | None:
    """Return the file at `path` if it is inside `folder`, however the path is written.

    Args:
        folder: The reports' folder; without a name there are no reports.
        path: Path below the folder, as a browser sent it.
    """
    if not folder.name or "\0" in path:
        return None
    root = folder.resolve()
    found = (root / path).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None
