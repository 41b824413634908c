import type { IndicatorDefinition, Role } from '#model/indicator.ts'
import { rolesOf } from '#model/indicator.ts'
import type { Feed } from '#model/market.ts'
import type { Condition, Group, ReadingSpec, Scaling, Strategy, Variant } from '#model/strategy.ts'
import { findIndicator, nearest, catalog, resolveParameters } from './indicators/indicators.ts'
import type { ResolvedReading, ResolvedStrategy } from './strategy/strategy.ts'

/** One thing wrong with a strategy document; `path` is where (`signal.when.all[0].value`). */
export interface StrategyProblem {
  readonly path: string
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** Looks up every name and checks every threshold of a document; `variants` are those that may be referenced. */
export function resolveStrategy(
  document: Strategy,
  version: string,
  variants: readonly Variant[] = [],
): { ok: true; strategy: ResolvedStrategy } | { ok: false; problems: readonly StrategyProblem[] } {
  const problems: StrategyProblem[] = []
  const readings = new Map<string, ResolvedReading>()
  for (const [name, spec] of Object.entries(document.readings)) {
    const reading = resolveReading(name, spec, variants, problems)
    if (reading) readings.set(name, reading)
  }
  const check = new DocumentCheck(document, readings, problems)
  check.all()
  if (problems.length > 0) return { ok: false, problems }
  const feeds = new Set<Feed>()
  let lookbackMs = 0
  for (const { definition, parameters } of readings.values()) {
    const inputs = definition.inputsOf?.(parameters) ?? definition.inputs
    if (inputs.some((input) => input !== 'bar')) lookbackMs = Math.max(lookbackMs, definition.lookbackMs(parameters))
    for (const input of inputs) if (input !== 'position' && input !== 'signal') feeds.add(input)
  }
  return { ok: true, strategy: { document, version, readings, lookbackMs, feeds: [...feeds] } }
}

function resolveReading(
  name: string,
  spec: ReadingSpec,
  variants: readonly Variant[],
  problems: StrategyProblem[],
): ResolvedReading | undefined {
  const path = `readings.${name}`
  const variant =
    'variant' in spec
      ? variants.find((candidate) => `${candidate.name}@${candidate.version}` === spec.variant)
      : undefined
  if ('variant' in spec && !variant) {
    const known = variants.map((candidate) => `${candidate.name}@${candidate.version}`)
    problems.push({
      path: `${path}.variant`,
      code: 'unknownVariant',
      message: `there is no variant ${spec.variant}`,
      remedy: suggestion(spec.variant, known, 'riptide strategy variants'),
    })
    return undefined
  }
  const source = 'variant' in spec ? (variant as Variant) : spec
  const definition = findIndicator(source.indicator)
  if (!definition) {
    problems.push({
      path: `${path}.indicator`,
      code: 'unknownIndicator',
      message: `there is no indicator ${source.indicator}`,
      remedy: suggestion(
        source.indicator,
        catalog.map(({ id }) => id),
        'riptide indicators',
      ),
    })
    return undefined
  }
  const resolved = resolveParameters(definition, source.params ?? {})
  if (!resolved.ok) {
    const at = (parameter: string): string => (parameter === '' ? `${path}.params` : `${path}.params.${parameter}`)
    for (const problem of resolved.problems) problems.push({ ...problem, path: at(problem.path) })
    return undefined
  }
  const role: Role = source.role ?? 'general'
  if (!rolesOf(definition.unit).includes(role)) {
    problems.push({
      path: `${path}.role`,
      code: 'roleNotAllowed',
      message: `${definition.id} gives ${definition.unit} and cannot play the role ${role}`,
      remedy: `allowed: ${rolesOf(definition.unit).join(', ')}`,
    })
  }
  return {
    name,
    definition,
    parameters: resolved.parameters,
    role,
    ...('variant' in spec ? { variant: spec.variant } : {}),
  }
}

class DocumentCheck {
  readonly #document: Strategy
  readonly #readings: ReadonlyMap<string, ResolvedReading>
  readonly #problems: StrategyProblem[]

  constructor(document: Strategy, readings: ReadonlyMap<string, ResolvedReading>, problems: StrategyProblem[]) {
    this.#document = document
    this.#readings = readings
    this.#problems = problems
  }

  all(): void {
    const { signal, cancel, entry, exit, emergency, protection } = this.#document
    this.#group('signal.when', signal.when)
    this.#evidence(signal)
    if (cancel.when) this.#group('cancel.when', cancel.when)
    if (entry.when) this.#group('entry.when', entry.when)
    if (exit.when) this.#group('exit.when', exit.when)
    if (emergency.when) this.#group('emergency.when', emergency.when)
    this.#scaling('entry.size.scaling', entry.size.scaling)
    if (entry.order.type === 'limit') this.#price('entry.order.priceReading', entry.order.priceReading, 'price')
    if (exit.order.type === 'limit') {
      this.#price('exit.order.priceReading', exit.order.priceReading, 'closeOrder')
      this.#scaling('exit.order.scaling', exit.order.scaling)
    }
    this.#price('protection.stopLoss.priceReading', protection.stopLoss.priceReading, 'stopLoss')
    this.#scaling('protection.stopLoss.scaling', protection.stopLoss.scaling)
    this.#price('protection.takeProfit.priceReading', protection.takeProfit?.priceReading, 'takeProfit')
    this.#scaling('protection.takeProfit.scaling', protection.takeProfit?.scaling)
    this.#level('protection.stopLoss', protection.stopLoss)
    if (protection.takeProfit) this.#level('protection.takeProfit', protection.takeProfit)
  }

