"""Whether a write may go out just now."""
