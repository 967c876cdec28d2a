/**
 * What the stage asks of the page that it stands on: the one interface that a host implements. Streamlit is one
 * (hosts/streamlit_lab.js); a notebook or a page in one file can be another. Types only: nothing here runs.
 *
 * A host makes a `Stage` of an element and itself, hands each of Python's messages to `stage.receive`, and calls
 * `stage.layout` when the page's colours change.
 *
 * @import { Request } from "./types.js"
 *
 * @typedef {{background: string, text: string, font: string}} PageStyle CSS values; "" where the page has none of its own
 *
 * @typedef {object} Address where the experiment on screen is written down
 * @property {(query: string) => void} show writes the query of a link, without "?", into the address bar, if there is one
 * @property {(query: string) => string} link the whole address that opens this query
 * @property {() => void} reset opens the first scenario
 *
 * @typedef {object} Host
 * @property {(request: Request) => void} send asks Python; the answer comes through `Stage.receive`
 * @property {(element: Element) => PageStyle} style how the page looks around an element
 * @property {() => Promise<any>} plotly the Plotly object
 * @property {Address} address
 */
export {};
