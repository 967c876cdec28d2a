/** Loads plotly.js from beside this file (set-up copied it out of the installed plotly wheel), once a page. */

/** @type {Promise<any> | undefined} */
let loading;

/** @returns {Promise<any>} the Plotly object */
export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("../plotly.min.js", import.meta.url).href;
    // Streamlit may load a Plotly of its own version later: keep the one that this script defined.
    script.onload = () => resolve(/** @type {any} */ (globalThis).Plotly);
    script.onerror = () => {
      loading = undefined; // who asks again may have better luck
      reject(new Error("plotly.min.js could not be loaded from the app's own server"));
    };
    document.head.append(script);
  });
  return loading;
}
