"""One surface a file, each exposed as SURFACE; :mod:`surfaces.registry` finds them."""
