/**
 * What a page of its own gives the stage: the address bar, the browser's history, and what a tab keeps.
 *
 * @import { Address, Entries, Host, Store } from "../state/host.js"
 * @import { Mark } from "../state/undo.js"
 */
const OWN = "optimViz"; // our part of an entry's state
const PREFIX = "optim_viz.";
const FOREIGN = ["embed", "embed_options"]; // keys of the address that are Streamlit's

/**
 * @param {() => boolean} alive false once the stage has left the page
 * @param {() => void} [onMove] called when the browser goes to another entry, before the stage hears of it
 * @returns {Address}
 */
export function pageAddress(alive, onMove) {
  return {
    show: (query) => {
      if (location.search !== `?${query}`) history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
    },
    fragment: {
      now: () => location.hash.slice(1),
      show: (fragment) => history.replaceState(history.state, "", `${location.pathname}${location.search}${fragment && `#${fragment}`}`),
    },
    link: (query) => `${location.origin}${location.pathname}?${query}`,
    named: [...new URLSearchParams(location.search).keys()].some((name) => !FOREIGN.includes(name)),
    entries: entries(alive, onMove),
  };
}

/** @param {() => boolean} alive @param {() => void} [onMove] @returns {Entries} */
function entries(alive, onMove) {
  /** @param {Mark} mark */
  const state = (mark) => ({ ...history.state, [OWN]: mark });
  return {
    push: (query, mark) => history.pushState(state(mark), "", `${location.pathname}?${query}`),
    mark: (mark) => history.replaceState(state(mark), ""),
    marked: () => history.state?.[OWN] ?? null,
    go: (by) => history.go(by),
    listen: (arrived) => addEventListener("popstate", (event) => {
      const mark = event.state?.[OWN];
      if (!mark || !alive()) return;
      onMove?.();
      arrived(mark);
    }),
  };
}

/** What this tab keeps; where the browser forbids it, even the name of the store throws. @returns {Store} */
export function tabStore() {
  return {
    read: (name) => {
      try {
        return sessionStorage.getItem(`${PREFIX}${name}`);
      } catch {
        return null;
      }
    },
    write: (name, text) => {
      try {
        sessionStorage.setItem(`${PREFIX}${name}`, text);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** @type {Host["onLeave"]} */
export function onLeave(leaving) {
  addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leaving();
  });
}
