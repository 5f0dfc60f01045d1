"""What goes over the wire, free of any web framework: a call, its answer, and the answer's XML."""
