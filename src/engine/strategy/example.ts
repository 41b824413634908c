import type { GroupName, NearMiss, VerdictRecord } from '#model/events.ts'
import type { StrategyView } from '#model/indicator.ts'
import type { Group } from '#model/strategy.ts'
import type { ReadingColumn } from './condition.ts'
import { ConditionGroup, type ReadingLookup } from './group.ts'

/** For tests: instants and what every reading is at each of them. */
export interface Script {
  readonly time: readonly number[]
  readonly readings: Readonly<Record<string, readonly number[]>>
  /** Readings that are taken one instant at a time. */
  readonly state?: readonly string[]
  /** Instants after which continuous data starts anew. */
  readonly gaps?: readonly number[]
  readonly range?: readonly [number, number]
}

/** For tests: what a group said over a script. */
export interface Judged {
  /** 0 unmet, 1 pending, 2 met, per instant. */
  readonly verdicts: readonly number[]
  readonly records: readonly (readonly VerdictRecord[])[]
  readonly nearMisses: readonly Omit<NearMiss, 'instanceId' | 'instrumentId' | 'strategy' | 'group'>[]
}

const nobody = {} as StrategyView

/** For tests: judges and books a script, `stretch` instants at a time; each record is taken when its stretch is judged. */
export function judgeScript(group: Group, script: Script, stretch: number, name: GroupName = 'signal'): Judged {
  const play = new ScriptPlayer(script, stretch)
  let judge = new ConditionGroup(name, group, play.lookup)
  const verdicts: number[] = []
  const records: VerdictRecord[][] = []
  while (play.next()) {
    if (play.afterGap) judge.restart()
    judge.evaluate(play.stretch, 1, play.length, nobody)
    judge.account(1, play.length)
    for (let at = 1; at < play.length; at++) {
      verdicts.push(judge.verdicts[at])
      records.push(judge.verdictRecords(at))
    }
    const restored = new ConditionGroup(name, group, play.lookup)
    restored.restore(structuredClone(judge.snapshot()))
    judge = restored
  }
  return { verdicts, records, nearMisses: judge.conditions.map((condition) => condition.nearMiss()) }
}

class ScriptPlayer {
  readonly time: Float64Array
  readonly columns = new Map<string, ReadingColumn>()
  readonly lookup: ReadingLookup
  stretch = 0
  length = 1
  afterGap = false
  #from = 0
  #to = 0
  readonly #script: Script
  readonly #size: number

  constructor(script: Script, size: number) {
    this.#script = script
    this.#size = size
    this.time = new Float64Array(size + 1)
    this.lookup = { time: this.time, reading: (name) => this.columns.get(name)! }
    for (const [name, values] of Object.entries(script.readings)) {
      this.columns.set(name, this.#column(name, values, script.state?.includes(name) === true ? 'state' : 'column'))
    }
  }

  /** Goes to the next stretch, which ends at a gap at the latest. */
  next(): boolean {
    const { time, gaps = [] } = this.#script
    this.afterGap = this.#to > 0 && gaps.includes(this.#to - 1)
    this.#from = this.#to
    const gap = gaps.find((after) => after >= this.#from)
    this.#to = Math.min(time.length, this.#from + this.#size, gap === undefined ? Infinity : gap + 1)
    this.stretch++
    this.length = this.#to - this.#from + 1
    for (let at = 0; at < this.length; at++) this.time[at] = time[this.#from + at - 1] ?? -Infinity
    return this.length > 1
  }

  #column(id: string, values: readonly number[], kind: ReadingColumn['kind']): ReadingColumn {
    const column = new Float64Array(this.#size + 1).fill(Number.NaN)
    const range = this.#script.range ?? ([-Infinity, Infinity] as const)
    return {
      kind,
      single: kind === 'state',
      values: column,
      reasons: new Uint8Array(this.#size + 1).fill(1),
      definition: { id, range },
      ensure: () => {
        if (kind === 'state') column.fill(Number.NaN)
        else for (let at = 0; at < this.length; at++) column[at] = values[this.#from + at - 1] ?? Number.NaN
      },
      read: (at) => {
        column[at] = values[this.#from + at - 1]
      },
    }
  }
}
