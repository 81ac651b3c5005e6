"""Names in a text, known beforehand or introduced by the article.

========================  ==========================================================================================
``names``                 those of ``actors.toml`` and of the case; ``variants`` their other spellings
``people``, ``groups``    persons, invented states and groups that the article introduces
``plain_names``           names that neither a list nor the article introduces
``persons``               titles, and whether "he" or "she" may point at a person
``parties``               what the party of a name is called
========================  ==========================================================================================
"""
