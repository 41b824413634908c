import type { FaultContext } from '../faults.ts'
import type { BookEvent, ForcedEvent, InstrumentEvent, TradeEvent } from '../types.ts'

/** Makes the frames of one stream, once for all who listen. Each call answers the payloads to send, as JSON. */
export interface Channel {
  /** Of every frame, for the fault plan. */
  readonly context: FaultContext
  /** How often `tick` is called; absent = never. */
  readonly cadenceMs?: number
  readonly tick?: (now: number) => readonly string[]
  /** Only events of the channel's instrument; all of them where `context.symbol` is absent. */
  readonly onBook?: (event: BookEvent & { readonly time: number }) => string | null
  readonly onTrade?: (event: TradeEvent & { readonly time: number }) => string | null
  readonly onForced?: (event: ForcedEvent & { readonly time: number }) => void
  readonly onInstrument?: (event: InstrumentEvent & { readonly time: number }) => string | null
}

/** One listener of a stream. */
export interface Listener {
  /** `wrapped` makes the combined form, once for all who want it. */
  deliver(payload: string, wrapped: () => string, context: FaultContext): void
}
