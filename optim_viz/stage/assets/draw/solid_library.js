/**
 * plotly.js, which draws the surface in 3D and nothing else of the lab: it is loaded when 3D is chosen for the first time.
 */
export class SolidLibrary {
  /**
   * @param {(() => Promise<any>) | null} load null where the page does not hold it
   * @param {() => void} onNews it is here, or will not come
   */
  constructor(load, onNews) {
    this.load = load;
    this.onNews = onNews;
    /** @type {any} */ this.Plotly = null;
    this.loading = false;
    this.problem = ""; // why it is not here
  }

  /** Somebody waits for it. */
  want() {
    if (this.Plotly || this.loading || this.problem) return;
    if (!this.load) {
      this.problem = "it is not in this page";
      return;
    }
    if (!hasWebGL()) {
      this.problem = "this browser draws no WebGL";
      return;
    }
    this.loading = true;
    void this.load().then((Plotly) => (this.Plotly = Plotly), (/** @type {Error} */ error) => (this.problem = error.message)).then(() => {
      this.loading = false;
      this.onNews();
    });
  }

  /** Somebody chooses 3D: what failed is tried again. */
  again() {
    this.problem = "";
  }
}

/** Whether plotly.js can draw; a context that was only asked for is given back. */
function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}
