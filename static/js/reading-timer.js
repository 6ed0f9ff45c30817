// <reading-timer>: measures attentive time on an article, reports it, and offers to log it.
//
// The browser measures, the server decides (cpd/counting.py, /how-we-time-reading/). A sitting is one reading of one
// text; its name is made here and kept for the tab, so that a reload or Back goes on with it. What is reported are
// totals, never differences: a report that is lost or repeated changes nothing.
//
// Nothing here listens to unload, and nothing is held open while the page is out of sight: both would cost the
// back/forward cache.

import { READING_LINE, ReadingClock, minutesInWords, minutesToOffer, timeInWords } from "./reading-clock.js";
import { newId, send } from "./requests.js";

const TICK_MS = 1000;
const FIRST_BEAT_MS = 1000;
// Until the server has said otherwise.
const BEAT_SECONDS = 15;
const IDLE_SECONDS = 120;
// The server may lag this far behind; it makes up for it with a later report.
const JITTER_MS = 5000;
// A page that has not moved for so long has come to rest; one that never does is not waited for.
const SETTLE_MS = 100;
const MOST_WAITS = 20;
const ONE_TAB = "meducation-reading";
const READING_MODES = ["reader", "visitor", "unoffered"];
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

const STATE_WORDS = {
  counting: "timing",
  idle: "paused: scroll or tap to go on",
  hidden: "paused",
  elsewhere: "timing in another tab or device",
  stopped: "",
};

export class ReadingTimer extends HTMLElement {
  connectedCallback() {
    if (document.prerendering) {
      document.addEventListener("prerenderingchange", () => this.start(), { once: true });
    } else {
      this.start();
    }
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
    this.gone?.abort();
    this.releaseTab();
  }

  start() {
    this.gone = new AbortController();
    this.articleTitle = this.dialog.querySelector('[data-part="title"]').textContent;
    this.context = null;
    // Who read here last, when the server cannot be asked: undefined while that is not the case.
    this.knownReader = undefined;
    this.log = null;
    this.isOutOfReach = false;
    this.beatsInFlight = 0;
    this.hasKeptBeat = false;
    this.unknownAnswers = 0;
    this.readTestSpeed();
    this.blocks = [...(document.getElementById("article")?.children ?? [])];
    this.sitting = this.sittingOfThisTab() ?? this.newSitting();
    this.mayOfferPlace = this.sitting.sequence === 0;
    // On the way to the place where it was left, the page is nowhere that is worth coming back to.
    this.isArriving = new URLSearchParams(location.search).has("carry-on");
    this.sentMs = this.sitting.countedMs;
    this.hasSent = false;
    // To open the page is to touch it.
    this.wasTouched = true;
    this.clock = new ReadingClock({ idleMs: this.idleMs, countedMs: this.sitting.countedMs });
    this.setMode(this.readingMode);
    this.listen();
    this.watchBlocks();
    this.appear();
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.loadLog();
    this.arrive();
  }

  // --- What the page and the server say ---

  get isSignedIn() {
    if (this.context) {
      return this.context.signed_in;
    }
    // A page that comes from this device's own copy may be older than the last login or logout here.
    return this.knownReader === undefined ? this.dataset.signedIn === "true" : this.knownReader !== null;
  }

  /** What there is to do with reading here. Of an article that is not offered as CPD: nothing but to read it. */
  get readingMode() {
    const isOffered = this.context ? !this.context.not_offered : this.dataset.offered === "true";
    if (!isOffered) {
      return "unoffered";
    }
    return this.isSignedIn ? "reader" : "visitor";
  }

  /** The opaque name of who reads: null for a visitor, undefined while nobody has said. */
  get reader() {
    return this.context ? this.context.reader : this.sitting.reader === undefined ? this.knownReader : this.sitting.reader;
  }

  get dialog() {
    return this.querySelector("dialog");
  }

  get beatMs() {
    return 1000 * (this.testBeatSeconds ?? this.context?.beat_seconds ?? BEAT_SECONDS);
  }

  get idleMs() {
    return 1000 * (this.testIdleSeconds ?? this.context?.idle_seconds ?? IDLE_SECONDS);
  }

