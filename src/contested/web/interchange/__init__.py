"""A case in the formats of other tools, one module a format.

In: an :class:`~contested.web.edition.Edition`, which holds only what may be public. Out: files, and how many rows of
each table went in and came out. Refuses: an export that would lose a row in silence (:mod:`.counting`).

Order of the modules: ``counting`` and ``placed`` stand below the formats, ``writing`` above them.
"""
