/** Powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, index) => Number(`1e${index}`))
const maxExact = 2 ** 53

/**
 * Walks over the fields of delimited text, byte by byte. The buffer must end in a line feed: every scan stops there at the
 * latest. Numbers come out as the same double that `Number(text)` gives.
 */
export class FieldReader {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** Digits behind the point that the last number needs, without trailing zeros. */
  decimals = 0
  readonly #delimiter: number

  constructor(delimiter: number) {
    this.#delimiter = delimiter
  }

  /** The number at the cursor, which moves to the delimiter behind it; NaN when the field holds anything else. */
  number(): number {
    const bytes = this.bytes
    const start = this.at
    let at = start
    let byte = bytes[at]
    const negative = byte === 45
    if (negative) byte = bytes[++at]
    const digits = at
    // nine digits fit a small integer, which is faster than a double
    const small = at + 9
    let head = 0
    while (byte >= 48 && byte <= 57 && at < small) {
      head = (head * 10 + (byte - 48)) | 0
      byte = bytes[++at]
    }
    let mantissa = head
    while (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + (byte - 48)
      byte = bytes[++at]
    }
    let count = at - digits
    let exponent = 0
    let decimals = 0
    if (byte === 46) {
      const point = at
      byte = bytes[++at]
      while (byte >= 48 && byte <= 57) {
        mantissa = mantissa * 10 + (byte - 48)
        if (byte !== 48) decimals = at - point
        byte = bytes[++at]
      }
      exponent = point + 1 - at
      count -= exponent
    }
    if (count === 0) return this.#other(start)
    if (byte === 101 || byte === 69) {
      byte = bytes[++at]
      const down = byte === 45
      if (down || byte === 43) byte = bytes[++at]
      const first = at
      let shift = 0
      while (byte >= 48 && byte <= 57) {
        shift = shift * 10 + (byte - 48)
        byte = bytes[++at]
      }
      if (at === first) return this.#other(start)
      exponent += down ? -shift : shift
      decimals = Math.max(0, down ? decimals + shift : decimals - shift)
    }
    if (byte !== this.#delimiter && byte !== 10 && byte !== 13) return this.#other(start)
    this.at = at
    this.decimals = decimals
    if (mantissa <= maxExact && exponent >= -22 && exponent <= 22) {
      const value = exponent < 0 ? mantissa / powers[-exponent] : mantissa * powers[exponent]
      return negative ? -value : value
    }
    return Number(this.text(start, at))
  }

  /** Moves to the delimiter or line end behind the field. */
  skip(): void {
    const bytes = this.bytes
    const delimiter = this.#delimiter
    let at = this.at
    let byte = bytes[at]
    while (byte !== delimiter && byte !== 10 && byte !== 13) byte = bytes[++at]
    this.at = at
  }

  /** Steps over the delimiter; false when the line ends here instead. */
  next(): boolean {
    if (this.bytes[this.at] !== this.#delimiter) return false
    this.at++
    return true
  }

  /** Steps over the line end; false when there is another field instead. */
  endLine(): boolean {
    if (this.bytes[this.at] === 13 && this.bytes[this.at + 1] === 10) this.at++
    if (this.bytes[this.at] !== 10) return false
    this.at++
    return true
  }

  text(from: number, to: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from).toString('latin1')
  }

  #other(start: number): number {
    this.at = start
    this.skip()
    this.decimals = 0
    return NaN
  }
}
