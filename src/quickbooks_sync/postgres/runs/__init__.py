"""What runs leave behind: outcomes, intents, leases, counted calls."""
