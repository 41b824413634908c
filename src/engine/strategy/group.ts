import type { GroupName, VerdictRecord } from '#model/events.ts'
import type { StrategyView } from '#model/indicator.ts'
import type { Condition, Group } from '#model/strategy.ts'
import { ConditionColumn, met, type ReadingColumn, undecided } from './condition.ts'

/** Where a group's readings come from. */
export interface ReadingLookup {
  readonly time: Float64Array
  readonly reading: (name: string) => ReadingColumn
}

type Node =
  | { readonly kind: 'condition'; readonly column: ConditionColumn; readonly verdicts: Uint8Array }
  | {
      readonly kind: 'all' | 'any' | 'not' | 'atLeast'
      readonly least: number
      readonly children: readonly Node[]
      readonly verdicts: Uint8Array
    }

/** One of the five groups of one instance, evaluated over stretches of instants. */
export class ConditionGroup {
  readonly name: GroupName
  readonly conditions: readonly ConditionColumn[]
  readonly verdicts: Uint8Array
  readonly #root: Node
  readonly #time: Float64Array
  /** Reports how long it has held, so that it must be judged one instant at a time while it is asked. */
  readonly #holds: boolean
  /** Reads something in this stretch that is read one instant at a time, and must be judged so, too. */
  #single = false
  /** Instants asked one by one and not yet booked; −1 = none. */
  #askedFrom = -1
  #askedTo = 0
  /** Instants below it are judged and must not be judged again: conditions that hold over time remember. */
  #judgedTo = 0
  #stretch = -1
  #fresh = true
  #instants = 0
  readonly #missing: Uint8Array

  constructor(name: GroupName, group: Group, lookup: ReadingLookup) {
    const conditions: ConditionColumn[] = []
    this.name = name
    this.#time = lookup.time
    this.#missing = new Uint8Array(lookup.time.length)
    this.#root = build(group, lookup, conditions)
    this.conditions = conditions
    this.verdicts = this.#root.verdicts
    this.#holds = conditions.some(({ condition }) => condition.forMs !== undefined)
  }

  /** The group begins to be asked at the next instant: `forMs` and crossings start over. */
  reset(): void {
    this.settle()
    this.#fresh = true
    this.#judgedTo = 0
    for (const condition of this.conditions) condition.reset()
  }

