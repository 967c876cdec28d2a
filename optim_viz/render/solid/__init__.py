"""The view in 3D of a picture: the surface as heights, seen by the stage's camera, and the runs on it."""
