import { type DecoyRequest, decoyKinds, type PumpRequest, pumpProfiles } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import { parseTime } from './time-range.ts'
import { demand, numberIn, parseDuration, type Parser, quote } from './values.ts'

const onceADayMs = 86_400_000

/** Pumps as users write them: `fast,size=30,duration=20s,volume=200,every=6h`. Throws `UserError` naming the word. */
export function pumpsOf(specs: readonly string[]): readonly PumpRequest[] {
  return specs.flatMap((spec) =>
    wordsOf(spec, '--pump', pumpProfiles, pumpKeys).map(({ name, values }) => ({
      ...(name === undefined ? {} : { profile: name }),
      when: whenOf(values, '--pump'),
      ...numbersOf(values, '--pump', {
        size: ['sizePct', percent],
        duration: ['durationMs', parseDuration],
        volume: ['volumeX', multiple],
        rate: ['rateX', multiple],
        giveBack: ['giveBack', numberIn({ name: 'the share given back', min: 0, max: 1, example: '0.7' })],
        drift: ['driftPct', percent],
      }),
    })),
  )
}

/** Decoys as users write them: `newsRamp,fatFinger,size=8,every=12h`, or `all`. */
export function decoysOf(specs: readonly string[]): readonly DecoyRequest[] {
  return specs.flatMap((spec) =>
    wordsOf(spec === 'all' ? decoyKinds.join(',') : spec, '--decoys', decoyKinds, decoyKeys).map(({ name, values }) => {
      if (name === undefined)
        throw problem('--decoys', `${quote(spec)} does not begin with a decoy`, chooseFrom(decoyKinds))
      const when = whenOf(values, '--decoys')
      return {
        kind: name,
        when,
        ...numbersOf(values, '--decoys', { size: ['sizePct', percent], duration: ['durationMs', parseDuration] }),
      }
    }),
  )
}

const decoyKeys = ['size', 'duration', 'at', 'every'] as const
const pumpKeys = ['size', 'duration', 'volume', 'rate', 'giveBack', 'drift', 'at', 'every'] as const

interface Words<Name extends string> {
  /** What stands without a value; absent when the spec begins with a key. */
  readonly name: Name | undefined
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** A word without a value begins something new; keys belong to the word before them. */
function wordsOf<Name extends string>(
  spec: string,
  flag: string,
  names: readonly Name[],
  keys: readonly string[],
): readonly Words<Name>[] {
  const found: { name: Name | undefined; values: Map<string, string[]> }[] = []
  for (const word of spec.split(',').map((text) => text.trim())) {
    const [key, value] = word.split(/=(.*)/s)
    if (value === undefined) {
      const name = names.find((one) => one.toLowerCase() === key.toLowerCase())
      if (name === undefined)
        throw problem(flag, `${quote(word)} is not known`, chooseFrom([...names, ...keys.map((one) => `${one}=…`)]))
      found.push({ name, values: new Map() })
      continue
    }
    if (!keys.includes(key))
      throw problem(flag, `${quote(key)} is not known`, chooseFrom(keys.map((one) => `${one}=…`)))
    if (found.length === 0) found.push({ name: undefined, values: new Map() })
    const { values } = found[found.length - 1]
    if (key !== 'at' && values.has(key)) throw problem(flag, `${key} is given twice`, 'give it once')
    values.set(key, [...(values.get(key) ?? []), value])
  }
  return found
}

/** `at` may be given several times; without it and without `every` it is once a day. */
function whenOf(values: Words<string>['values'], flag: string): { at: readonly UnixMs[] } | { everyMs: number } {
  const at = values.get('at')
  const every = values.get('every')
  if (at !== undefined && every !== undefined) throw problem(flag, 'at and every say two things', 'give one of them')
  if (at !== undefined) return { at: at.map((text) => demand(parseTime(text), `${flag} at`)) }
  return { everyMs: every === undefined ? onceADayMs : demand(parseDuration(every[0]), `${flag} every`) }
}

function numbersOf<Field extends string>(
  values: Words<string>['values'],
  flag: string,
  fields: Readonly<Record<string, readonly [Field, Parser<number>]>>,
): Partial<Record<Field, number>> {
  const numbers: Partial<Record<Field, number>> = {}
  for (const [key, [field, parse]] of Object.entries(fields)) {
    const text = values.get(key)?.[0]
    if (text !== undefined) numbers[field] = demand(parse(text), `${flag} ${key}`)
  }
  return numbers
}

const anyNumber = { min: 0, max: 1e6 }
/** `30` and `30%` are the same. */
const percent: Parser<number> = (text) =>
  numberIn({ ...anyNumber, name: 'a size in percent', example: '30' })(text.replace(/\s*%$/, ''))
/** `200`, `200x`. */
const multiple: Parser<number> = (text) =>
  numberIn({ ...anyNumber, name: 'a multiple of the ordinary', example: '200' })(text.replace(/\s*[x×]$/i, ''))

const chooseFrom = (words: readonly string[]): string => `choose from ${words.join(', ')}`

function problem(where: string, message: string, remedy: string): UserError {
  return new UserError({ code: 'invalidValue', message, where, remedy })
}
