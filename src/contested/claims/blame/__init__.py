"""Whom words of deeds, blame and denial point at.

========================  ==========================================================================================
``doers``                 who is said to have done a deed
``targets``               who is blamed
``counterfactuals``       what is said of a deed by what did not follow
``mentions``              every phrase that may name a party
``blaming``               sentences of blame and denial that the tagger missed
========================  ==========================================================================================
"""
