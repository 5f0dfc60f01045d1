"""The running parts of one emulator, put together once at the start."""

from __future__ import annotations

from dataclasses import dataclass, field

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.store import CompanyCopy, Store
from quickbooks_emulator.gateway.limits import Counters, Limits
from quickbooks_emulator.gateway.tokens import Tokens
from quickbooks_emulator.model.clock import MovableClock
from quickbooks_emulator.model.switches import Switches
from quickbooks_emulator.scripted_faults.injection import Injections
from quickbooks_emulator.scripted_faults.spoiled_lists import LastPages


@dataclass(frozen=True)
class App:
    """An Intuit app that may connect.

    Attributes:
        redirect_uris: allowed besides ``http://localhost`` and ``http://127.0.0.1`` of any port.
    """

    client_id: str = "demo-client"
    client_secret: str = "demo-secret"  # noqa: S105 -- the emulator's published demo credentials
    redirect_uris: tuple[str, ...] = ()


@dataclass
class Emulator:
    """Everything that the HTTP side works with.

    Attributes:
        replay_seconds: how long the answer to a requestid is remembered.
        seed_sample: whether a reset builds the sample companies again.
        copies: of companies by realm, as the side door was told to take them.
    """

    store: Store
    clock: MovableClock
    limits: Limits
    tokens: Tokens
    app: App
    seed_sample: bool = False
    replay_seconds: float = 7 * 86_400
    counters: Counters = field(default_factory=Counters)
    injections: Injections = field(default_factory=Injections)
    switches: Switches = field(default_factory=Switches)
    last_pages: LastPages = field(default_factory=LastPages)
    copies: dict[str, CompanyCopy] = field(default_factory=dict)

    def company(self, realm: str) -> Company:
        """Return a company by its realm id."""
        return Company(self.store, realm, self.clock, self.switches)
