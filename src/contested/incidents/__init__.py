"""Datasets to records, records to incidents. In the order of the work:

- *Files*: ``files/`` (a reader for each format), ``batches`` (what they all give), ``source_files``.
- *Rows to records*: ``presets`` (how each dataset is read), ``sniffing`` (which one a file is), ``sources`` (its files
  in order), ``mapping`` and ``columnar`` (a cell; a batch), ``coordinates``, ``seen_keys``, ``quality``.
- *Accounts that rows carry*: ``account_fields``, ``recorded_accounts``.
- *Places by name*: ``gazetteer`` with ``world_places`` and ``own_places``, ``place_names``, ``placing``,
  ``candidates``, ``recognising``.
- *Matching*: ``reach`` and ``pairs`` (which may be one), ``word_pairs``, ``comparing`` with ``compared_names`` and
  ``token_sets``, ``linkage`` (what a likeness is worth), ``rivals``, ``match`` (all of it), ``report_pairs``.
- *Merging*: ``clustering``, ``merge``, ``grading``, ``claim_links``, ``review`` (the queue), ``sensitivity``.
"""
