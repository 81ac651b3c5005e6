"""Files of layers → features, statuses and dated areas, checked and mended.

========================  ==========================================================================
``area_files``            any file of areas, by its ending: ``geojson``, ``kml``, ``vector_files``
``features``              geometries mended, degrees checked, what covers no ground refused
``projections``           a named reference system → WGS 84
``maps``, ``gains``       dated maps, stated gains and losses → dated areas
``map_checks``            areas that jump between maps, ground that two parties claim
``statuses``              place-status tables, long, wide and as intervals
``layer_cache``           what was read, kept by the content of the files
``packed``                members of archives, within limits
========================  ==========================================================================
"""
