"""Reviewing a case: what a person looks at, and what becomes of what they decide.

In: a built case. Out: a local app in the browser, and lines of ``decisions.jsonl``. Refuses: whoever does not come from
this machine with the address that was printed.
"""
