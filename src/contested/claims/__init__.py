"""Documents to claims, claims to accounts. Folders and modules in the order of the work:

- *Documents*: ``documents/`` (a reader for each format), ``read`` (any of them).
- *Text*: ``text/`` (words, sentences, and the wordings that the rules look for).
- *Attributions*: ``linking`` (what one is), ``tagging/`` (the network and the fast tier); ``extractors`` and ``given``
  (the user's own in their place).
- *Who*: ``naming/`` and ``actors`` (names to actors to parties), ``blame/`` (who is said to have done it),
  ``speaking/`` (who speaks, through whom).
- *Stance*: ``stance`` (rules), ``judging`` (rules and network).
- *Facts*: ``asserted/`` and ``facts``; ``article_facts`` (of an article as a whole).
- *Claims*: ``extract`` brings it together, ``reading`` chooses what it reads with; ``batch`` with ``batch_output``
  (thousands of documents), ``case_documents`` (those of a case), ``statements`` (entered by hand).
- *Accounts*: ``decided`` and ``settling`` (claims as reviewers left them), ``accounts``.
"""