  /** Tests cannot wait two minutes. The server marks the page so in tests only. */
  readTestSpeed() {
    if ("allowTestSpeed" in this.dataset) {
      const asked = new URLSearchParams(location.search);
      this.testBeatSeconds = Number(asked.get("beat")) || undefined;
      this.testIdleSeconds = Number(asked.get("idle")) || undefined;
    }
  }

  /** When the page comes, or comes back from the back/forward cache, which may be after somebody logged in or out. */
  async arrive() {
    const context = await this.refreshContext();
    if (!context) {
      return;
    }
    const isOtherVariant = String(context.signed_in) !== this.dataset.signedIn;
    const mayReload = !this.dialog.open && this.stored("reading:reloaded") !== location.href;
    if (isOtherVariant && mayReload) {
      this.store("reading:reloaded", location.href);
      location.reload();
      return;
    }
    if (!isOtherVariant) {
      this.store("reading:reloaded", null);
    }
    await this.log?.sendKept();
  }

  /**
   * Ask for what is personal about this page.
   *
   * @returns {Promise<object | null>} null when there was no answer; what was known before still stands.
   */
  async refreshContext() {
    this.asking ??= this.askForContext().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  async askForContext() {
    // The server leaves out of its sums the sitting that goes on here.
    const ask = () => send(`${this.dataset.contextUrl}?sitting=${this.sitting.id}`);
    let answer = await ask();
    if (answer?.ok && this.sitting.reader !== undefined && this.sitting.reader !== answer.body.reader) {
      // What was read so far is somebody else's, or was carried over when its reader logged in.
      this.beginSitting();
      answer = await ask();
    }
    if (answer?.status === 404) {
      // The article is no longer published: nothing of it can be timed.
      this.stop("stopped");
    }
    if (!answer?.ok) {
      this.noteReach(answer !== null && answer.status < 500);
      await this.goByThisDevice();
      return null;
    }
    this.noteReach(true);
    this.context = answer.body;
    this.rememberReader();
    this.sitting.reader = this.context.reader;
    this.clock.idleMs = this.idleMs;
    if (READING_MODES.includes(this.mode)) {
      this.setMode(this.readingMode);
    }
    this.showStanding();
    await this.loadLog();
    this.log?.contextCame();
    await this.offerPlace();
    this.paint();
    return this.context;
  }

  /** The server cannot say who reads, and has not before: it is who was signed in on this device last, if anybody is. */
  async goByThisDevice() {
    if (this.context || !this.isOutOfReach) {
      return;
    }
    try {
      const { lastReader } = await import("./copies.js");
      this.knownReader = await lastReader();
    } catch {
      // Not kept on this device: then the page is taken at its word.
    }
    if (this.knownReader === undefined) {
      return;
    }
    if (this.sitting.reader === undefined) {
      this.sitting.reader = this.knownReader ?? undefined;
    } else if (this.sitting.reader !== this.knownReader) {
      // What was read so far is another's, who signed out here.
      this.beginSitting();
    }
    if (READING_MODES.includes(this.mode)) {
      this.setMode(this.readingMode);
    }
    await this.loadLog();
    this.paint();
  }

  /** A visitor without a service worker cannot open anything offline, so they do not fetch what that needs. */
  async rememberReader() {
    const { reader } = this.context;
    if (reader === null && !navigator.serviceWorker?.controller) {
      return;
    }
    try {
      const { rememberReader } = await import("./copies.js");
      await rememberReader(reader);
    } catch {
      // The connection broke; the next answer of the server tries again.
    }
  }

  /** Visitors cannot log, so they do not fetch what logging needs. */
  async loadLog() {
    if (!this.isSignedIn || this.log) {
      return;
    }
    try {
      const { ReadingLog } = await import("./reading-log.js");
      this.log ??= new ReadingLog(this);
    } catch {
      // The connection broke; the next answer of the server tries again.
    }
  }

  // --- The sitting ---

  newSitting() {
    return {
      id: newId(),
      revision: Number(this.dataset.revision),
      signedIn: this.dataset.signedIn,
      reader: undefined,
      startedAt: Date.now(),
      sequence: 0,
      furthest: 0,
      countedMs: 0,
      // What the server has answered: whether it has, to which total, and with what credit.
      isAnswered: false,
      answeredMs: 0,
      creditedMs: 0,
      offlineMs: 0,
      isAlone: false,
    };
  }

  get sittingKey() {
    return `reading:${this.dataset.article}`;
  }

  /** The sitting that this tab was at, if it was one of this text and of this kind of visitor. */
  sittingOfThisTab() {
    const kept = this.stored(this.sittingKey);
    const goesOn = kept?.revision === Number(this.dataset.revision) && kept.signedIn === this.dataset.signedIn;
    return goesOn ? kept : null;
  }

  keepSitting() {
    if (this.clock.isStopped) {
      return;
    }
    this.sitting.countedMs = Math.round(this.clock.countedMs);
    this.store(this.sittingKey, this.sitting);
  }

  /** Begin anew, with the time that the last sitting has not been able to report. */
  beginSitting({ carriedMs = 0 } = {}) {
    this.sitting = { ...this.newSitting(), furthest: this.sitting.furthest };
    this.clock.restart(performance.now(), carriedMs);
    this.sentMs = 0;
    this.hasSent = false;
    this.wasTouched = true;
    this.keepSitting();
  }

  // --- How much ---

  /**
   * What this sitting will be worth: what the server gave, and what was measured since.
   * Its small lag is left out, or the figure would jump back with each answer.
   */
  get sittingMs() {
    const { answeredMs, creditedMs } = this.sitting;
    const refusedMs = answeredMs - creditedMs;
    return Math.max(0, this.clock.countedMs - (refusedMs > JITTER_MS ? refusedMs : 0));
  }

  /** All reading of this article that is not logged. @returns {import("./log-sheet.js").Measured} */
  get measured() {
    const earlier = this.context ?? { earlier_ms: 0, offline_ms: 0, before_sign_in_ms: 0 };
    return {
      totalMs: earlier.earlier_ms + earlier.offline_ms + this.sittingMs,
      offlineMs: earlier.offline_ms + this.sitting.offlineMs,
      beforeSignInMs: earlier.before_sign_in_ms,
    };
  }

  get minutesOffered() {
    return minutesToOffer(this.measured.totalMs);
  }

  get openMs() {
    return (this.context?.open_ms ?? 0) + Math.max(Date.now() - this.sitting.startedAt, this.sittingMs);
  }

  // --- Signs of reading ---

  listen() {
    const on = (target, name, act, options = {}) =>
      target.addEventListener(name, act, { passive: true, signal: this.gone.signal, ...options });
    for (const name of TOUCHES) {
      on(window, name, () => this.noteTouch(), { capture: true });
    }
    // Scrolling is reading, but a page may scroll by itself, so it takes the clock from nobody.
    on(window, "scroll", () => this.noteReading(), { capture: true });
    on(document, "visibilitychange", () => (this.isInView ? this.appear() : this.disappear()));
    on(window, "pagehide", () => this.disappear());
    on(document, "freeze", () => this.disappear());
    on(document, "resume", () => this.appear());
    on(window, "pageshow", (event) => event.persisted && this.comeBack());
    on(document, "click", (event) => this.chooseSize(event), { passive: false });
    on(window, "beforeprint", () => this.noteDayOfPrinting());
    on(window, "online", () => this.arrive().then(() => this.flush()));
    on(this, "click", (event) => this.openSheet(event.target.closest('[data-action="open"]')));
    on(this.dialog, "close", () => this.returnFocus());
  }

  get isInView() {
    return document.visibilityState === "visible";
  }

  noteReading() {
    const now = performance.now();
    const wasIdle = this.clock.stateAt(now) === "idle";
    this.clock.noteSign(now);
    if (wasIdle) {
      this.tick();
    }
  }

  noteTouch() {
    this.wasTouched = true;
    if (this.clock.isElsewhere) {
      this.takeOver();
    }
    this.noteReading();
  }

  /** Somebody touches this page while another counts: this is where they read. */
  takeOver() {
    this.clock.setElsewhere(performance.now(), false);
    this.holdTab();
    this.hasSent = false;
  }

  appear() {
    if (!this.isInView) {
      return;
    }
    this.clock.setVisible(performance.now(), true);
    this.clock.setElsewhere(performance.now(), false);
    this.wasTouched = true;
    this.noteReading();
    this.holdTab();
    this.tick();
  }

  disappear() {
    this.clock.setVisible(performance.now(), false);
    this.flush();
    this.keepSitting();
    this.releaseTab();
    this.paint();
  }

  comeBack() {
    this.appear();
    this.arrive();
  }

  /**
   * One tab of this browser counts at a time: the one last touched. This is courtesy, so that the others can say so at
   * once; between devices, and in case of doubt, the server decides.
   */
  holdTab() {
    if (!navigator.locks || this.letTabGo || this.clock.isStopped) {
      return;
    }
    const holding = new Promise((resolve) => {
      this.letTabGo = resolve;
    });
    navigator.locks
      .request(ONE_TAB, { steal: true }, () => holding)
      .catch(() => {
        // Another tab took it.
        this.letTabGo = null;
        this.yieldClock();
      });
  }

  releaseTab() {
    this.letTabGo?.();
    this.letTabGo = null;
  }

  yieldClock() {
    this.clock.setElsewhere(performance.now(), true);
    this.releaseTab();
    this.paint();
  }

  watchBlocks() {
    const { blocks } = this;
    // A block counts as reached when it stands above the lowest fifth of the window.
    const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.noteReached(entry, blocks)), {
      rootMargin: "0px 0px -20% 0px",
    });
    blocks.forEach((block) => watcher.observe(block));
  }

  noteReached({ isIntersecting, target }, blocks) {
    if (isIntersecting) {
      const reached = Math.round((100 * (blocks.indexOf(target) + 1)) / blocks.length);
      this.sitting.furthest = Math.max(this.sitting.furthest, reached);
    }
  }

  /** Where the reader is: the chapter's anchor, and thousandths of a block after its heading. */
  get place() {
    const line = innerHeight * READING_LINE;
    let section = "";
    let start = 0;
    let thousandths = 0;
    this.blocks.forEach((block, index) => {
      const { top, height } = block.getBoundingClientRect();
      if (top > line) {
        return;
      }
      if (block.matches("h2[id]")) {
        section = block.id;
        start = index;
      }
      thousandths = 1000 * (index - start) + Math.min(999, Math.round((1000 * (line - top)) / Math.max(height, 1)));
    });
    return { section, place: thousandths };
  }

  /** Offer the place where this reader left the article the last time; go there if they came by "Carry on". */
  async offerPlace() {
    const { place } = this.context;
    const asked = new URL(location.href);
    const isAsked = asked.searchParams.has("carry-on");
    // Only when the page is opened: whoever reads on after a pause is where they are.
    const isOpening = this.mayOfferPlace;
    this.mayOfferPlace = false;
    if (!isOpening || !place || (location.hash && !isAsked)) {
      this.isArriving = false;
      return;
    }
    try {
      const { goTo, offer } = await import("./reading-place.js");
      if (isAsked) {
        // The next reload is not another wish to be taken there.
        asked.searchParams.delete("carry-on");
        asked.hash = "";
        history.replaceState(history.state, "", asked);
        await this.settled();
        goTo(place, this.blocks, { smoothly: false });
      } else {
        offer(place, this.blocks, this.querySelector('[data-part="place"]'));
      }
    } catch {
      // The connection broke: the text is all there, and can be scrolled.
    }
    this.isArriving = false;
  }

  /** When nothing moves the page any more: the browser goes to the address's own anchor first, and glides there. */
  async settled() {
    if (document.readyState !== "complete") {
      await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
    }
    await document.fonts?.ready;
    let before = -1;
    for (let wait = 0; wait < MOST_WAITS && before !== scrollY; wait += 1) {
      before = scrollY;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
  }

  // --- The text: its size, and on paper ---

  /** The first press loads what changes the size in place. Without it, the button's form does the same. */
  async chooseSize(event) {
    const button = event.target.closest?.("[name=size]");
    if (!button) {
      return;
    }
    event.preventDefault();
    try {
      const { choose } = await import("./text-size.js");
      await choose(button);
    } catch {
      button.form.requestSubmit?.(button);
    }
  }

  noteDayOfPrinting() {
    for (const line of document.querySelectorAll('[data-part="printed-on"]')) {
      line.textContent = `Printed on ${new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" })}.`;
    }
  }

  // --- Reporting ---

  tick() {
    const now = performance.now();
    this.clock.tick(now);
    const state = this.clock.stateAt(now);
    if (state === "counting" && this.isBeatDue) {
      this.sendBeat();
    } else if (state === "idle" && this.lastState === "counting") {
      this.flush();
    }
    this.lastState = state;
    this.paint();
  }

  get isBeatDue() {
    return this.clock.countedMs - this.sentMs >= (this.hasSent ? this.beatMs : FIRST_BEAT_MS);
  }

  /** Report now, if there is anything to report. */
  flush() {
    const unsentMs = this.clock.countedMs - (this.isOutOfReach ? this.sitting.answeredMs : this.sentMs);
    if (unsentMs >= 1 && !this.clock.isStopped) {
      this.sendBeat();
    }
  }

  /** The next report. Asking for it uses up its number. */
  lastReport() {
    const { sitting, clock } = this;
    clock.tick(performance.now());
    sitting.sequence += 1;
    const countedMs = Math.round(clock.countedMs);
    const report = {
      sitting: sitting.id,
      article: this.dataset.article,
      revision: sitting.revision,
      sequence: sitting.sequence,
      counted_ms: countedMs,
      furthest: sitting.furthest,
      ...(this.isArriving ? {} : this.place),
      touched: this.wasTouched && this.isInView,
      alone_ms: sitting.isAnswered || !sitting.isAlone ? 0 : countedMs,
    };
    this.keepSitting();
    return report;
  }

  async sendBeat({ isSecondTry = false } = {}) {
    const { sitting } = this;
    if (this.beatsInFlight > 0 && !sitting.isAnswered) {
      // The first report makes a visitor's session; a second one beside it would make another.
      return;
    }
    if (!this.context) {
      this.sentMs = this.clock.countedMs;
      if (!(await this.refreshContext()) && this.isOutOfReach) {
        // Opened without a connection, and perhaps closed before there is one: what was read is kept.
        this.hasKeptBeat = true;
        await this.log?.keepBeat(this.lastReport());
      }
      return;
    }
    const report = this.lastReport();
    this.sentMs = report.counted_ms;
    this.hasSent = true;
    this.wasTouched = false;
    this.beatsInFlight += 1;
    const answer = await send(this.dataset.beatUrl, { csrf: this.context.csrf, json: report, outlivesPage: true });
    this.beatsInFlight -= 1;
    if (sitting === this.sitting && !this.clock.isStopped) {
      await this.hear(answer, report, isSecondTry);
    }
  }

  async hear(answer, report, isSecondTry) {
    const status = answer?.status ?? 0;
    if (status === 0 || status >= 500 || status === 429) {
      this.noteReach(false);
      this.wasTouched ||= report.touched;
      this.hasKeptBeat = true;
      await this.log?.keepBeat(report);
      return;
    }
    this.noteReach(true);
    if (status === 409) {
      this.yieldClock();
    } else if (status === 403 && !isSecondTry) {
      // The page's token is from before somebody logged in or out.
      if (await this.refreshContext()) {
        await this.sendBeat({ isSecondTry: true });
      }
    } else if (status === 404) {
      await this.hearUnknown();
    } else if (answer.ok) {
      this.unknownAnswers = 0;
      await this.hearCounted(answer.body, report);
    }
  }

  /** The sitting is not this reader's, as after logging out in another tab; or the article is no longer published. */
  async hearUnknown() {
    this.unknownAnswers += 1;
    if (this.unknownAnswers > 1) {
      this.stop("stopped");
      return;
    }
    this.beginSitting();
    await this.refreshContext();
  }

  async hearCounted({ state, counted_ms: countedMs, offline_ms: offlineMs }, report) {
    const { sitting } = this;
    const isLatest = report.sequence === sitting.sequence;
    if (state === "closed" || (state === "stale" && isLatest)) {
      // Logged elsewhere, silent for half an hour, or, when stale, gone on with in a copy of this tab.
      this.beginSitting({ carriedMs: Math.max(0, this.clock.countedMs - sitting.answeredMs) });
      await this.refreshContext();
      return;
    }
    if (state === "counted" && report.counted_ms >= sitting.answeredMs) {
      Object.assign(sitting, {
        isAnswered: true,
        isAlone: false,
        answeredMs: report.counted_ms,
        creditedMs: countedMs + offlineMs,
        offlineMs,
      });
      this.keepSitting();
      if (this.hasKeptBeat) {
        this.hasKeptBeat = false;
        await this.log?.forgetBeat(report);
      }
    }
    this.paint();
  }

  /** Whether the server can be reached. While it cannot, what is measured is kept, and later labelled. */
  noteReach(isInReach) {
    this.isOutOfReach = !isInReach;
    if (!isInReach && !this.sitting.isAnswered) {
      this.sitting.isAlone = true;
    }
    this.paint();
  }

  // --- Logging ---

  async openSheet(opener) {
    if (!opener) {
      return;
    }
    this.opener = opener;
    this.tick();
    await this.loadLog();
    this.log?.open();
  }

  /** A browser gives the focus back to the button that opened the sheet, unless that is gone: logging took its place. */
  returnFocus() {
    if (this.opener?.hidden) {
      const successor = this.opener.parentElement.querySelector("[data-show]:not([hidden])");
      successor?.focus({ preventScroll: true });
    }
  }

  /** @param {{ minutes: number, url: string }} activity as the server made it. */
  showLogged(activity) {
    for (const link of this.parts("logged-link")) {
      link.href = activity.url;
      link.firstChild.data = `Logged ${minutesInWords(activity.minutes)} `;
    }
    this.stop("logged");
  }

  /** The entry waits on this device. */
  showKept() {
    this.stop("kept");
  }

  /** The reading is dealt with. Reading on after a reload is a new sitting. */
  stop(mode) {
    this.clock.setStopped(performance.now(), true);
    this.releaseTab();
    this.store(this.sittingKey, null);
    this.setMode(mode);
    this.paint();
  }

  /** Count again: the entry was taken back. */
  async readOn() {
    this.clock.setStopped(performance.now(), false);
    this.beginSitting();
    this.setMode(this.readingMode);
    await this.refreshContext();
    this.appear();
  }

  // --- What is shown. Time is plain text: a screen reader is not told every second. ---

  parts(name) {
    return this.querySelectorAll(`[data-part="${name}"]`);
  }

  setMode(mode) {
    this.mode = mode;
    for (const part of this.querySelectorAll("[data-show]")) {
      part.hidden = !part.dataset.show.split(" ").includes(mode);
    }
  }

  /** The page may be older than the article's standing. */
  showStanding() {
    if (this.context.not_offered) {
      this.write("not-offered", this.context.not_offered);
    }
    for (const part of this.parts("waits-in-inbox")) {
      part.hidden = !this.context.waits_in_inbox;
    }
  }

  paint() {
    const state = this.clock.stateAt(performance.now());
    const { totalMs } = this.measured;
    this.write("time", timeInWords(totalMs));
    this.write("counted", timeInWords(totalMs));
    this.write("open", timeInWords(Math.max(this.openMs, totalMs)));
    this.write("state", state === "counting" && this.isOutOfReach ? "offline, kept on this device" : STATE_WORDS[state]);
    const label = totalMs < 60_000 ? "Log as CPD" : `Log ${minutesInWords(this.minutesOffered)} as CPD`;
    for (const button of this.querySelectorAll('[data-action="open"]')) {
      setText(button, label);
    }
    for (const progress of this.parts("progress")) {
      progress.value = this.sitting.furthest;
    }
    this.classList.toggle("is-paused", state !== "counting");
  }

  write(name, text) {
    for (const part of this.parts(name)) {
      setText(part, text);
    }
  }

  // --- This tab's storage: may be missing or full, and then things are only forgotten sooner ---

  store(key, value) {
    try {
      if (value === null) {
        sessionStorage.removeItem(key);
      } else {
        sessionStorage.setItem(key, JSON.stringify(value));
      }
    } catch {
      // Private windows of some browsers have none.
    }
  }

  stored(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }
}

/** Writing the same text again would still wake whoever watches the page. */
function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

customElements.define("reading-timer", ReadingTimer);
