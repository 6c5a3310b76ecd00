"""Verbs: thin Prefect tasks over what `storywire` knows. Paths in, paths out."""
