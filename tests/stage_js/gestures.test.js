import assert from "node:assert/strict";
import test from "node:test";

import { dragged } from "../../optim_viz/stage/assets/draw/axes_gestures.js";
import { SolidLibrary } from "../../optim_viz/stage/assets/draw/solid_library.js";
import { framed } from "../../optim_viz/stage/assets/draw/zoom_frame.js";

const near = (given, wanted) => given.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-9, `${given} is not ${wanted}`));

test("what is held follows the hand: all of an axis, or the end that is dragged, whose other end stays", () => {
  near(dragged([0, 10], "ew", 0.25), [-2.5, 7.5]);
  near(dragged([0, 10], "ns", -0.5), [5, 15]);
  for (const [end, other] of [["w", 1], ["s", 1], ["e", 0], ["n", 0]]) {
    for (const way of [-0.5, -0.1, 0.1, 0.5]) {
      const range = dragged([2, 6], end, way);
      assert.equal(range[other], [2, 6][other]);
      assert.ok(range[0] < range[1]);
      const into = other ? way > 0 : way < 0; // into the plot: more of the axis comes in sight
      assert.equal(range[1] - range[0] > 4, into, `${end} by ${way} gives ${range}`);
    }
  }
  near(dragged([0, 9], "w", 0.1), [-1, 9]); // the value that was held is under the hand: 0 at a tenth of the way
});

test("a frame is of both axes, or of the one that the hand goes along; a twitch is none", () => {
  const size = { width: 200, height: 100 };
  assert.deepEqual(framed({ x: 20, y: 10 }, { x: 120, y: 60 }, size), { x: [0.1, 0.6], y: [0.4, 0.9] });
  assert.deepEqual(framed({ x: 120, y: 60 }, { x: 20, y: 10 }, size), { x: [0.1, 0.6], y: [0.4, 0.9] });
  assert.deepEqual(framed({ x: 20, y: 50 }, { x: 120, y: 55 }, size), { x: [0.1, 0.6], y: null });
  assert.deepEqual(framed({ x: 20, y: 50 }, { x: 22, y: 90 }, size).x, null);
  assert.deepEqual(framed({ x: 20, y: 50 }, { x: 25, y: 53 }, size), { x: null, y: null });
});

test("plotly.js is loaded once, when it is wanted; what failed is tried again when 3D is chosen again", async () => {
  globalThis.document = { createElement: () => ({ getContext: (kind) => kind === "webgl" && { getExtension: () => null } }) };
  let [loads, news] = [0, 0];
  const answers = [() => Promise.reject(new Error("gone")), () => Promise.resolve("Plotly")];
  const loader = new SolidLibrary(() => answers[loads++](), () => { news += 1; });
  assert.equal(loads, 0);
  const settled = () => new Promise((done) => setTimeout(done));
  loader.want();
  loader.want();
  assert.deepEqual([loads, loader.loading, loader.problem], [1, true, ""]);
  await settled();
  loader.want(); // nobody has chosen 3D anew
  assert.deepEqual([loads, news, loader.loading, loader.problem, loader.Plotly], [1, 1, false, "gone", null]);
  loader.again();
  loader.want();
  await settled();
  loader.again();
  loader.want();
  assert.deepEqual([loads, news, loader.problem, loader.Plotly], [2, 2, "", "Plotly"]);
  const none = new SolidLibrary(null, () => assert.fail("nothing comes"));
  none.want();
  assert.match(none.problem, /not in this page/);
  delete globalThis.document;
});

test("plotly.js is not loaded where there is no WebGL", () => {
  globalThis.document = { createElement: () => ({ getContext: () => null }) };
  const loader = new SolidLibrary(() => assert.fail("it is not asked for"), () => assert.fail("nothing comes"));
  loader.want();
  assert.match(loader.problem, /no WebGL/);
  delete globalThis.document;
});
