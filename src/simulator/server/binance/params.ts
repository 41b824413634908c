import { missing, notValid, WireError } from './wire-error.ts'

const decimal = /^[0-9]{1,20}(\.[0-9]{1,20})?$/

/** Parameters of one request: query and form body together, as Binance reads them. Getters throw the venue's refusals. */
export class Params {
  readonly #values = new Map<string, string>()

  /** Throws −1100 where a name or value does not decode, −1101 where one comes twice. */
  constructor(query: string, body = '') {
    for (const pair of `${query}&${body}`.split('&')) {
      if (pair === '') continue
      const equals = pair.indexOf('=')
      const name = decoded(equals < 0 ? pair : pair.slice(0, equals))
      const value = equals < 0 ? '' : decoded(pair.slice(equals + 1))
      if (this.#values.has(name)) throw new WireError(-1101, `Duplicate values for a parameter detected.`)
      this.#values.set(name, value)
    }
  }

  static of(values: Readonly<Record<string, unknown>>): Params {
    const params = new Params('')
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        params.#values.set(name, String(value))
    }
    return params
  }

  /** As it was sent, checked by nobody. */
  raw(name: string): string | undefined {
    return this.#values.get(name)
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** undefined where absent. Throws −1105 where empty. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)
    if (value === '') throw new WireError(-1105, `Parameter '${name}' was empty.`)
    return value
  }

  /** Throws −1102. */
  required(name: string): string {
    const value = this.#values.get(name)
    if (value === undefined || value === '') throw missing(name)
    return value
  }

  integer(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^-?[0-9]{1,16}$/.test(text)) throw illegal(name, '^[0-9]{1,20}$')
    return Number(text)
  }

  /** Digits of an id, which may be longer than a number holds. */
  id(name: string): string | undefined {
    const text = this.text(name)
    if (text !== undefined && !/^[0-9]{1,20}$/.test(text)) throw illegal(name, '^[0-9]{1,20}$')
    return text
  }

  /** A plain decimal as it was sent; exponents and signs are refused. */
  decimal(name: string): string | undefined {
    const text = this.text(name)
    if (text !== undefined && !decimal.test(text)) throw illegal(name, '^([0-9]{1,20})(\\.[0-9]{1,20})?$')
    return text
  }

  boolean(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase()
    if (text === undefined) return undefined
    if (text !== 'true' && text !== 'false') throw notValid(name)
    return text === 'true'
  }

  /** One of the words, else the error. */
  choice<T extends string>(name: string, words: readonly T[], otherwise: WireError): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!(words as readonly string[]).includes(text)) throw otherwise
    return text as T
  }

  /** Absent = `standard`; above `most` or below 1 is refused (−1130). */
  limit(standard: number, most: number): number {
    const limit = this.integer('limit') ?? standard
    if (limit < 1 || limit > most) throw notValid('limit')
    return limit
  }
}

function illegal(name: string, range: string): WireError {
  return new WireError(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new WireError(-1100, 'Illegal characters found in a parameter.')
  }
}
