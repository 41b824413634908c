import { parameterError, WireError } from './wire-error.ts'

/** What a request says, in its query or JSON body. Getters throw 600 where a value is not what it must be. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** Of a query as it came; an empty value counts as absent. */
  static ofQuery(query: string): Fields {
    const values: Record<string, unknown> = Object.create(null)
    for (const [name, value] of pairsOf(query)) if (value !== '') values[name] = value
    return new Fields(values)
  }

  has(name: string): boolean {
    return this.#read(name) !== undefined
  }

  text(name: string): string | undefined {
    const value = this.#read(name)
    if (value === undefined) return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'bigint') return String(value)
    throw parameterError(name)
  }

  required(name: string): string {
    const value = this.text(name)
    if (value === undefined || value === '') throw parameterError(name)
    return value
  }

  /** A JSON number or the text of one, as clients send both. */
  number(name: string): number | undefined {
    const value = this.#read(name)
    if (value === undefined || value === '') return undefined
    const number = typeof value === 'string' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) throw parameterError(name)
    return number
  }

  requiredNumber(name: string): number {
    const value = this.number(name)
    if (value === undefined) throw parameterError(name)
    return value
  }

  integer(name: string): number | undefined {
    const value = this.number(name)
    if (value !== undefined && !Number.isInteger(value)) throw parameterError(name)
    return value
  }

  boolean(name: string): boolean | undefined {
    const value = this.#read(name)
    if (value === undefined) return undefined
    if (value === true || value === 'true' || value === 1) return true
    if (value === false || value === 'false' || value === 0) return false
    throw parameterError(name)
  }

  /** One of these numbers, else the code. */
  choice<T extends number>(name: string, allowed: readonly T[], code = 600): T | undefined {
    const value = this.integer(name)
    if (value === undefined) return undefined
    const found = allowed.find((one) => one === value)
    if (found === undefined) throw code === 600 ? parameterError(name) : new WireError(code, `${name} error`)
    return found
  }

  /** `page_num` from 1 and `page_size`, at most `most`. */
  page(most = 100, standard = 20): { readonly page: number; readonly size: number } {
    const page = this.integer('page_num') ?? 1
    const size = this.integer('page_size') ?? standard
    if (page < 1 || size < 1 || size > most) throw parameterError(page < 1 ? 'page_num' : 'page_size')
    return { page, size }
  }

  /** null counts as absent, as after JSON of a client's empty field. */
  #read(name: string): unknown {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
    return value === null ? undefined : value
  }
}

/** Names and values of a query, decoded, in the order they came. */
export function pairsOf(query: string): readonly (readonly [string, string])[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]
    })
}

/** The JSON body; integers that a number cannot hold come as bigint. Throws 601. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
        ? BigInt(context?.source ?? 0)
        : value,
    )
  } catch {
    throw new WireError(601, 'Data decoding error')
  }
}

/** Throws 600 for anything but a JSON object. */
export function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw parameterError('body')
  return new Fields(body as Readonly<Record<string, unknown>>)
}

/** Of a URL. Throws 600. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw parameterError('encoding')
  }
}
