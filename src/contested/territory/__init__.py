"""Layers to holdings, holdings to control and fronts.

``layers`` reads a layer of a case (``plain_layers`` one without a case, ``files`` the formats, ``scope`` what both are
read against, ``cells`` the ground of places). ``control`` says who held a place on a day, ``several`` what several
layers say together, ``disagreement`` where two differ. ``fronts`` says how far the front was, ``changes`` when a place
changed hands, ``change_maps`` what did between two days. ``ground`` is one map, ``areas`` its geodesic areas and discs,
``index`` the fast way for many rows. ``look_up``, ``answers`` and ``point_files`` take files and tables of points;
``located`` takes the incidents of a case.
"""
