"""Documents to claims, claims to accounts."""
