import type { UnixMs } from '#model/ids.ts'
import { type EventShape, pathAt, spanOf } from './shapes.ts'

/** What all planted events together do to the price. They are ascending and never in course at the same time. */
export class Path {
  readonly #shapes: readonly EventShape[]
  readonly #from: readonly UnixMs[]
  /** What the events before each one have left behind for good. */
  readonly #left: readonly number[]

  constructor(shapes: readonly EventShape[]) {
    let left = 0
    this.#shapes = shapes
    this.#from = shapes.map((shape) => spanOf(shape).from)
    this.#left = shapes.map(({ path }) => {
      const before = left
      left += path.value.at(-1) ?? 0
      return before
    })
  }

  /** Logarithm of what the price is multiplied by at `time`. */
  at(time: UnixMs): number {
    let index = this.#from.length - 1
    while (index >= 0 && this.#from[index] > time) index--
    return index < 0 ? 0 : this.#left[index] + pathAt(this.#shapes[index], time)
  }
}
