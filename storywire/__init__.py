"""Storywire: raw news pages to tables one can trust."""
