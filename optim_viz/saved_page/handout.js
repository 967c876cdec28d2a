/* Puts a lab in each figure once it comes in sight: a frame of its own, which is handed the one program and its data. */
(() => {
  const held = (id) => document.getElementById(id).textContent;
  const unpacked = async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const page = unpacked(held("frame"));
  const begin = async (figure) => {
    const { place, lab } = figure.dataset;
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox");
    frame.title = figure.getAttribute("aria-label");
    frame.addEventListener("load", () => {
      frame.contentWindow.postMessage({ program: held("program"), opening: held(`opening-${place}`), families: held(`families-${place}`), lab }, "*");
    }, { once: true });
    frame.srcdoc = await page;
    figure.prepend(frame);
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      begin(target).catch(console.error); // the still picture stays
    }
  }, { threshold: 0.1 });
  for (const figure of document.querySelectorAll("figure")) seen.observe(figure);
})();
