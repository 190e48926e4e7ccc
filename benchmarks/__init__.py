"""Ours against the genuine package on the same work in one run: `make bench`."""
