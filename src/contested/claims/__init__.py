"""Documents to claims, claims to accounts.

The way, and the modules of each step:

*documents* — ``items`` and ``batch`` (files, folders, archives), ``read`` and ``formats``, ``web_pages``, ``pdf_text``,
``word_files``, ``mail``, ``archives``, ``web_archives`` (one kind each), ``language``.

*attributions* — ``tagger`` chooses; by the network: ``windows``, ``encoder``, ``weights``, ``decoding``,
``deep_tagger``; by the fast tier: ``features``, ``linking``, ``fast_tagger``; by the user's own: ``extractors``,
``given``. Then by rule ``quotations``, ``blaming``.

*who* — ``names``, ``actors``, ``parties``, ``people``, ``groups``, ``transliteration`` (names to actors to parties);
``speakers``, ``referents``, ``continuing``, ``chains`` (who speaks, through whom).

*stance* — ``stance``, ``doers``, ``wording`` (rules); ``passages``, ``stance_reader`` (network); ``judging`` (both);
``directions``.

*facts* — ``facts``, ``tolls``, ``event_times``, ``event_places``, ``events``; ``article_facts``, ``attackers`` (of an
article as a whole).

*claims* — ``extract`` brings it together; ``statements`` reads those entered by hand; ``case_documents`` those of a
case; ``accounts`` gathers them.
"""
