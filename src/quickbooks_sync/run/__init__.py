"""A run of a flow: opened and closed, validated, stopped by the gate."""
