"""What all readings of a text stand on.

========================  ==========================================================================================
``words``                 tokens, paragraphs, sentences and quotation marks, by their offsets
``sentences``             sentences of texts with or without commas and paragraph breaks
``wording``               the wordings that stances and facts are told by
========================  ==========================================================================================
"""
