/**
 * The shapes that travel through the stage. Types only: nothing here runs.
 *
 * @typedef {Float32Array | Float64Array | Uint16Array} Values
 * @typedef {[number, number]} Pair
 * @typedef {{dtype: "<f8" | "<f4" | "<u2", shape: number[], channels: string[], offset: number}} ArraySpec
 * @typedef {{shape: number[], channels: string[], values: Values}} Block
 * @typedef {{target: string, expression: string}} Line
 * @typedef {{field: string, message: string, count?: number}} Problem count: how many it stands for; 1 where it is left out
 *
 * @typedef {object} LaneState
 * @property {string} optimizer
 * @property {Record<string, number | boolean | string>} hyperparameters a string is what a person typed, not yet checked
 * @property {number} colour index into the palette
 * @property {string} marker
 * @property {boolean} visible
 * @property {string} [schedule] as a link writes it; none where the learning rate stays
 *
 * @typedef {object} Scenario
 * @property {string} surface
 * @property {Record<string, number | string>} parameters
 * @property {string} formula
 * @property {[Pair, Pair] | null} domain
 * @property {[number | string, number | string]} start
 * @property {number | string} steps
 * @property {number | string} noise
 * @property {number | string} seed
 * @property {LaneState[]} lanes
 * @property {"overlay" | "panels" | "3d"} view
 * @property {number | null} time
 * @property {Pair | null} loop the steps between which it plays again and again
 * @property {number} speed
 * @property {number} lane
 * @property {[Pair, Pair] | null} zoom
 * @property {"equal" | "fill"} axes one scale for x and y, or each stretched to fill the picture
 * @property {"asinh" | "linear"} height of the surface in 3D
 * @property {[number, number, number] | null} camera where the eye is in 3D; null is the usual place
 * @property {string[]} plots the diagnostics that are drawn
 * @property {string} story the name of the story that it is, or came from; "" for none
 * @property {Record<string, Scale>} scales of value axes, where a person chose
 * @property {Pin | null} pin the runs that stay on screen as ghosts
 * @property {[number | string, number | string] | null} cloud how many further starts, and the radius of their disc in parts of the shorter side of the domain
 *
 * @typedef {object} Pin see scenario/pin.py
 * @property {string} surface
 * @property {Record<string, number | string>} parameters
 * @property {string} formula
 * @property {[number | string, number | string]} start
 * @property {number | string} noise
 * @property {number | string} seed
 * @property {LaneState[]} lanes
 *
 * @typedef {object} HyperparameterInfo
 * @property {string} name
 * @property {string} symbol
 * @property {number | boolean} default
 * @property {number} low
 * @property {number} high
 * @property {"log" | "linear" | "choice"} scale
 * @property {boolean} complement
 * @property {boolean} primary its slider is always in sight
 * @property {string} words what the slider is called
 * @property {string} help
 * @property {string} meaning what a value comes to, with {value} and {memory} to be filled in
 * @property {string} section of the Paper page, by its slug
 * @property {(number | boolean)[]} stops
 *
 * @typedef {{short: string, title: string, sentence: string, settings: Record<string, number | boolean>}} ConventionInfo
 *
 * @typedef {object} OptimizerInfo
 * @property {string} name
 * @property {string} title
 * @property {string} latex
 * @property {string} source
 * @property {string} family rules of one family want about the same learning rate
 * @property {HyperparameterInfo[]} hyperparameters
 * @property {ConventionInfo[]} conventions the published ways in which implementations differ, torch's first
 * @property {string[]} states
 * @property {Record<string, string>} symbols
 * @property {Record<string, string>} meanings of the states
 * @property {string[]} first_moment
 * @property {string[]} second_moment
 * @property {PointInfo[]} points states that are marked beside the particle
 * @property {EllipseInfo | null} ellipse the matrix that is drawn at the particle
 *
 * @typedef {{state: string, marker: string, joined: "before" | "after"}} PointInfo a thin line leads to it from the particle's place
 * @typedef {{diagonal: string, cross: string, power: number, title: string, meaning: string}} EllipseInfo
 *
 * @typedef {object} ScheduleInfo
 * @property {string} name
 * @property {string} title
 * @property {string} sentence what it does
 * @property {string} source
 * @property {{name: string, symbol: string, default: number, low: number, high: number, help: string, whole: boolean}[]} parameters
 *
 * @typedef {object} ThemeColours see figures/theme.py
 * @property {"light" | "dark"} mode
 * @property {string} background
 * @property {string} text
 * @property {string} muted
 * @property {string} grid
 * @property {string[]} lanes
 * @property {string[]} labels the lanes' colours as small text needs them
 * @property {[number, string][]} contour
 * @property {string} contour_line
 * @property {string} halo
 *
 * @typedef {"solid" | "dotted" | "dashed"} CurveStyle
 * @typedef {"linear" | "log" | "symlog"} Scale how a value axis counts
 * @typedef {{channel: string, style: CurveStyle, title: string}} CurveInfo
 *
 * @typedef {object} Chart see stage/charts.py
 * @property {string} id
 * @property {string} diagnostic
 * @property {"" | "x" | "y"} axis
 * @property {string} end what follows the name of a curve's channel
 * @property {string} title in Plotly's markup
 * @property {string} note
 * @property {Scale} scale
 * @property {boolean} [chosen] a person chose the scale
 * @property {number[]} reference
 * @property {boolean} wide
 * @property {boolean} beside it stands beside the picture; the others stand in the drawer of more plots
 * @property {string} lacking what a lane that it leaves out has not
 *
 * @typedef {object} PlotInfo an entry of the plots menu
 * @property {string} name
 * @property {string} title
 * @property {string} help
 * @property {string} panel the heading that it stands under
 * @property {boolean} default
 * @property {string} lacking
 * @property {string} section of the Paper page, by its slug
 * @property {string} control of a lane, beside which it is offered; "" for none
 *
 * @typedef {object} Catalog
 * @property {string} key
 * @property {{name: string, title: string, group: string, start: Pair, learning_rates: Record<string, number>}[]} surfaces the rates by family
 * @property {OptimizerInfo[]} optimizers
 * @property {{name: string, title: string, package: string}[]} outside classes that are installed; a lane says what one refuses
 * @property {ScheduleInfo[]} schedules
 * @property {string[]} colours their names
 * @property {{light: ThemeColours, dark: ThemeColours}} themes
 * @property {string[]} markers
 * @property {PlotInfo[]} plots
 * @property {number[]} speeds
 * @property {Scenario} first the first screen
 * @property {number} near how close to the minimum a loss counts as arrived
 * @property {{tables: (Choice & {needs: string})[], formats: Choice[], scripts: (Choice & {help: string})[]}} takes what can be taken away; a table that needs a field of the scenario is there with it; see stage/taken.py
 * @property {{lanes: number, link: number, steps: number}} limits
 *
 * @typedef {object} SurfaceParameter
 * @property {string} name
 * @property {string} symbol
 * @property {number} value
 * @property {number} default
 * @property {number} low
 * @property {number} high
 * @property {boolean} integer
 * @property {string} help
 *
 * @typedef {object} SurfaceInfo
 * @property {string} key
 * @property {string} name
 * @property {string} title
 * @property {string} text
 * @property {string} note
 * @property {string} source
 * @property {[Pair, Pair]} domain
 * @property {Pair[]} minima
 * @property {number | null} minimum
 * @property {boolean} stochastic
 * @property {SurfaceParameter[]} parameters
 * @property {{x0: number, x1: number, y0: number, y1: number}} grid
 * @property {number} floor the loss of height 0
 * @property {number} scale a height is asinh((loss - floor) / scale)
 * @property {boolean} resolved false where it has finer detail than the grid can show
 *
 * @typedef {object} LaneInfo
 * @property {string} title
 * @property {{name: string, short: string}[]} differs the hyperparameters that the title names
 * @property {string} convention what the title calls the convention that it follows, "" where that tells nothing
 * @property {{lane: number, distance: number, step: number} | null} apart the largest distance to a lane that differs in a convention alone
 * @property {string} schedule what the title calls its schedule, "" where that tells nothing
 * @property {string} text the lane as a link has it
 * @property {string} key
 * @property {string} optimizer
 * @property {number} diverged_at
 * @property {string} divergence
 * @property {number | null} arrived first step within `near` of the minimum, -1 for none, null where the minimum is not known
 * @property {Line[]} lines none of an outside class
 * @property {string[]} recorded the states that the arithmetic shows where there are no lines
 * @property {Record<string, CurveInfo[]>} curves
 * @property {string} note what else must be said of the run; "" for nothing
 * @property {boolean} waiting it stands in for a run that is on its way
 *
 * @typedef {object} FamilyInfo
 * @property {string} key
 * @property {number} lane
 * @property {string} hyperparameter
 * @property {number | null} fine the value that its stops were made around; null where they are the slider's own
 * @property {StripInfo} strip how its runs end
 * @property {(number | boolean)[]} stops
 * @property {number[]} diverged_at
 * @property {string[]} divergence
 * @property {number[] | null} arrived of each stop, as in LaneInfo
 * @property {Line[][]} lines
 * @property {string[]} recorded as in LaneInfo
 * @property {Record<string, CurveInfo[]>} curves as in LaneInfo
 * @property {number[]} line_of_stop
 * @property {string[]} notes what must be said of the run at each stop; [] where nothing is to be said of any
 * @property {number} waiting stops whose run is on its way; the nearest one that is there stands in for it
 * @property {{time: number, steps: string, exact: string} | null} thinned the keys of the other arrays of long runs, and the step whose numbers are exact
 *
 * @typedef {{lane: number, hyperparameter: string, fine?: boolean}} FamilyWish
 *
 * @typedef {object} StripInfo see stage/strips.py
 * @property {string} key
 * @property {string} hyperparameter
 * @property {number | null} start loss at the start, less the minimum where one is known
 * @property {boolean} minimum whether one is known
 * @property {{value: number, words: string, above: boolean} | null} edge where the rule's stability ends on this slider
 *
 * @typedef {object} StoryInfo see stage/story_section.py
 * @property {string} name
 * @property {string} title
 * @property {number | null} at the scene on screen: 0 is the story itself, then its moves; null for none of them
 * @property {string} sentence
 * @property {Scenario} scenario
 * @property {{label: string, scenario: Scenario}[]} moves
 * @property {{text: string, winner: number, answer: string} | null} question
 *
 * @typedef {object} GalleryStory see stage/gallery.py
 * @property {string} name
 * @property {string} title
 * @property {string} text its sentence, or the question that it asks first
 * @property {string} link the query that opens it
 * @property {Scenario} scenario
 * @property {[Pair, Pair]} window of its picture
 * @property {Pair[]} minima
 * @property {string} ground key of the heights
 * @property {string} paths key of the paths
 * @property {{colour: number, marker: string}[]} lanes
 * @typedef {{title: string, stories: GalleryStory[]}} GalleryGroup
 *
 * @typedef {object} CloudInfo see stage/clouds.py
 * @property {string} key
 * @property {number} count
 * @property {number} steps of each run
 * @property {number} stride steps between two places that are sent
 * @property {number[] | null} arrived of each start, the first step near the minimum; -1 for none
 * @property {number[]} diverged of each start, the first step that is not finite; -1 for none
 *
 * @typedef {object} Drawing a picture or a film; see render/jobs.py
 * @property {Record<string, string>} [missing] of each format, what must be installed; "" for nothing
 * @property {string} token "" for none
 * @property {"waiting" | "running" | "done" | "failed" | "cancelled"} [state]
 * @property {number} [done] frames
 * @property {number} [of]
 * @property {string} [error]
 * @property {string} [kind] ending of the file's name
 * @property {Uint8Array} [bytes] the file, once it is done
 *
 * @typedef {object} Header
 * @property {number} seq
 * @property {number} page_runs how often Python has run the whole page, not only answered a request
 * @property {Scenario} scenario
 * @property {string} query
 * @property {Problem[]} problems
 * @property {SurfaceInfo} surface
 * @property {StoryInfo | null} story
 * @property {GalleryGroup[]} [gallery] where it was asked for
 * @property {{lane: number, done: boolean, told: string[]}} [parity] where it was asked for: what came of running torch beside a lane
 * @property {PageWish & {key: string, draggable: number}} [page] where it was asked for: the array that is the lab as a page in one file, and how many sliders drag in it
 * @property {{wish: Wish, problem?: string, key?: string, file?: string, media?: string}} [taken] where something was wished for
 * @property {Drawing} [drawing] where it was asked for: how a picture or a film stands; its file is the array "drawing"
 * @property {Chart[]} charts
 * @property {PlotInfo[]} states what the lanes keep beside their moments, for the plots menu
 * @property {LaneInfo[]} lanes
 * @property {LaneInfo[]} pinned the lanes of the scenario's pin; none where it has none
 * @property {{key: string, title: string, colour: number, marker: string}[]} paths known on the surface; see stage/known_paths.py
 * @property {FamilyInfo[]} families
 * @property {(StripInfo & {lane: number})[]} strips
 * @property {OptimizerInfo[]} outside the outside classes that lanes run
 * @property {(CloudInfo | null)[]} clouds of each lane; null for one that has none, or none yet
 * @property {boolean} clouds_later whether there was no time for all of them
 * @property {boolean} strips_later whether there was no time for all that were asked for
 * @property {{title: string, path: string}[]} pages
 * @property {Record<string, string>} sections of the Paper page: slug to address
 * @property {Catalog} [catalog]
 * @property {Record<string, ArraySpec>} arrays
 *
 * @typedef {{name: string, title: string}} Choice
 * @typedef {{kind: "table" | "script", name: string, format?: string}} Wish see stage/taken.py
 * @typedef {{wish: Wish, problem?: string, file: string, media: string, bytes: Uint8Array}} Taken
 * @typedef {{drag: boolean, plotly: boolean}} PageWish a page in one file, with or without the sliders' runs and plotly.js, which draws 3D
 *
 * @typedef {{header: Header, blocks: Map<string, Block>}} Packet
 *
 * @typedef {object} Request
 * @property {number} seq
 * @property {unknown} scenario as edited, with typed text in it, or from a file: Python judges it; null for none
 * @property {FamilyWish[]} families
 * @property {{lane: number, hyperparameter: string}[]} strips nearest first
 * @property {string[]} have
 * @property {boolean} [gallery] send the gallery too
 * @property {PageWish} [page] send the lab as a page in one file
 * @property {Wish} [take] send a file or a script
 * @property {Record<string, unknown>} [drawing] a picture or a film to begin, follow or cancel
 * @property {number} [parity] the lane beside which torch is to be run
 * @property {string} query of the link to what is on screen, as Python wrote it last
 * @property {number} step the one on screen
 * @property {number | null} aspect width by height of the picture of the surface; null while the usual grid covers it
 */
export {};
