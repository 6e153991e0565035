"""Erasure: who a request is about, and their removal from landing, raw and quarantine (contract section 6)."""
