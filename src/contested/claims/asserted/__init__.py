"""What a text asserts of an attack.

========================  ==========================================================================================
``events``                which happening: the attack, what followed, what went before
``event_times``           when
``event_places``          where
``attackers``             by whom, as the wording of an article has it
``tolls``                 the dead and injured: ``toll_wording``, ``quantities``
========================  ==========================================================================================
"""
