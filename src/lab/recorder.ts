import { createHash, type Hash } from 'node:crypto'
import type { Engine } from '#engine/engine.ts'
import type { EngineEvent, EngineOutput } from '#model/events.ts'
import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { Order, OrderFilled, Posting, RoundTrip } from '#model/order.ts'
import type { PriceSeries } from '#model/run.ts'
import type { ReplayObserver } from '#session/session.ts'
import { canonicalJson } from './canonical.ts'
import { PriceRecorder } from './price-recorder.ts'

/** Equity is sampled at most this often. */
const equitySampleMs = 10_000
const maxEquityPoints = 20_000

/** Collects what a run leaves behind: every decision, order, fill and posting, equity over time, and one hash over all outputs. */
export class RunRecorder implements ReplayObserver {
  readonly decisions: EngineOutput[] = []
  readonly orders = new Map<OrderId, Order>()
  readonly fills: OrderFilled[] = []
  readonly postings: Posting[] = []
  readonly roundTrips: RoundTrip[] = []
  /** Of every decision record: what the look-ahead check compares. */
  readonly decisionHashes: string[] = []
  readonly decisionTimes: UnixMs[] = []
  readonly #engine: Engine
  readonly #onProgress: ((rows: number, time: UnixMs) => void) | undefined
  readonly #hash: Hash = createHash('sha256')
  readonly #prices = new Map<InstrumentId, PriceRecorder>()
  #equity: { time: number; equity: number; drawdown: number }[] = []
  #equityEveryMs = equitySampleMs
  #lastSample = -Infinity

  constructor(engine: Engine, onProgress?: (rows: number, time: UnixMs) => void) {
    this.#engine = engine
    this.#onProgress = onProgress
  }

  onOutputs(outputs: readonly EngineOutput[], time: UnixMs): void {
    for (const output of outputs) {
      const text = canonicalJson(output)
      this.#hash.update(text)
      this.#keep(output)
      if (isDecision(output)) {
        this.decisionHashes.push(text)
        this.decisionTimes.push(time)
      }
    }
    this.#sample(
      time,
      outputs.some(({ type }) => type === 'posted'),
    )
  }

  onStep(time: UnixMs): void {
    if (time - this.#lastSample >= this.#equityEveryMs) this.#sample(time, false)
  }

  onEvent(event: EngineEvent): void {
    if (event.type === 'orderFilled') this.fills.push(event)
  }

  onBlock(block: MarketBlock): void {
    let prices = this.#prices.get(block.instrumentId)
    if (!prices) {
      prices = new PriceRecorder(block.instrumentId)
      this.#prices.set(block.instrumentId, prices)
    }
    prices.add(block)
  }

  onProgress(rows: number, time: UnixMs): void {
    this.#onProgress?.(rows, time)
  }

  prices(): PriceSeries[] {
    return [...this.#prices.values()].map((recorder) => recorder.series())
  }

  equity(): { time: Float64Array; equity: Float64Array; drawdown: Float64Array } {
    const points = this.#equity
    return {
      time: Float64Array.from(points, ({ time }) => time),
      equity: Float64Array.from(points, ({ equity }) => equity),
      drawdown: Float64Array.from(points, ({ drawdown }) => drawdown),
    }
  }

  /** Over every output in order. */
  outputHash(): string {
    return this.#hash.copy().digest('hex')
  }

  #keep(output: EngineOutput): void {
    switch (output.type) {
      case 'submitOrder':
      case 'orderUpdated':
        this.orders.set(output.order.orderId, output.order)
        break
      case 'posted':
        this.postings.push(output.posting)
        break
      case 'positionClosed':
        this.roundTrips.push(output.roundTrip)
        this.decisions.push(output)
        break
      default:
        this.decisions.push(output)
    }
  }

  #sample(time: UnixMs, always: boolean): void {
    if (!always && time - this.#lastSample < this.#equityEveryMs) return
    const { equity, drawdown } = this.#engine.account()
    this.#lastSample = time
    this.#equity.push({ time, equity, drawdown })
    if (this.#equity.length < maxEquityPoints) return
    this.#equity = this.#equity.filter((_, index) => index % 2 === 0)
    this.#equityEveryMs *= 2
  }
}

/** What the engine decided, as opposed to what followed at the venue. */
function isDecision({ type }: EngineOutput): boolean {
  return (
    type === 'signalDetected' ||
    type === 'flashPumpDetected' ||
    type === 'reversalDetected' ||
    type === 'confluenceDetected' ||
    type === 'signalSkipped' ||
    type === 'transitioned' ||
    type === 'riskDecided' ||
    type === 'submitOrder' ||
    type === 'cancelOrder' ||
    type === 'stopMoved'
  )
}
