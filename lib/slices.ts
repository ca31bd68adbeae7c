import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 8;

/** Long work in slices: whoever does it asks after each piece whether the slice is over, and then lets everybody else have a turn. */
export class Slices {
  #until = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#until = performance.now() + SLICE_MS;
  }
}
