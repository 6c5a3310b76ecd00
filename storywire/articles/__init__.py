"""A page to an article: its text, metadata, language, dates and wire credit. Pure."""
