// Attentive time, as arithmetic: no page, no timers. Every method is told what time it is, in milliseconds of a clock
// that only goes forward (performance.now()).

/** A longer gap between two ticks means that the device slept; nobody read meanwhile. */
export const LONGEST_TICK_MS = 2500;

/** How far down the window the line that is being read is taken to be. */
export const READING_LINE = 0.25;

/**
 * Adds up the time in which somebody was reading: the page was showing, there was a sign of reading within `idleMs`, and
 * no other tab or device was counting. docs: /how-we-time-reading/.
 */
export class ReadingClock {
  /** @param {{ idleMs: number, countedMs?: number }} options `countedMs`: what was counted of this sitting before. */
  constructor({ idleMs, countedMs = 0 }) {
    this.idleMs = idleMs;
    this.countedMs = countedMs;
    this.isVisible = false;
    this.isElsewhere = false;
    this.isStopped = false;
    this.lastSignAt = -Infinity;
    this.lastTickAt = null;
  }

  /**
   * What the clock is doing: "counting", or why it is not.
   *
   * @returns {"counting" | "idle" | "hidden" | "elsewhere" | "stopped"}
   */
  stateAt(now) {
    if (this.isStopped) {
      return "stopped";
    }
    if (!this.isVisible) {
      return "hidden";
    }
    if (this.isElsewhere) {
      return "elsewhere";
    }
    return now - this.lastSignAt < this.idleMs ? "counting" : "idle";
  }

  /** Count the time since the last tick, as far as it was attentive. */
  tick(now) {
    const from = this.lastTickAt ?? now;
    this.lastTickAt = now;
    const gap = now - from;
    const mayCount = this.isVisible && !this.isElsewhere && !this.isStopped;
    if (mayCount && gap > 0 && gap <= LONGEST_TICK_MS) {
      // A pause that begins between two ticks begins there, not at the next tick.
      this.countedMs += Math.max(0, Math.min(now, this.lastSignAt + this.idleMs) - from);
    }
  }

  // Each change of state first counts the time up to it by the old state.

  /** There was a sign of reading. */
  noteSign(now) {
    this.tick(now);
    this.lastSignAt = now;
  }

  /** The page came into view, or went out of it. */
  setVisible(now, isVisible) {
    this.tick(now);
    this.isVisible = isVisible;
  }

  /** Another tab or device has begun, or has ended, counting instead. */
  setElsewhere(now, isElsewhere) {
    this.tick(now);
    this.isElsewhere = isElsewhere;
  }

  /** There is nothing more to count: the reading was logged. Or there is again. */
  setStopped(now, isStopped) {
    this.tick(now);
    this.isStopped = isStopped;
  }

  /** Begin again at `countedMs`: a new sitting. */
  restart(now, countedMs = 0) {
    this.tick(now);
    this.countedMs = countedMs;
  }
}

/** Whole minutes in words: "7 min", "1 h 20 min". */
export function minutesInWords(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) {
    return `${rest} min`;
  }
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Milliseconds in words, no more exact than anybody needs: "40 s", "7 min". */
export function timeInWords(ms) {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : minutesInWords(Math.round(ms / 60_000));
}

/** What is offered for logging: the nearest whole minute, at least one. */
export function minutesToOffer(ms) {
  return Math.max(1, Math.round(ms / 60_000));
}

/** What may be logged without saying why: a begun minute is a minute, and there is always one. */
export function mostMinutesTimed(ms) {
  return Math.max(1, Math.ceil(ms / 60_000));
}
