"""The HTTP face: the company API with its batches, the OAuth endpoints, and the parts that they work with."""
