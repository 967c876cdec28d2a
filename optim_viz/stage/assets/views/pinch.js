/** Two fingers on the picture zoom it, and not the page. */

/**
 * @param {HTMLElement} holder
 * @param {() => {apart: (factor: number, at: {x: number, y: number}, by: {x: number, y: number}) => void} | null} begin two
 *     fingers went down; `apart` is told how much of the range at that moment is in sight now (below 1: nearer), where the
 *     fingers went down and how far their middle has moved, both in pixels of the holder; null where there is nothing to zoom
 */
export function listenForPinch(holder, begin) {
  /** @type {{zoom: ReturnType<typeof begin>, distance: number, middle: {x: number, y: number}} | null} */
  let pinch = null;
  /** @param {TouchEvent} event */
  const measure = ({ touches: [a, b] }) => {
    const box = holder.getBoundingClientRect();
    return {
      distance: Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)),
      middle: { x: (a.clientX + b.clientX) / 2 - box.left, y: (a.clientY + b.clientY) / 2 - box.top },
    };
  };
  holder.addEventListener("touchstart", (event) => {
    pinch = event.touches.length === 2 ? { zoom: begin(), ...measure(event) } : null;
  }, { passive: true });
  holder.addEventListener("touchmove", (event) => {
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    const { distance, middle } = measure(event);
    pinch.zoom?.apart(pinch.distance / distance, pinch.middle, { x: middle.x - pinch.middle.x, y: middle.y - pinch.middle.y });
  }, { passive: false });
  for (const end of ["touchend", "touchcancel"]) holder.addEventListener(end, () => (pinch = null), { passive: true });
}
