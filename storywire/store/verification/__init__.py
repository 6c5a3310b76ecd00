"""Does the data folder keep its promises, and what can be put right where it does not."""

from storywire.store.verification.checks import CHECKS, verify
from storywire.store.verification.findings import Finding, Repair
from storywire.store.verification.mending import repair

__all__ = ["CHECKS", "Finding", "Repair", "repair", "verify"]
