/** An answer that says no, in the venue's code and words. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(code: number, message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.headers = headers
  }
}

export const missing = (name: string): WireError =>
  new WireError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
export const notRequired = (name: string): WireError =>
  new WireError(-1106, `Parameter '${name}' sent when not required.`)
export const notValid = (name: string): WireError =>
  new WireError(-1130, `Data sent for parameter '${name}' is not valid.`)
export const invalidSymbol = (): WireError => new WireError(-1121, 'Invalid symbol.')
