import type { Command, EngineEvent, EngineOutput, Phase } from '#model/events.ts'
import type { InstanceId, InstrumentId } from '#model/ids.ts'
import { type Money, toMoney } from '#model/money.ts'
import type { Order, OrderPurpose, RoundTrip } from '#model/order.ts'
import { createEngine, type Engine } from './engine.ts'
import { exampleSetup, pepe, second } from './example.ts'
import { instanceName, type EngineSetup } from './setup.ts'

type Told<Type, O> = O extends { readonly type: infer T } ? (Type extends T ? O : never) : never
type Output<Type extends EngineOutput['type']> = Told<Type, EngineOutput>
type Bare<C> = C extends unknown ? Omit<C, 'type' | 'time' | 'by'> : never

/** For tests: an engine between a market and a venue that are both played by hand; times in seconds since `start`. */
export class ExampleFloor {
  readonly setup: EngineSetup
  engine: Engine
  readonly outputs: EngineOutput[] = []
  /** Seconds. */
  now = 0
  #trades = 0

  constructor(changes: Partial<EngineSetup> = {}) {
    this.setup = exampleSetup(changes)
    this.engine = createEngine(this.setup)
  }

  send(event: EngineEvent): readonly EngineOutput[] {
    const outputs = this.engine.process(event)
    this.outputs.push(...outputs)
    return outputs
  }

  /** Goes on with an engine made anew from the snapshot of the one before. */
  restart(): void {
    this.engine = createEngine(this.setup, structuredClone(this.engine.snapshot()))
  }

  // market

  /** A print at `at` seconds; the clock goes there. */
  trade(at: number, price: number, instrumentId: InstrumentId = pepe): readonly EngineOutput[] {
    this.now = at
    return this.send({ type: 'trade', instrumentId, time: second(at), price, quantity: 100 })
  }

  mark(at: number, price: number, instrumentId: InstrumentId = pepe): readonly EngineOutput[] {
    this.now = at
    return this.send({ type: 'markPrice', instrumentId, time: second(at), price })
  }

  timer(at: number): readonly EngineOutput[] {
    this.now = at
    return this.send({ type: 'timer', time: second(at) })
  }

  command(command: Bare<Command>): readonly EngineOutput[] {
    return this.send({ type: 'command', time: second(this.now), by: 'test', ...command })
  }

  // venue

  accept(order: Order): readonly EngineOutput[] {
    return this.send({
      type: 'orderAccepted',
      orderId: order.orderId,
      venueOrderId: `v-${order.orderId}`,
      time: this.#time,
    })
  }

  fill(
    order: Order,
    quantity: number,
    price: number,
    tradeId = `t${++this.#trades}`,
    fee: Money = toMoney(1),
  ): readonly EngineOutput[] {
    return this.send({
      type: 'orderFilled',
      orderId: order.orderId,
      tradeId,
      time: this.#time,
      price,
      quantity,
      liquidity: 'taker',
      fee,
    })
  }

  reject(order: Order, code = 'refused'): readonly EngineOutput[] {
    return this.send({ type: 'orderRejected', orderId: order.orderId, code, message: code, time: this.#time })
  }

  uncertain(order: Order): readonly EngineOutput[] {
    return this.send({ type: 'orderUncertain', orderId: order.orderId, code: 'timeout', time: this.#time })
  }

  cancel(order: Order): readonly EngineOutput[] {
    return this.send({ type: 'orderCanceled', orderId: order.orderId, code: 'byUser', time: this.#time })
  }

  // what came out

  of<Type extends EngineOutput['type']>(type: Type): readonly Output<Type>[] {
    return this.outputs.filter((output): output is Output<Type> => output.type === type)
  }

  /** Orders sent so far, as they were sent. */
  orders(purpose?: OrderPurpose, instrumentId?: InstrumentId): readonly Order[] {
    return this.of('submitOrder')
      .map(({ order }) => order)
      .filter((order) => purpose === undefined || order.purpose === purpose)
      .filter((order) => instrumentId === undefined || order.instrumentId === instrumentId)
  }

  /** The newest order for that purpose. */
  last(purpose: OrderPurpose, instrumentId?: InstrumentId): Order {
    const order = this.orders(purpose, instrumentId).at(-1)
    if (!order) throw new Error(`no ${purpose} order was sent`)
    return order
  }

  /** The newest state of an order that the engine told. */
  stateOf(order: Order): Order {
    const told = this.of('orderUpdated').findLast((output) => output.order.orderId === order.orderId)?.order ?? order
    return { ...told, cancelRequested: this.canceled().includes(order.orderId) }
  }

  /** Ids of the orders the engine asked to cancel. */
  canceled(): readonly string[] {
    return this.of('cancelOrder').map(({ orderId }) => orderId)
  }

  /** Orders that may still do something at the venue, cancels requested or not. */
  live(purpose?: OrderPurpose): readonly Order[] {
    return this.orders(purpose)
      .map((order) => this.stateOf(order))
      .filter(({ status }) => !['filled', 'canceled', 'expired', 'rejected'].includes(status))
  }

  instance(index = 0, instrumentId: InstrumentId = pepe): InstanceId {
    return instanceName(this.setup.strategies[index], instrumentId)
  }

  phase(instance: InstanceId = this.instance()): Phase {
    return this.of('transitioned').findLast(({ instanceId }) => instanceId === instance)?.to ?? 'watching'
  }

  /** `from → to (cause)` of every transition. */
  path(instance: InstanceId = this.instance()): readonly string[] {
    return this.of('transitioned')
      .filter(({ instanceId }) => instanceId === instance)
      .map(({ from, to, cause }) => `${from} → ${to} (${cause})`)
  }

  closed(): readonly RoundTrip[] {
    return this.of('positionClosed').map(({ roundTrip }) => roundTrip)
  }

  /** Σ of all legs posted, per account, and over all; the latter must be 0. */
  ledger(): { readonly unbalanced: number; readonly sum: Money; readonly cash: Money } {
    const postings = this.of('posted').map(({ posting }) => posting)
    const legs = postings.flatMap((posting) => posting.legs)
    const total = (amounts: readonly Money[]): Money => amounts.reduce((sum, amount) => sum + amount, 0n)
    return {
      unbalanced: postings.filter((posting) => total(posting.legs.map(({ amount }) => amount)) !== 0n).length,
      sum: total(legs.map(({ amount }) => amount)),
      cash: total(legs.filter(({ account }) => account === 'cash').map(({ amount }) => amount)),
    }
  }

  get #time(): number {
    return second(this.now)
  }
}

/** For tests: a floor on which 10 PEPE were bought at 100 at second 2 and the stop rests at the venue. */
export function holdingFloor(changes: Partial<EngineSetup> = {}): ExampleFloor {
  const floor = new ExampleFloor(changes)
  floor.trade(1, 100)
  floor.trade(2, 100)
  const entry = floor.last('entry')
  floor.accept(entry)
  floor.fill(entry, entry.quantity, 100)
  floor.accept(floor.last('stopLoss'))
  return floor
}
