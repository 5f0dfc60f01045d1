"""The gateway in front of the API: who may call (grants and tokens) and how often (rates and quota)."""
