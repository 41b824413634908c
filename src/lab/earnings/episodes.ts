import type { EngineOutput } from '#model/events.ts'
import type { InstrumentId, SignalId, UnixMs } from '#model/ids.ts'
import type { Order, OrderFilled, RoundTrip } from '#model/order.ts'
import type { StoredRun } from '#model/run.ts'

/**
 * What became of a signal. `denied`: by a risk check; `unfilled`: an order went out and nothing of it filled; `abandoned`: the setup ended
 * before an order; `skipped`: not taken at all, the instrument or every slot being in use.
 */
export type EpisodeOutcome = 'traded' | 'denied' | 'unfilled' | 'abandoned' | 'skipped'

/** One signal and all that followed from it. */
export interface Episode {
  readonly instrumentId: InstrumentId
  /** Of the signal. */
  readonly time: UnixMs
  readonly outcome: EpisodeOutcome
  /** Empty unless traded. */
  readonly trips: readonly RoundTrip[]
  /** Price move from the decision to enter to what the market then offered, fraction, positive = paid; null unless traded. */
  readonly entryDelay: number | null
  /** From the price at the signal to the price entered at, all costs of the price included; fraction, positive = paid; null unless traded. */
  readonly entryPaid: number | null
  /** Share of the entry order that filled; null unless traded. */
  readonly entryFilled: number | null
}

type Signal = Extract<EngineOutput, { readonly type: 'signalDetected' }>

/** Every signal of a run in the order of its time; a signal that a later one renewed is told as that later one. */
export function episodesOf(run: Pick<StoredRun, 'decisions' | 'orders' | 'fills' | 'roundTrips'>): readonly Episode[] {
  const denied = new Set<SignalId>()
  const renewed = new Set<SignalId>()
  for (const fact of run.decisions) {
    if (fact.type === 'orderDenied') denied.add(fact.signalId)
    if (fact.type === 'entryAbandoned' && fact.code === 'renewed') renewed.add(fact.signalId)
  }
  const entries = Map.groupBy(
    run.orders.filter(({ purpose }) => purpose === 'entry'),
    ({ signalId }) => signalId,
  )
  const trips = Map.groupBy(run.roundTrips, ({ signalId }) => signalId)
  const fills = Map.groupBy(run.fills, ({ orderId }) => orderId)
  return run.decisions.flatMap((fact): readonly Episode[] => {
    if (fact.type === 'signalSkipped') return [{ ...missed(fact), outcome: 'skipped' }]
    if (fact.type !== 'signalDetected' || renewed.has(fact.signalId)) return []
    const orders = entries.get(fact.signalId) ?? []
    const own = trips.get(fact.signalId) ?? []
    if (own.length > 0)
      return [
        traded(
          fact,
          own,
          orders,
          orders.flatMap(({ orderId }) => fills.get(orderId) ?? []),
        ),
      ]
    const outcome = denied.has(fact.signalId) ? 'denied' : orders.length > 0 ? 'unfilled' : 'abandoned'
    return [{ ...missed(fact), outcome }]
  })
}

function missed({ instrumentId, time }: Pick<Signal, 'instrumentId' | 'time'>): Omit<Episode, 'outcome'> {
  return { instrumentId, time, trips: [], entryDelay: null, entryPaid: null, entryFilled: null }
}

function traded(
  signal: Signal,
  trips: readonly RoundTrip[],
  orders: readonly Order[],
  fills: readonly OrderFilled[],
): Episode {
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  const direction = trips[0].side === 'long' ? 1 : -1
  let filled = 0
  let delay = 0
  let decided = 0
  let paid = 0
  for (const { orderId, quantity, price, slippage } of fills) {
    const decisionPrice = byId.get(orderId)?.decisionPrice ?? price
    filled += quantity
    paid += price * quantity
    decided += decisionPrice * quantity
    delay += (slippage?.delay ?? 0) * quantity
  }
  const wanted = orders.reduce((sum, { quantity }) => sum + quantity, 0)
  return {
    ...missed(signal),
    outcome: 'traded',
    trips,
    entryDelay: decided > 0 ? delay / decided : null,
    entryPaid: filled > 0 && signal.price > 0 ? direction * (paid / filled / signal.price - 1) : null,
    entryFilled: wanted > 0 ? filled / wanted : null,
  }
}