  /** The next instant is judged but not asked: the accounts go on when it is asked again. */
  interrupt(): void {
    this.settle()
    if (this.#fresh) return
    this.#fresh = true
    for (const condition of this.conditions) condition.interrupt()
  }

  /** Continuous data starts anew at the next instant: the time without counts for nobody, nothing crossed over it. */
  restart(): void {
    this.reset()
    for (const condition of this.conditions) condition.restart()
  }

  /** Whether the group is met at one instant; the instants after it up to `length` may be judged with it. Booked by `settle`. */
  ask(stretch: number, at: number, length: number, view: StrategyView): boolean {
    this.#judge(stretch, at, length, view)
    if (at !== this.#askedTo) this.settle()
    if (this.#askedFrom < 0) this.#askedFrom = at
    this.#askedTo = at + 1
    return this.verdicts[at] === met
  }

  /** Judges an instant at which nobody asks: what holds and crosses is followed, the accounts are not kept. */
  pass(stretch: number, at: number, length: number, view: StrategyView): void {
    this.#judge(stretch, at, length, view)
    this.interrupt()
  }

  /** Books what was asked one by one; needed before the stretch goes. */
  settle(): void {
    if (this.#askedFrom >= 0) this.account(this.#askedFrom, this.#askedTo)
    this.#askedFrom = -1
    this.#askedTo = 0
  }

  /** Judges the instants `[from, to)` of the stretch, each once. */
  evaluate(stretch: number, from: number, to: number, view: StrategyView): void {
    this.#begin(stretch)
    const start = Math.max(from, this.#judgedTo)
    if (start >= to) return
    for (const condition of this.conditions) {
      if (this.#single) condition.read(start, to, view)
      condition.judge(start, to)
    }
    combine(this.#root, start, to)
    this.#judgedTo = to
  }

  /** First instant in `[from, to)` at which the group is met, `to` when none; what is read one instant at a time is read no further. */
  firstMet(stretch: number, from: number, to: number, view: StrategyView): number {
    const { verdicts } = this
    this.#begin(stretch)
    if (!this.#single) this.evaluate(stretch, from, to, view)
    for (let at = from; at < to; at++) {
      if (this.#single) this.evaluate(stretch, at, at + 1, view)
      if (verdicts[at] === met) return at
    }
    return to
  }

  /** Books the instants `[from, to)` into the near-miss accounts of its conditions. */
  account(from: number, to: number): void {
    if (from >= to) return
    const first = this.#fresh
    this.#fresh = false
    for (const condition of this.conditions) condition.account(from, to, first)
    const counted = this.#instants + 1 - from
    this.#instants += to - from
    const root = this.#root
    const time = this.#time
    const unheld = first ? from : -1
    if (root.kind === 'condition') {
      for (let at = from; at < to; at++)
        root.column.blockedAlone(
          at,
          root.verdicts[at] === met ? 0 : at === unheld ? 0 : time[at] - time[at - 1],
          counted + at,
        )
      return
    }
    const missing = this.#countMissing(root, from, to)
    for (let at = from; at < to; at++) {
      if (missing[at] === 1 || root.verdicts[at] === met)
        this.#blockers(root, at, at === unheld ? 0 : time[at] - time[at - 1], counted + at)
    }
  }

  verdictRecords(at: number): VerdictRecord[] {
    return this.conditions.map((condition) => condition.verdict(at, this.name))
  }

  snapshot(): unknown {
    return {
      fresh: this.#fresh,
      instants: this.#instants,
      conditions: this.conditions.map((condition) => condition.snapshot()),
    }
  }

  restore(state: unknown): void {
    const saved = state as { fresh: boolean; instants: number; conditions: unknown[] }
    this.#fresh = saved.fresh
    this.#instants = saved.instants
    this.conditions.forEach((condition, index) => condition.restore(saved.conditions[index]))
  }

  #judge(stretch: number, at: number, length: number, view: StrategyView): void {
    this.#begin(stretch)
    this.evaluate(stretch, at, this.#single || this.#holds ? at + 1 : length, view)
  }

  /** The columns of a new stretch are computed. */
  #begin(stretch: number): void {
    if (this.#stretch === stretch) return
    this.#stretch = stretch
    this.#judgedTo = 0
    this.#single = false
    for (const condition of this.conditions) {
      condition.ensure(stretch)
      if (condition.single) this.#single = true
    }
  }

  /** How many more children would have to be met, per instant; 255 = no number of them helps. */
  #countMissing(root: Exclude<Node, { kind: 'condition' }>, from: number, to: number): Uint8Array {
    const missing = this.#missing
    missing.fill(root.kind === 'not' ? 255 : neededOf(root), from, to)
    if (root.kind === 'not') return missing
    for (const { verdicts } of root.children) for (let at = from; at < to; at++) missing[at] -= verdicts[at] >> 1
    return missing
  }

  /** Walks to the conditions each of which alone would flip the group. */
  #blockers(node: Node, at: number, heldMs: number, instant: number): void {
    if (node.kind === 'condition') {
      node.column.blockedAlone(at, node.verdicts[at] === met ? 0 : heldMs, instant)
      return
    }
    for (const child of node.children) {
      const nodeMet = node.verdicts[at] === met
      const childMet = child.verdicts[at] === met
      if (nodeMet ? childMet : !childMet && (child.kind === 'condition' || nearlyMet(child, at)))
        this.#blockers(child, at, heldMs, instant)
    }
  }
}

function build(group: Group, lookup: ReadingLookup, conditions: ConditionColumn[]): Node {
  const verdicts = new Uint8Array(lookup.time.length)
  const inner = (kind: 'all' | 'any' | 'not' | 'atLeast', groups: readonly Group[], least: number): Node => ({
    kind,
    least,
    children: groups.map((child) => build(child, lookup, conditions)),
    verdicts,
  })
  if ('all' in group) return inner('all', group.all, group.all.length)
  if ('any' in group) return inner('any', group.any, 1)
  if ('not' in group) return inner('not', [group.not], 0)
  if ('atLeast' in group) return inner('atLeast', group.of, group.atLeast)
  const column = conditionOf(group, lookup)
  conditions.push(column)
  return { kind: 'condition', column, verdicts: column.verdicts }
}

function conditionOf(condition: Condition, lookup: ReadingLookup): ConditionColumn {
  const { value } = condition
  const other = typeof value === 'object' && !Array.isArray(value) ? lookup.reading(value.reading) : undefined
  return new ConditionColumn(condition, lookup.time, lookup.reading(condition.reading), other)
}

function combine(node: Node, from: number, to: number): void {
  if (node.kind === 'condition') return
  for (const child of node.children) combine(child, from, to)
  const { verdicts } = node
  const [first, ...others] = node.children
  if (!first) return
  if (node.kind === 'not') {
    for (let at = from; at < to; at++) verdicts[at] = met - first.verdicts[at]
    return
  }
  if (node.kind === 'atLeast') {
    for (let at = from; at < to; at++) verdicts[at] = atLeast(node.least, node.children, at)
    return
  }
  verdicts.set(first.verdicts.subarray(from, to), from)
  for (const child of others) {
    const other = child.verdicts
    if (node.kind === 'all') for (let at = from; at < to; at++) verdicts[at] = Math.min(verdicts[at], other[at])
    else for (let at = from; at < to; at++) verdicts[at] = Math.max(verdicts[at], other[at])
  }
}

function atLeast(least: number, children: readonly Node[], at: number): number {
  let certain = 0
  let possible = 0
  for (const child of children) {
    if (child.verdicts[at] === met) certain++
    else if (child.verdicts[at] === undecided) possible++
  }
  return certain >= least ? met : certain + possible >= least ? undecided : 0
}

/** One child short of being met. */
function nearlyMet(node: Node, at: number): boolean {
  if (node.kind === 'condition' || node.kind === 'not') return false
  let count = 0
  for (const child of node.children) if (child.verdicts[at] === met) count++
  return count === neededOf(node) - 1
}

function neededOf({ kind, children, least }: Exclude<Node, { kind: 'condition' }>): number {
  return kind === 'all' ? children.length : kind === 'any' ? 1 : least
}
