/* Opens the lab from what the page holds, or, in a frame of a notebook or a handout, from what the page around it hands in. */
(async () => {
  const root = document.querySelector(".ov-root");
  try {
    const held = (id) => document.getElementById(id)?.textContent;
    const handed = () => new Promise((resolve) => {
      addEventListener("message", function listen(event) {
        if (event.source !== parent || !event.data?.program) return;
        removeEventListener("message", listen);
        resolve({ ...event.data, port: event.ports[0] });
      });
    });
    const given = held("program") ? { program: held("program"), opening: held("opening"), families: held("families") } : await handed();
    const unpacked = async (text) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
    };
    const [code, opening, families] = await Promise.all([given.program, given.opening, given.families].map((text) => text && unpacked(text)));
    const program = JSON.parse(new TextDecoder().decode(code));
    const address = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const style = document.createElement("style");
    style.textContent = program.css;
    document.head.prepend(style);
    const plotly = program.plotly ? () => new Promise((resolve, reject) => { // only once somebody wants 3D
      const script = document.createElement("script");
      script.onload = () => resolve(globalThis.Plotly);
      script.onerror = () => reject(new Error("the part that draws it could not be read"));
      script.src = address(program.plotly);
      document.head.append(script);
    }) : null;
    const addresses = new Map();
    for (const [path, text] of program.modules) {
      addresses.set(path, address(text.replace(/^((?:import|export)\b[^;]*?from )"([^"]+)";/gm, (_, words, from) => `${words}"${addresses.get(from)}";`)));
    }
    const { open } = await import(addresses.get(`hosts/${given.port ? "notebook" : "saved_page"}.js`));
    const foot = document.querySelector(".ov-inside");
    if (given.lab) foot.dataset.lab = given.lab;
    open(root, foot, given.port ?? { opening, families }, plotly);
  } catch (error) {
    console.error(error);
    root.textContent = `This page could not be opened: ${error.message}. It needs a browser of 2023 or newer.`;
  }
})();
