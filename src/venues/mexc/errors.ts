import type { RequestFate } from '#model/venue.ts'

/** What became of a request that the venue answered with a code: closed table of the facts, §8. */
const fates: ReadonlyMap<number, RequestFate> = new Map<number, RequestFate>([
  // not logged in, key expired, address not allowed, unknown source, path not accessible, signature, permissions, eligibility, account
  ...all('fatal', 401, 402, 403, 406, 506, 511, 602, 701, 702, 703, 704, 1000, 200005, 200006, 300000, 300001),
  // outside the time window, too frequent, maintenance: not executed
  ...all('retry', 429, 510, 513, 604, 801, 2037),
  // busy, gateway, "repeated request", and a client id that exists already: look the order up
  ...all('unknown', 500, 501, 502, 503, 504, 603, 2042, 9999),
  // parameters, contract, risk level, side, price, balance, leverage, position, quantity, batch
  ...all('refused', 600, 601, 1001, 1002, 1003, 1004, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2011),
  ...all('refused', 2013, 2014, 2015, 2016, 2018, 2019, 2021, 2022, 2023, 2024, 2025, 2026, 2027, 2028, 2029, 2030),
  ...all('refused', 2031, 2032, 2033, 2034, 2035, 2036, 2038, 2040, 2041, 2043),
  // plan parameters, currency, take-profit parameters, trading and opening forbidden, ranges, risk level switched off
  ...all('refused', 3001, 3002, 3003, 3004, 4001, 5001, 5002, 5003, 5004, 6001, 6002, 6003, 6004, 6005, 8817),
])

/** Codes of the reply or HTTP status. A code that is not in the table proves nothing, so its outcome is unknown. */
export function fateOf(code: number, request: 'read' | 'write'): RequestFate {
  const fate = fates.get(code) ?? 'unknown'
  // reading twice changes nothing
  return fate === 'unknown' && request === 'read' && (fates.has(code) || isServerStatus(code)) ? 'retry' : fate
}

/** The clock is off: measure it, then once more. */
export const timeRefusal = 513
/** Nothing to cancel (any more): not found, or in no state for it. */
export const nothingToCancel: ReadonlySet<number> = new Set([2040, 2041])

/** Why the venue ended an order after it had acknowledged it. */
const endings: ReadonlyMap<number, string> = new Map([
  [1, 'parameter'],
  [2, 'balance'],
  [3, 'noPosition'],
  [4, 'positionInsufficient'],
  [5, 'beyondLiquidation'],
  [6, 'liquidation'],
  [7, 'riskLimit'],
  [8, 'bySystem'],
  [9, 'positionMode'],
  [10, 'reduceOnly'],
  [11, 'contractDisabled'],
  [12, 'delivery'],
  [13, 'liquidation'],
  [14, 'autoDeleveraging'],
  [15, 'blocked'],
  [16, 'fundingSettlement'],
  [17, 'marginChange'],
  [18, 'immediateOrCancel'],
  [19, 'fillOrKill'],
  [20, 'postOnlyWouldCross'],
  [21, 'marketRemainder'],
])

/** Stable code of an order's `errorCode`; 0 and absent mean that somebody canceled it. */
export function endingOf(errorCode: number | null | undefined): string {
  if (errorCode === null || errorCode === undefined || errorCode === 0) return 'byUser'
  return endings.get(errorCode) ?? `venue${errorCode}`
}

const isServerStatus = (code: number): boolean => code >= 500 && code < 600

function all(fate: RequestFate, ...codes: readonly number[]): (readonly [number, RequestFate])[] {
  return codes.map((code) => [code, fate] as const)
}
