"""The same happening, and the story it belongs to: terms, similarity, clusters, identity. Pure."""
