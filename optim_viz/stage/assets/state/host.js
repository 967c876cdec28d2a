/**
 * What the stage asks of the page that it stands on: the one interface that a host implements. Streamlit is one
 * (hosts/streamlit_lab.js); a notebook or a page in one file can be another. Types only: nothing here runs.
 *
 * A host makes a `Stage` of an element and itself, hands each of Python's messages to `stage.receive`, and calls
 * `stage.layout` when the page's colours change.
 *
 * @import { Request } from "./types.js"
 * @import { Mark } from "./undo.js"
 *
 * @typedef {{background: string, text: string, font: string}} PageStyle CSS values; "" where the page has none of its own
 *
 * @typedef {object} Address where the experiment on screen is written down
 * @property {(query: string) => void} show writes the query of a link, without "?", into the address bar, if there is one
 * @property {(query: string) => string} link the whole address that opens this query
 * @property {{now: () => string, show: (fragment: string) => void} | null} fragment what the address ends with, without "#";
 *   null where there is none
 * @property {boolean} named the address that opened the page said what to show
 * @property {Entries | null} entries the browser's history; null where it is not the stage's to use
 *
 * @typedef {object} Entries of the browser's history, one a committed change; each holds a mark that survives a reload
 * @property {(query: string, mark: Mark) => void} push makes a new entry
 * @property {(mark: Mark) => void} mark marks the present entry
 * @property {() => Mark | null} marked the mark of the present entry
 * @property {(by: number) => void} go moves along the entries; `listen` is told of the arrival
 * @property {(arrived: (mark: Mark) => void) => void} listen hears of each move to a marked entry, the person's too
 *
 * @typedef {object} Store text by name; where the browser keeps nothing, reading gives null and writing false
 * @property {(name: string) => string | null} read
 * @property {(name: string, text: string) => boolean} write
 *
 * @typedef {object} Host
 * @property {(request: Request) => void} send asks Python; the answer comes through `Stage.receive`
 * @property {(element: Element) => PageStyle} style how the page looks around an element
 * @property {(() => Promise<any>) | null} plotly loads the Plotly object, which draws in 3D; null where the page does not hold it
 * @property {Address} address
 * @property {Store | null} tab what is kept as long as the tab is open
 * @property {(leaving: () => void) => void} onLeave calls back when the page is left or hidden
 * @property {(text: string) => void} [title] what is on screen, for a host that has a title to show it in
 */
export {};
