import type { DenialCode } from '#model/codes.ts'
import type { Unit } from '#model/indicator.ts'
import { alignColumns, wrap } from './columns.ts'
import { countOf, durationText, none, percentText } from './format.ts'
import { type Approach, shortfall, type WhyNot } from './why-not.ts'
import { abandonWords, denialWords, groupLabel, skipWords, thresholdText, withUnit } from './words.ts'

export interface WhyNotOptions {
  /** Columns of the terminal: less important columns are left out; tables take what they need when absent. */
  readonly width?: number
  /** Only the closest conditions of each group. */
  readonly brief?: boolean
}

/** Conditions of a group shown in brief. */
const closest = 3

/** The nearest misses as plain text. */
export function whyNotText(story: WhyNot, options: WhyNotOptions = {}): string {
  const scope = story.instrument ?? 'all instruments'
  return [
    ...wrap(`Why not: ${scope}, ${story.from} to ${story.to}`, options.width ?? proseWidth),
    ...wrap(summary(story), options.width ?? proseWidth),
    ...sections(story, options),
  ].join('\n')
}

const proseWidth = 110

/** One or two sentences that name the main obstacle. */
export function summary(story: WhyNot): string {
  const { activity, trades } = story
  const counts = `${countOf(activity.signals, 'signal')}, ${countOf(trades, 'trade')}.`
  if (story.conditions.length === 0) return `${counts} The run kept no near misses.`
  if (activity.signals === 0) {
    const all = story.conditions.filter((condition) => condition.group === 'signal')
    const waiting = all.find((condition) => condition.pendingShare >= 0.999)
    if (waiting !== undefined)
      return `${counts} ${waiting.reading} had no value the whole time, so S1 could not be met.`
    const never = all.filter((condition) => condition.bestMargin !== null && condition.bestMargin < 0)
    const named = never[0] ?? story.blockedMost
    return named === null || named === undefined
      ? `${counts} Every S1 condition was met at some time, but never all of them together.`
      : `${counts} ${approachSentence(named)}`
  }
  const refused = activity.skipped + activity.denied + activity.abandoned
  const blocked = story.blockedMost === null ? '' : ` ${story.blockedMost.reading} alone stood in the way longest.`
  return refused === 0
    ? `${counts}${blocked}`
    : `${counts} ${countOf(refused, 'setup')} ${refused === 1 ? 'was' : 'were'} not taken or led to no position; the reasons are below.${blocked}`
}

/** `pumpMagnitude reached 6.1 % of ≥ 7 %, short by 0.9 % at 2026-…Z on PEPE_USDT.` */
export function approachSentence(approach: Approach): string {
  const unit = unitOf(approach)
  if (approach.bestMargin === null || approach.bestValue === null) return `${approach.reading} never had a value.`
  const where = `${approach.bestAt === null ? '' : ` at ${approach.bestAt}`}${approach.bestOn === null ? '' : ` on ${approach.bestOn}`}`
  const reached = `${approach.reading} reached ${withUnit(approach.bestValue, unit)}, it needs ${thresholdText(approach, unit)}`
  return approach.bestMargin >= 0
    ? `${reached}: met${where}.`
    : `${reached}: short by ${withUnit(-approach.bestMargin, unit)}${where}.`
}

function sections(story: WhyNot, options: WhyNotOptions): readonly string[] {
  const lines: string[] = []
  const width = options.width ?? proseWidth
  for (const [strategy, conditions] of Map.groupBy(story.conditions, (condition) => condition.strategy)) {
    const shown = options.brief === true ? closestOf(conditions) : conditions
    lines.push('', `Closest approach, ${strategy}`, ...approachRows(shown, options.width))
    const hidden = conditions.length - shown.length
    if (hidden > 0)
      lines.push(...wrap(`and ${countOf(hidden, 'more condition')}: riptide why ${story.runId}`, width, 2))
    for (const sentence of shown.map(wouldHaveSentence).filter((text) => text !== null))
      lines.push(...wrap(sentence, width, 2))
  }
  if (story.blockedMost !== null || story.blockedLast !== null) {
    lines.push('', 'What stood in the way, alone, while all else was met')
    if (story.blockedMost !== null) {
      const { blockedAloneMs, blockedAloneShare } = story.blockedMost
      const time = `${durationText(blockedAloneMs)} (${percentText(blockedAloneShare, 1)} of the time asked)`
      lines.push(...alignColumns([['Longest', `${labelOf(story.blockedMost)} for ${time}`]], { width }))
    }
    if (story.blockedLast !== null) {
      const at = story.blockedLast.blockedAloneAt ?? none
      lines.push(...alignColumns([['Last   ', `${labelOf(story.blockedLast)} at ${at}`]], { width }))
    }
  }
  if (story.instrument === null && story.nearest.length > 1) {
    const rows = story.nearest.slice(0, 5).map((row) => [row.instrument, row.strategy, nearestText(row)])
    lines.push('', 'Nearest instruments', ...alignColumns(rows, { width }))
  }
  lines.push(
    ...reasonLines(
      'Signals skipped',
      story.activity.skipped,
      story.activity.skips,
      (code) => skipWords[code as keyof typeof skipWords],
    ),
  )
  lines.push(
    ...reasonLines(
      'Entries denied by risk',
      story.activity.denied,
      story.activity.denials,
      (code) => denialWords[code as DenialCode],
    ),
  )
  lines.push(
    ...reasonLines(
      'Setups that ended without a position',
      story.activity.abandoned,
      story.activity.abandons,
      (code) => abandonWords[code as keyof typeof abandonWords],
    ),
  )
  return lines
}

