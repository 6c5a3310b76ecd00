"""The same text: shingles, candidates, groups, lineage. Pure."""
