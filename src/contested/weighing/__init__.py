"""Incidents, control and fronts to findings. Modules in the order of the work.

sample           what a test is given, as columns; ``population``: where people live
draws            place, day and layer of each incident, drawn; ``spread``: points of discs and outlines; ``imputed``:
                 estimates from draws
nulls, labels    what chance alone gives: orders, sums, labels within strata and by salvos; ``against_others``
zones            in whose area, how near the front; ``comparisons``: people, rotated days, the map; ``reporting``
panel, grounds   cells and days over a layer; ``neighbours``, ``exposure``: which cells were attacked, beside which
hazard, event_study, placebos, wakes, direction
                 losses of ground after attacks; ``losing_ground``, ``wake_finding``, ``following``: as findings
clustering       Knox's test; ``salvos``: as a finding
findings         all tests of a case and the rows that each used
variants         every other choice; ``robustness``: does a finding hold under it
odds, scales     ratios per source group; ``rival_accounts``, ``ach``: as tables
implications     what an account needs, checked; ``statement_implications``, ``retractions``: in what its party said
"""
