"""Runs Airbyte's source-quickbooks as installed, with the addresses of the environment."""

import os
import pkgutil
import sys
from typing import Any

from airbyte_cdk.entrypoint import launch
from source_quickbooks.source import SourceQuickbooks

ADDRESSES = ("https://sandbox-quickbooks.api.intuit.com", "https://oauth.platform.intuit.com")


class PointedSource(SourceQuickbooks):
    """The source, its manifest's addresses replaced."""

    def _read_and_parse_yaml_file(self, path_to_yaml_file: str) -> Any:
        manifest = pkgutil.get_data("source_quickbooks", path_to_yaml_file).decode()
        for address in ADDRESSES:
            assert address in manifest
            manifest = manifest.replace(address, os.environ["EMULATOR"])
        return self._parse(manifest)


launch(PointedSource(), sys.argv[1:])
