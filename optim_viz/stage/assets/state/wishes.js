/**
 * What is wanted of Python besides runs: the gallery, a page, a file, a picture, torch beside a lane.
 *
 * The gallery, a page and a file are asked for with each request until they have come, or cannot be had; the others once.
 *
 * @import { Header, PageWish, Request, Wish } from "./types.js"
 */

export class Wishes {
  constructor() {
    this.gallery = false;
    /** @type {PageWish | null} a page in one file */ this.page = null;
    this.pageAsked = 0; // the request for it that is on its way; 0 for none
    /** @type {Wish | null} a file or a script */ this.take = null;
    this.takeAsked = 0; // the request for it that is on its way; 0 for none
    /** @type {Record<string, unknown> | null} what is to be asked about a picture or a film */ this.drawing = null;
    this.parity = -1; // the lane beside which torch is to be run
  }

  /** @returns {boolean} */
  get any() {
    return this.gallery || this.page !== null || this.take !== null || this.drawing !== null || this.parity >= 0;
  }

  /** @param {PageWish} wish */
  wantPage(wish) {
    this.page = wish;
    this.pageAsked = 0; // an answer that is on its way is to another wish
  }

  /** @param {Wish} wish */
  wantTaken(wish) {
    this.take = wish;
    this.takeAsked = 0;
  }

  /**
   * What a request says of them. A page and a file are of what Python has confirmed: an edit goes first.
   *
   * @param {number} seq the request's number
   * @param {boolean} edit it brings one
   * @returns {Partial<Request>}
   */
  told(seq, edit) {
    this.pageAsked = this.page !== null && !edit ? seq : 0;
    this.takeAsked = this.take && !edit ? seq : 0;
    const told = {
      ...(this.gallery ? { gallery: true } : {}),
      ...(this.page !== null && !edit ? { page: this.page } : {}),
      ...(this.take && !edit ? { take: this.take } : {}),
      ...(this.drawing ? { drawing: this.drawing } : {}),
      ...(this.parity >= 0 ? { parity: this.parity } : {}),
    };
    this.drawing = null;
    this.parity = -1;
    return told;
  }

  /** @param {Header} header of an answer: what it was asked for has come, or cannot be had */
  answered({ gallery, seq }) {
    if (gallery) this.gallery = false;
    if (this.pageAsked > 0 && seq >= this.pageAsked) this.page = null;
    if (this.takeAsked > 0 && seq >= this.takeAsked) this.take = null;
  }
}
