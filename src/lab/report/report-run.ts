import type { GroupName } from '#model/events.ts'
import type { InstanceId, InstrumentId } from '#model/ids.ts'
import type { Unit } from '#model/indicator.ts'
import type { StoredRun } from '#model/run.ts'
import type { Operator } from '#model/strategy.ts'

/** A stored run with what else a report can show when the caller has it. */
export interface ReportRun extends StoredRun {
  /** How conditions stood over time; drawn from the decisions' verdicts when absent. */
  readonly strips?: readonly VerdictStrip[]
  /** Output unit by indicator id, as the catalog has it; numbers go without units when absent. */
  readonly units?: Readonly<Record<string, Unit>>
}

/** One condition over time: `verdicts[i]` holds from `time[i]` to `time[i + 1]`; 1 met, 0 unmet, −1 pending. */
export interface VerdictStrip {
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly group: GroupName
  readonly reading: string
  readonly operator: Operator
  readonly threshold: number | readonly number[]
  readonly time: ArrayLike<number>
  readonly verdicts: ArrayLike<number>
}
