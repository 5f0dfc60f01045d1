"""Tells Airflow about the connection type `quickbooks` and the form that edits it."""

from typing import Any

CONNECTION_TYPE = "quickbooks"
CONNECTION_ID = "quickbooks_default"
HOOK_NAME = "QuickBooks Online"


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description, in the form of Airflow's provider schema."""
    return {
        "package-name": "quickbooks-sync",
        "name": HOOK_NAME,
        "description": "Two-way sync between QuickBooks Online and Loupe Factory.",
        "connection-types": [
            {
                "connection-type": CONNECTION_TYPE,
                "hook-class-name": "quickbooks_airflow.hooks.QuickBooksHook",
                "hook-name": HOOK_NAME,
                "ui-field-behaviour": {
                    "hidden-fields": ["host", "schema", "port"],
                    "relabeling": {"login": "Client ID", "password": "Client secret"},
                    "placeholders": {"login": "from the app's Keys page at developer.intuit.com"},
                },
                "conn-fields": _connection_fields(),
            }
        ],
    }


def _connection_fields() -> dict[str, Any]:
    return {
        "environment": {
            "label": "Environment",
            "description": "Where the companies of this app live. A sandbox app cannot reach real books.",
            "schema": {
                "type": "string",
                "enum": ["sandbox", "production"],
                "default": "sandbox",
            },
        },
        "redirect_uri": _text_field(
            "Redirect URI",
            "Where Intuit sends the browser back; exactly as registered with the app.",
        ),
        "monthly_reads": _text_field(
            "Metered reads a month",
            "Reads stop before so many are used; empty: Intuit's free 500000 in production, any number in "
            "a sandbox. Or: unlimited.",
        ),
        "api_url": _text_field(
            "API address",
            "Leave empty for Intuit's own. In this form, other hosts are taken only where the deployment names them "
            "(QUICKBOOKS_SYNC_ALLOW_HOSTS).",
        ),
        "discovery_url": _text_field(
            "Discovery document",
            "Names the two addresses below; leave all three empty for Intuit's own.",
        ),
        "authorize_url": _text_field(
            "Authorize address", "Where consent is asked; empty: as the discovery document says."
        ),
        "token_url": _text_field(
            "Token address", "Where tokens are issued; empty: as the discovery document says."
        ),
    }


def _text_field(label: str, description: str) -> dict[str, Any]:
    return {"label": label, "description": description, "schema": {"type": ["string", "null"]}}
