"""A text → attributions, and what the network says of their stance.

========================  ==========================================================================================
``tagger``                which tagger reads: the network, or the fast tier
``deep_tagger``           the network: ``windows``, ``encoder`` (``weights``), ``decoding``
``fast_tagger``           the fast tier: ``features``, and ``quotations`` put right by rule
``stance_reader``         stance by the network, from ``passages`` with the names hidden
``directions``            who is for or against whom, between two names
``models``                where the weights are
========================  ==========================================================================================
"""
