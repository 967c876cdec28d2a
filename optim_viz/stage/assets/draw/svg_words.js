/**
 * Words in an SVG, with the little markup that titles and ticks use: <sub>, <sup>, <i>, <b> and <span style="color:...">. Whatever
 * else stands there is shown as it is written.
 *
 * @typedef {object} Place
 * @property {number} x
 * @property {number} y of the base line
 * @property {number} size
 * @property {string} family
 * @property {"start" | "middle" | "end"} anchor
 * @property {string} [colour]
 * @property {boolean} [turned] read from below
 *
 * @typedef {{element: SVGTextElement, x: number, width: number, up: number, down: number}} Written `up` and `down` are how far its line reaches
 *   from the base line
 *
 * @typedef {{text: string, shift: number, scale: number, colour: string, italic: boolean, bold: boolean}} Piece `shift` is down from the base
 *   line, in parts of the size
 */
const SMALL = 0.7; // sub and sup
const SHIFT = { sub: 0.21, sup: -0.42 };
const SVG = "http://www.w3.org/2000/svg";

/** @param {string} markup @returns {Piece[]} */
export function pieces(markup) {
  const plain = { shift: 0, scale: 1, colour: "", italic: false, bold: false };
  const looks = [plain];
  /** @type {Piece[]} */ const found = [];
  for (const part of markup.split(/(<\/?(?:sub|sup|i|b|span)(?: style="color: ?[^";<>]*")?>)/)) {
    const tag = /^<(\/?)(\w+)(?: style="color: ?([^"]*)")?>$/.exec(part);
    const last = looks[looks.length - 1];
    if (!tag) {
      if (part) found.push({ text: part, ...last });
    } else if (tag[1]) {
      if (looks.length > 1) looks.pop();
    } else {
      const small = SHIFT[/** @type {keyof typeof SHIFT} */ (tag[2])];
      looks.push({
        shift: last.shift + (small ?? 0) * last.scale, scale: last.scale * (small ? SMALL : 1), colour: tag[3] ?? last.colour,
        italic: last.italic || tag[2] === "i", bold: last.bold || tag[2] === "b",
      });
    }
  }
  return found;
}

/** @param {string} markup @param {Place} place @returns {Written} */
export function written(markup, { x, y, size, family, anchor, colour, turned = false }) {
  const element = document.createElementNS(SVG, "text");
  const set = (/** @type {Element} */ of, /** @type {Record<string, string | number | undefined>} */ values) => {
    for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== "") of.setAttribute(name, String(value));
  };
  set(element, { x, y, "font-size": `${size}px`, "text-anchor": anchor === "start" ? undefined : anchor, fill: colour, transform: turned ? `rotate(-90 ${x} ${y})` : undefined });
  const parts = pieces(markup);
  let [width, before, up, down] = [0, 0, 0, 0];
  for (const { text, shift, scale, colour: own, italic, bold } of parts) {
    const at = shift * size;
    const [style, weight] = [italic ? "italic" : "", bold ? "bold" : ""];
    measuring ??= /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    measuring.font = `${style} ${weight} ${size * scale}px ${family}`;
    const { width: wide, fontBoundingBoxAscent, fontBoundingBoxDescent } = measuring.measureText(text);
    width += wide;
    up = Math.max(up, fontBoundingBoxAscent - at);
    down = Math.max(down, at + fontBoundingBoxDescent);
    if (parts.length === 1 && !own && !style && !weight && !shift) element.textContent = text;
    else {
      const span = document.createElementNS(SVG, "tspan");
      span.textContent = text;
      set(span, { dy: at === before ? undefined : at - before, "font-size": scale === 1 ? undefined : `${size * scale}px`, fill: own, "font-style": style, "font-weight": weight });
      element.append(span);
    }
    before = at;
  }
  return { element, x, width, up, down };
}

/** @type {CanvasRenderingContext2D | undefined} */
let measuring;
