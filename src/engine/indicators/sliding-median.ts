/**
 * Median of the values between `push` and `shift`, first in first out, in O(log n): the lower half in a heap with its highest on
 * top, the upper half in one with its lowest on top. Holds at most the values of one window.
 */
export class SlidingMedian {
  #values = new Float64Array(64)
  /** Position of each ring slot in its heap. */
  #place = new Int32Array(64)
  #isLow = new Uint8Array(64)
  readonly #low = new SlotHeap(-1)
  readonly #high = new SlotHeap(1)
  #mask = 63
  #head = 0
  #size = 0

  push(value: number): void {
    if (this.#size > this.#mask) this.#grow()
    const slot = (this.#head + this.#size++) & this.#mask
    this.#values[slot] = value
    const isLow = this.#low.size === 0 || value <= this.#values[this.#low.slots[0]]
    this.#isLow[slot] = isLow ? 1 : 0
    this.#heap(isLow).add(slot, this.#values, this.#place)
    this.#balance()
  }

  /** Takes out the oldest. */
  shift(): void {
    const slot = this.#head
    this.#head = (slot + 1) & this.#mask
    this.#size--
    this.#heap(this.#isLow[slot] === 1).remove(this.#place[slot], this.#values, this.#place)
    this.#balance()
  }

  /** NaN of none. */
  median(): number {
    if (this.#size === 0) return Number.NaN
    const low = this.#values[this.#low.slots[0]]
    return this.#size % 2 === 1 ? low : (low + this.#values[this.#high.slots[0]]) / 2
  }

  clear(): void {
    this.#head = this.#size = this.#low.size = this.#high.size = 0
  }

  /** Oldest first. */
  toArray(): Float64Array {
    return Float64Array.from({ length: this.#size }, (_, at) => this.#values[(this.#head + at) & this.#mask])
  }

  #heap(isLow: boolean): SlotHeap {
    return isLow ? this.#low : this.#high
  }

  /** The lower half has as many as the upper, or one more. */
  #balance(): void {
    const surplus = this.#low.size - this.#high.size
    if (surplus === 0 || surplus === 1) return
    const isFromLow = surplus > 1
    const slot = this.#heap(isFromLow).slots[0]
    this.#heap(isFromLow).remove(0, this.#values, this.#place)
    this.#isLow[slot] = isFromLow ? 0 : 1
    this.#heap(!isFromLow).add(slot, this.#values, this.#place)
  }

  #grow(): void {
    const kept = this.toArray()
    const capacity = (this.#mask + 1) * 2
    this.#values = new Float64Array(capacity)
    this.#place = new Int32Array(capacity)
    this.#isLow = new Uint8Array(capacity)
    this.#mask = capacity - 1
    this.clear()
    for (const value of kept) this.push(value)
  }
}

/** A binary heap of ring slots, lowest `sign · value` on top, that tells each slot its position. */
class SlotHeap {
  slots = new Int32Array(64)
  size = 0
  readonly #sign: 1 | -1

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  add(slot: number, values: Float64Array, place: Int32Array): void {
    if (this.size === this.slots.length) {
      const longer = new Int32Array(this.size * 2)
      longer.set(this.slots)
      this.slots = longer
    }
    this.#rise(this.size++, slot, values, place)
  }

  remove(position: number, values: Float64Array, place: Int32Array): void {
    const moved = this.slots[--this.size]
    if (position === this.size) return
    const parent = (position - 1) >> 1
    if (position > 0 && this.#isBefore(moved, this.slots[parent], values)) this.#rise(position, moved, values, place)
    else this.#sink(position, moved, values, place)
  }

  #isBefore(slot: number, other: number, values: Float64Array): boolean {
    return this.#sign * values[slot] < this.#sign * values[other]
  }

  #rise(from: number, slot: number, values: Float64Array, place: Int32Array): void {
    let position = from
    while (position > 0) {
      const parent = (position - 1) >> 1
      if (!this.#isBefore(slot, this.slots[parent], values)) break
      this.#put(this.slots[parent], position, place)
      position = parent
    }
    this.#put(slot, position, place)
  }

  #sink(from: number, slot: number, values: Float64Array, place: Int32Array): void {
    let position = from
    for (;;) {
      let child = 2 * position + 1
      if (child >= this.size) break
      if (child + 1 < this.size && this.#isBefore(this.slots[child + 1], this.slots[child], values)) child++
      if (!this.#isBefore(this.slots[child], slot, values)) break
      this.#put(this.slots[child], position, place)
      position = child
    }
    this.#put(slot, position, place)
  }

  #put(slot: number, position: number, place: Int32Array): void {
    this.slots[position] = slot
    place[slot] = position
  }
}
