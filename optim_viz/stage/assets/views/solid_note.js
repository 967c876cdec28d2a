/** Says over the flat picture that 3D is on its way, or why it does not come. */
import { h, setHidden, setText } from "./dom.js";

export class SolidNote {
  constructor() {
    this.element = h("p", { class: "ov-solid-note", role: "status", hidden: true });
  }

  /** @param {import("../draw/surface_pane.js").SurfacePane} pane */
  update({ waiting, inSolid, lab, loader: { problem } }) {
    const wanted = lab?.current.view === "3d" && !inSolid;
    setHidden(this.element, !wanted);
    setText(this.element, waiting ? "Loading 3D …" : wanted ? `3D cannot be shown: ${problem}. Choose 3D again to try once more.` : "");
  }
}
