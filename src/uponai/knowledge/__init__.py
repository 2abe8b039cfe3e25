"""Knowledge bases outside the database: the contents of their sources, on disk.

Knows neither the API nor agents; ids and sizes come in, paths go out.
"""
