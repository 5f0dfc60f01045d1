"""What the rules of several record types share: balances, stock, taxes, currencies, numbers, names, references."""
