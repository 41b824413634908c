import type { GroupName } from '#model/events.ts'
import type { RunSpec } from '#model/run.ts'
import type { Condition, Group, Operator } from '#model/strategy.ts'

/** A condition as a decision records it. */
interface Judged {
  readonly group: GroupName
  readonly reading: string
  readonly operator: Operator
}

/** The reading a condition compares with, by the strategy's document; undefined when it compares with numbers. */
export function otherReadingOf(
  spec: Pick<RunSpec, 'strategies'>,
  strategy: string,
  { group, reading, operator }: Judged,
): string | undefined {
  const root = spec.strategies.find(({ name }) => name === strategy)?.document[group].when
  for (const condition of conditionsIn(root)) {
    const { value } = condition
    if (condition.reading !== reading || condition.is !== operator || typeof value === 'number') continue
    if ('reading' in value) return value.reading
  }
  return undefined
}

/** Every condition of a group in order, however deep. */
export function conditionsIn(group: Group | undefined): readonly Condition[] {
  if (group === undefined) return []
  if ('reading' in group) return [group]
  if ('not' in group) return conditionsIn(group.not)
  return ('all' in group ? group.all : 'any' in group ? group.any : group.of).flatMap(conditionsIn)
}
