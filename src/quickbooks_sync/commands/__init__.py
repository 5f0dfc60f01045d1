"""What the operators, the command line and the pages call."""