function nearestText(row: WhyNot['nearest'][number]): string {
  if (row.signals > 0) return `signaled ${countOf(row.signals, 'time')}`
  if (row.margin === null) return `${row.reading} had no value`
  return row.margin >= 0 ? 'each condition was met, never all together' : `held back by ${row.reading}`
}

function approachRows(conditions: readonly Approach[], width: number | undefined): readonly string[] {
  const rows = conditions.map((condition) => {
    const unit = unitOf(condition)
    const value = condition.bestValue === null ? 'no value' : withUnit(condition.bestValue, unit)
    const margin =
      condition.bestMargin === null
        ? ''
        : condition.bestMargin >= 0
          ? `past by ${withUnit(condition.bestMargin, unit)}`
          : `short by ${withUnit(-condition.bestMargin, unit)}`
    const when =
      condition.bestAt === null ? '' : `${condition.bestAt}${condition.bestOn === null ? '' : ` ${condition.bestOn}`}`
    return [
      groupLabel(condition.group),
      condition.reading,
      thresholdText(condition, unit),
      value,
      margin,
      percentText(condition.metShare, 1),
      percentText(condition.pendingShare, 1),
      when,
    ]
  })
  return alignColumns([['Group', 'Reading', 'Needs', 'Best', 'Margin', 'Met', 'Pending', 'When'], ...rows], {
    right: [3, 5, 6],
    drop: [6, 5, 7],
    ...(width === undefined ? {} : { width }),
  })
}

/** Of each group those nearest to their threshold on either side; the order stays. */
function closestOf(conditions: readonly Approach[]): readonly Approach[] {
  const kept = [...Map.groupBy(conditions, ({ group }) => group).values()].flatMap((group) =>
    group.toSorted((a, b) => Math.abs(shortfall(a)) - Math.abs(shortfall(b))).slice(0, closest),
  )
  return conditions.filter((condition) => kept.includes(condition))
}

/** Easier thresholds shown in a sentence. */
const maxThresholds = 4

/**
 * `With another threshold pumpMagnitude would have signaled 4 times at 6 %, 12 times at 5 %.` Of thresholds with the same
 * count only the one nearest to the present is named; null when no other threshold would have changed anything.
 */
export function wouldHaveSentence(condition: Approach): string | null {
  const { threshold: present, wouldHave } = condition
  if (typeof present !== 'number') return null
  const unit = unitOf(condition)
  const byDistance = wouldHave.toSorted((a, b) => Math.abs(a.threshold - present) - Math.abs(b.threshold - present))
  const own = byDistance.find(({ threshold }) => threshold === present)
  let last = own?.times ?? 0
  const steps = byDistance.filter(({ times }) => {
    const changes = times > last
    if (changes) last = times
    return changes
  })
  if (steps.length === 0) return null
  const parts = steps
    .slice(0, maxThresholds)
    .map(({ threshold, times }) => `${countOf(times, 'time')} at ${withUnit(threshold, unit)}`)
  const verb = condition.group === 'signal' ? 'would have signaled' : `would have met ${groupLabel(condition.group)}`
  const instead = own === undefined ? '' : ` instead of ${own.times}`
  return `With another threshold ${condition.reading} ${verb} ${parts.join(', ')}${instead}.`
}

function reasonLines(
  title: string,
  total: number,
  reasons: Readonly<Record<string, number>>,
  words: (code: string) => string | undefined,
): readonly string[] {
  if (total === 0) return []
  const rows = Object.entries(reasons).map(([code, count]) => [String(count), words(code) ?? code, code])
  return ['', `${title}: ${total}`, ...alignColumns(rows, { right: [0] })]
}

const labelOf = (approach: Approach): string =>
  `${groupLabel(approach.group)} ${approach.reading} ${thresholdText(approach, unitOf(approach))}`
const unitOf = (approach: Approach): Unit | undefined => (approach.unit ?? undefined) as Unit | undefined
