"""Scripts that a test puts into a page before the lab loads, to see what cannot be read from the DOM."""

STANDS = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
"""Whether a page is put together: until then, what is pressed may be replaced between a press and its release."""

WIRE = """
(() => {
  const wire = { sent: 0, received: 0, bytes: 0, last: 0 };
  globalThis.wire = wire;
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", ({ data }) => {
        wire.received += 1;
        wire.bytes += data.byteLength ?? data.size ?? data.length;
        wire.last = performance.now();
      });
    }
    send(data) {
      wire.sent += 1;
      wire.last = performance.now();
      super.send(data);
    }
  };
})();
"""
"""Counts the messages between page and server: wire.sent, wire.received, wire.bytes (received), wire.last (when)."""

DRAWN_TEXT = """
(() => {
  const drawn = new Map();
  globalThis.drawnText = drawn;
  const native = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    drawn.set(text, { colour: this.fillStyle, at: performance.now() });
    return native.call(this, text, ...place);
  };
})();
"""
"""Remembers every text written on a canvas, with its colour and when it was last drawn."""

TOLD = """
(name) => {
  const stage = document.querySelector("[data-testid=stage]");
  const told = stage.dataset[name] === undefined ? [] : [stage.dataset[name]];
  globalThis.told = { ...globalThis.told, [name]: told };
  new MutationObserver(() => told.push(stage.dataset[name])).observe(stage, { attributeFilter: [`data-${name}`] });
}
"""
"""Keeps each value that an attribute of the stage takes, in the list told[name]; call it with the attribute's name."""

AXIS = """
(plot, name) => {
  const { low, high, offset, length } = plot.querySelector(`[data-axis=${name}]`).dataset;
  const [from, to, start, size] = [low, high, offset, length].map(Number);
  const share = (value) => (name.startsWith("x") ? value - from : to - value) / (to - from);
  return { range: [from, to], offset: start, length: size, at: (value) => start + size * share(value) };
}
"""
"""An axis of the lab's flat plots as it is drawn: its range, and where it and its values are, in pixels of the plot."""

FLAT = ".ov-surface .ov-plot:not([hidden])"
"""Of the picture between cards and charts, what holds its axes."""
