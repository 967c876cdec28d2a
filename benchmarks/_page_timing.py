"""What benchmarks/drag.py asks of a page: when an input came, when the frame that shows it was painted, what was sent.

A frame counts as painted when a message posted in its animation callback arrives: the browser delivers it after style,
layout and paint of that frame. Times are performance.now(), the clock of an event's timeStamp; Date.now() where a
process outside the browser is compared.
"""

from __future__ import annotations

PAINTED = """
(() => {
  globalThis.afterPaint = (then) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
  };
  globalThis.firstFrame = new Promise((done) => {
    const seen = () => document.querySelector("[data-testid=stage]")?.dataset.frames > 0;
    const look = () => seen() ? afterPaint(() => done(Date.now())) : requestAnimationFrame(look);
    look();
  });
})();
"""
"""Before the page loads: afterPaint(callback), and the promise firstFrame (Date.now() of the stage's first frame)."""

TICKS = """
() => {
  const stage = document.querySelector("[data-testid=stage]");
  const ticks = [];
  globalThis.ticks = ticks;
  let since = 0;
  addEventListener("input", (event) => { since ||= event.timeStamp; }, true);
  new MutationObserver(() => {
    if (!since) return;
    const from = since;
    since = 0;
    afterPaint((now) => ticks.push(now - from));
  }).observe(stage, { attributeFilter: ["data-frames"] });
}
"""
"""Fills the list `ticks`: from an input event to the painted frame, one entry a frame."""

RELEASED = """
() => {
  const stage = document.querySelector("[data-testid=stage]");
  globalThis.released = new Promise((done) => {
    addEventListener("pointerup", (event) => {
      const received = wire.bytes;
      const watch = new MutationObserver(() => {
        if (stage.dataset.pending !== "false") return;
        watch.disconnect();
        const bytes = wire.bytes - received;
        afterPaint((now) => done({ ms: now - event.timeStamp, bytes }));
      });
      requestAnimationFrame(() => watch.observe(stage, { attributeFilter: ["data-frames"] }));
    }, { capture: true, once: true });
  });
}
"""
"""The promise `released`: from the next pointerup to the frame in which Python's answer and its axes are painted."""

STRIPS = """
(type) => {
  const stage = document.querySelector("[data-testid=stage]");
  globalThis.stripped = new Promise((done) => {
    addEventListener(type, (event) => {
      const before = Number(stage.dataset.answer);
      const watch = new MutationObserver(() => {
        const { answer, pending, strips } = stage.dataset;
        if (Number(answer) <= before || pending !== "false" || strips !== "0") return;
        watch.disconnect();
        afterPaint((now) => done(now - event.timeStamp));
      });
      watch.observe(stage, { attributeFilter: ["data-frames"] });
    }, { capture: true, once: true });
  });
}
"""
"""The promise `stripped`: from the next event of a type to the frame in which every slider in sight has its strip."""

CHANGED = """
(shown) => {
  globalThis.changed = new Promise((done) => {
    addEventListener("keydown", (event) => {
      const received = wire.bytes;
      const look = () => {
        const plot = document.querySelector(".js-plotly-plot");
        const drawn = plot?.querySelector(".gtitle")?.textContent.endsWith(shown);
        const frames = plot?._transitionData?._frames?.length;
        if (!drawn || !frames) return requestAnimationFrame(look);
        const bytes = wire.bytes - received;
        afterPaint((now) => done({ ms: now - event.timeStamp, bytes, frames }));
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
}
"""
"""The promise `changed`: from the next keydown to the painted chart whose title ends with a text, its frames loaded."""

PLAYED = """
(seconds) => new Promise((done) => {
  const { dataset } = document.querySelector("[data-testid=stage]");
  const [frames, time, since] = [Number(dataset.frames), Number(dataset.time), performance.now()];
  setTimeout(() => {
    const passed = (performance.now() - since) / 1000;
    done({ fps: (Number(dataset.frames) - frames) / passed, steps: Number(dataset.time) - time });
  }, seconds * 1000);
})
"""
"""Frames painted a second, over some seconds."""

PACE = """
(count) => new Promise((done) => {
  const gaps = [];
  let last = 0;
  const tick = (now) => {
    if (last) gaps.push(now - last);
    last = now;
    if (gaps.length < count) requestAnimationFrame(tick);
    else done(gaps.sort((a, b) => a - b));
  };
  requestAnimationFrame(tick);
})
"""
"""Milliseconds between the animation frames of a page that does nothing: how busy the machine is."""