  #evidence({ detects, evidence }: Strategy['signal']): void {
    evidence?.forEach((name, index) => this.#reading(`signal.evidence[${index}]`, name))
    if (evidence && detects === undefined)
      this.#add(
        'signal.evidence',
        'evidenceUntold',
        'evidence is told with what the signal detects, and that is not said',
        'set "detects" to flashPump or reversal',
      )
  }

  #group(path: string, group: Group): void {
    if ('all' in group) group.all.forEach((child, index) => this.#group(`${path}.all[${index}]`, child))
    else if ('any' in group) group.any.forEach((child, index) => this.#group(`${path}.any[${index}]`, child))
    else if ('not' in group) this.#group(`${path}.not`, group.not)
    else if ('of' in group) {
      if (group.atLeast > group.of.length)
        this.#add(
          `${path}.atLeast`,
          'impossibleCount',
          `at least ${group.atLeast} of ${group.of.length} can never be met`,
          `use 1 to ${group.of.length}`,
        )
      group.of.forEach((child, index) => this.#group(`${path}.of[${index}]`, child))
    } else this.#condition(path, group)
  }

  #condition(path: string, condition: Condition): void {
    const definition = this.#reading(`${path}.reading`, condition.reading)
    const { value } = condition
    if (Array.isArray(value)) {
      if (condition.is !== 'between' && condition.is !== 'in')
        this.#add(`${path}.value`, 'wrongValue', `${condition.is} compares with one number`, 'give a number')
      if (condition.is === 'between' && (value.length !== 2 || value[0] > value[1]))
        this.#add(`${path}.value`, 'wrongValue', 'between needs [low, high] with low ≤ high', 'e.g. [40, 80]')
      for (const item of value) if (definition) this.#threshold(`${path}.value`, item, definition)
    } else if (condition.is === 'between' || condition.is === 'in') {
      this.#add(
        `${path}.value`,
        'wrongValue',
        `${condition.is} needs a list`,
        condition.is === 'between' ? 'give [low, high]' : 'give the allowed values, e.g. [1, 2]',
      )
    } else if (typeof value === 'number') {
      if (definition) this.#threshold(`${path}.value`, value, definition)
    } else {
      const other = this.#reading(`${path}.value.reading`, value.reading)
      if (other && definition && other.unit !== definition.unit) {
        this.#add(
          `${path}.value.reading`,
          'unitsDiffer',
          `${condition.reading} is in ${definition.unit}, ${value.reading} in ${other.unit}`,
          'compare readings of one unit',
        )
      }
    }
  }

  #threshold(path: string, value: number, definition: IndicatorDefinition): void {
    const [low, high] = definition.range
    if (value >= low && value <= high) return
    this.#add(
      path,
      'thresholdOutOfRange',
      `${value} is outside the range of ${definition.id}, ${low} to ${high} ${definition.unit}`,
      'a condition on it could never change',
    )
  }

  #scaling(path: string, scaling: Scaling | undefined): void {
    if (!scaling) return
    const definition = this.#reading(`${path}.reading`, scaling.reading)
    if (definition)
      scaling.points.forEach(([at], index) => this.#threshold(`${path}.points[${index}][0]`, at, definition))
    const ascending = scaling.points.every(
      ([at], index) => index === 0 || at > (scaling.points[index - 1]?.[0] ?? -Infinity),
    )
    if (!ascending)
      this.#add(`${path}.points`, 'pointsOrder', 'the points do not ascend', 'order them by the reading, each once')
  }

  #price(path: string, name: string | undefined, role: Role): void {
    if (name === undefined) return
    const definition = this.#reading(path, name)
    const reading = this.#readings.get(name)
    if (definition && definition.unit !== 'price')
      this.#add(path, 'unitsDiffer', `${name} is in ${definition.unit}, not a price`, `use a reading with role ${role}`)
    else if (reading && reading.role !== role)
      this.#add(
        path,
        'roleNotAllowed',
        `${name} has the role ${reading.role}`,
        `set "role": "${role}" on readings.${name}`,
      )
  }

  #level(path: string, rule: { distancePct?: number | undefined; priceReading?: string | undefined }): void {
    if (rule.distancePct === undefined)
      this.#add(
        path,
        'levelMissing',
        'no distance is given',
        'set distancePct; with a priceReading it is the fallback while that is pending',
      )
  }

  #reading(path: string, name: string): IndicatorDefinition | undefined {
    if (!Object.hasOwn(this.#document.readings, name)) {
      this.#add(
        path,
        'unknownReading',
        `there is no reading ${name}`,
        suggestion(name, Object.keys(this.#document.readings), 'the names under "readings"'),
      )
    }
    return this.#readings.get(name)?.definition
  }

  #add(path: string, code: string, message: string, remedy: string): void {
    this.#problems.push({ path, code, message, remedy })
  }
}

function suggestion(name: string, known: readonly string[], list: string): string {
  const close = nearest(name, known)
  return close === undefined ? `see ${list}` : `did you mean ${close}? See ${list}`
}
