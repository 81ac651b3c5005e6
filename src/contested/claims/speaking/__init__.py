"""Sources of attributions → speakers, and the links they speak through.

========================  ==========================================================================================
``speakers``              the sources of an article in order
``referents``             whom a pronoun or a role points at
``continuing``            quotations that go on over paragraphs
``chains``                who passes a statement on
========================  ==========================================================================================
"""
