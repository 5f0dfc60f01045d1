"""Runs tap-quickbooks as installed, with the addresses of the environment; needs its environment."""

import os

from tap_quickbooks import client, main

client.SANDBOX_ENDPOINT_BASE = os.environ["EMULATOR"]
client.TOKEN_REFRESH_URL = f"{os.environ['EMULATOR']}/oauth2/v1/tokens/bearer"
main()
