"""The worker pool that survives a bad page."""
