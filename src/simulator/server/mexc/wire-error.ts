/** A failure as MEXC words it: HTTP 200 and a code in the envelope. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** The code for a parameter that is missing, of the wrong type or out of its range. */
export const parameterError = (name: string): WireError => new WireError(600, `Parameter error: ${name}`)
/** As recorded for symbols never listed. */
export const unknownContract = (): WireError => new WireError(1001, 'Contract does not exist')
/** As recorded for a symbol that has left the list. */
export const delistedContract = (): WireError => new WireError(1001, 'Contract not exists')
export const tooFrequent = (): WireError => new WireError(510, 'Requests are too frequent, please try again later')
