"""A lab in one HTML file, which opens from disk without a server or a network.

    from optim_viz.saved_page import page_of
    Path("valley.html").write_text(page_of("surface=narrow_valley&lane=adam,lr=0.15"), encoding="utf-8")

The file is the stage itself with its data: the runs on screen, and for each slider in sight the run at each of its
stops (rounded to float32), so that it plays, scrubs, zooms and drags. JavaScript computes no run: what is not inside is
said.
"""

from optim_viz.saved_page.handout import handout, handout_problems
from optim_viz.saved_page.page import LAB, Saved, checked_lab, page_of, problems_of, saved

__all__ = ["LAB", "Saved", "checked_lab", "handout", "handout_problems", "page_of", "problems_of", "saved"]
