"""Boundaries of a layer stored once, and the three questions that they answer fast.

========================  ==========================================================================
``edge_runs``             areas of a layer → edges with the spans on which they stand
``cell_index``            who held a point on a span (``cell_kernels`` is its compiled loop)
``front_edges``           which edges are front; ``front_index`` how far it is (``front_kernels``)
``disc_shares``           shares of discs and days (``edge_blocks`` its tree, ``disc_kernels``)
``front_search``          the same distance by Shapely: the oracle, and the answer for few rows
``curve``                 points in an order that keeps neighbours together
========================  ==========================================================================
"""
