declare const brand: unique symbol
type Branded<T, Name extends string> = T & { readonly [brand]: Name }

/** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type UnixMs = number

/** Canonical `BASE_QUOTE`, e.g. `BTC_USDT`; the venue's own spelling is `Instrument.symbol`. */
export type InstrumentId = Branded<string, 'InstrumentId'>
/** `mexc`, `binance`, or `simulator`. */
export type VenueId = Branded<string, 'VenueId'>
/** Ours, counted by the engine (`<session>-o<n>`) and sent to the venue as the client order id. */
export type OrderId = Branded<string, 'OrderId'>
/** `<session>-p<n>`: one entry to its exit. */
export type PositionId = Branded<string, 'PositionId'>
/** `<session>-s<n>`: one detected setup; every order and fact that follows from it carries it. */
export type SignalId = Branded<string, 'SignalId'>
/** `<strategy>@<first 8 of its hash>/<instrument>`: one strategy version on one instrument in one session. */
export type InstanceId = Branded<string, 'InstanceId'>

export const instrumentId = (text: string): InstrumentId => text as InstrumentId
export const venueId = (text: string): VenueId => text as VenueId
export const orderId = (text: string): OrderId => text as OrderId
export const positionId = (text: string): PositionId => text as PositionId
export const signalId = (text: string): SignalId => text as SignalId
export const instanceId = (text: string): InstanceId => text as InstanceId
