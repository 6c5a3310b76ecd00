"""One file per kind of input: bytes from somewhere to captures."""
