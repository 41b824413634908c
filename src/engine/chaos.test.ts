import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Order } from '#model/order.ts'
import { between, exampleStrategy, gainPercent, lastPrice, scripted } from './example.ts'
import { ExampleFloor } from './example-floor.ts'

const long = exampleStrategy(
  {
    cancel: { cooldownMs: 1_000 },
    entry: { order: { type: 'limit', offsetPct: 0.5 }, timeoutMs: 5_000, size: { notional: 1_000 } },
    protection: {
      stopLoss: { distancePct: 3 },
      takeProfit: { distancePct: 4 },
      trailingStop: { activatePct: 1, distancePct: 1 },
      timeLimitMs: 40_000,
    },
    exit: {
      when: { reading: 'gain', is: 'crossesBelow', value: 0 },
      order: { type: 'limit', adjustPct: 0.5, timeoutMs: 3_000 },
      cooldownMs: 1_000,
    },
    emergency: { when: { reading: 'gain', is: 'lt', value: -2 }, cooldownMs: 2_000 },
  },
  { go: scripted('go', (ms) => Number(ms % 10_000 < 5_000)), gain: gainPercent, price: lastPrice },
)
const short = exampleStrategy(
  {
    name: 'dump',
    direction: 'short',
    cancel: { cooldownMs: 0 },
    exit: { cooldownMs: 500, when: { reading: 'out', is: 'gte', value: 1 } },
  },
  { go: between('dumpGo', 3), out: scripted('out', (ms) => Number(ms % 7_000 > 6_000)) },
)

const actions = [
  'trade',
  'trade',
  'trade',
  'timer',
  'accept',
  'accept',
  'fill',
  'fill',
  'part',
  'reject',
  'cancel',
  'cancel',
  'uncertain',
  'twice',
  'late',
  'close',
  'tighten',
  'pause',
  'resume',
] as const
const action = fc.record({
  kind: fc.constantFrom(...actions),
  pick: fc.nat(20),
  move: fc.integer({ min: -120, max: 120 }),
  pause: fc.integer({ min: 0, max: 1_500 }),
})
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

const finished = ['filled', 'canceled', 'expired', 'rejected']
const signed = ({ side }: Order, quantity: number): number => (side === 'buy' ? quantity : -quantity)

/** A venue that does anything a venue may do: what is reduce-only never goes past flat, everything else may happen. */
class Chaos {
  readonly floor: ExampleFloor
  price = 100
  /** What the venue holds for each instance. */
  readonly held = new Map<string, number>()
  #told: (() => void) | undefined
  #orders = 0
  readonly faults: string[] = []

  constructor() {
    this.floor = new ExampleFloor({ strategies: [long, short] })
    this.floor.trade(1, this.price)
  }

  play({ kind, pick, move, pause }: Action): void {
    const { floor } = this
    const live = floor.live()
    const order = live[pick % Math.max(1, live.length)]
    if (kind === 'trade' || kind === 'timer') {
      this.price = Math.max(50, Math.round((this.price + move / 100) * 100) / 100)
      const at = floor.now + pause / 1_000
      if (kind === 'trade') floor.trade(at, this.price)
      else floor.timer(Math.ceil(at))
    } else if (kind === 'pause') floor.command({ command: 'pauseEntries' })
    else if (kind === 'resume') floor.command({ command: 'resumeEntries' })
    else if (kind === 'close') floor.command({ command: 'closePosition', instanceId: floor.instance(pick % 2) })
    else if (kind === 'tighten')
      floor.command({
        command: 'adjustStop',
        instanceId: floor.instance(pick % 2),
        stopPrice: this.price - 1 + (pick % 2) * 2,
      })
    else if (kind === 'twice') this.#told?.()
    else if (kind === 'late') {
      const gone = floor
        .orders('entry')
        .map((entry) => floor.stateOf(entry))
        .filter(({ status }) => status === 'canceled')
      const entry = gone.at(-1)
      if (entry && pick < 5 && entry.filledQuantity < entry.quantity) this.#fill(entry, 1)
    } else if (order) this.#answer(kind, order, pick)
    this.#check()
  }

  #answer(kind: 'accept' | 'fill' | 'part' | 'reject' | 'cancel' | 'uncertain', order: Order, pick: number): void {
    const { floor } = this
    if (kind === 'accept') floor.accept(order)
    else if (kind === 'uncertain') floor.uncertain(order)
    else if (kind === 'fill' || kind === 'part') this.#fill(order, kind === 'fill' ? 1 : (1 + (pick % 3)) / 4)
    else if (kind === 'cancel') floor.cancel(order)
    else if (order.status === 'submitted') floor.reject(order)
  }

  #fill(order: Order, share: number): void {
    const { floor, price } = this
    const held = this.held.get(order.instanceId) ?? 0
    const rest = order.quantity - order.filledQuantity
    const most = order.reduceOnly ? Math.min(rest, Math.max(0, -signed(order, held))) : rest
    const quantity = Math.round(Math.max(0.1, most * share) * 10) / 10
    if (most < 0.05) {
      if (!finished.includes(order.status)) floor.cancel(order)
      return
    }
    this.held.set(order.instanceId, Math.round((held + signed(order, quantity)) * 10) / 10)
    const tradeId = `c${++this.#orders}`
    this.#told = () => void floor.fill(order, quantity, price, tradeId)
    this.#told()
  }

  #check(): void {
    const { floor, faults } = this
    const positions = new Map(
      floor.engine.positions().map(({ instanceId, quantity }) => [instanceId as string, quantity]),
    )
    for (const [instance, quantity] of this.held) {
      if ((positions.get(instance) ?? 0) !== quantity)
        faults.push(`position ${instance} ${positions.get(instance)} is ${quantity}`)
    }
    for (const index of [0, 1]) {
      const instance = floor.instance(index)
      const quantity = positions.get(instance) ?? 0
      const orders = floor.live().filter(({ instanceId }) => instanceId === instance)
      if (orders.filter(({ purpose }) => purpose === 'entry').length > 1) faults.push(`two entries of ${instance}`)
      if (
        orders.some(({ reduceOnly, side }) => reduceOnly && quantity !== 0 && side === (quantity > 0 ? 'buy' : 'sell'))
      )
        faults.push(`an exit of ${instance} on the side of its position`)
      if (quantity === 0) continue
      const phase = floor.phase(instance)
      if (phase === 'watching' || phase === 'signaled' || phase === 'cooling') faults.push(`a position while ${phase}`)
      const covered = orders.some(
        ({ purpose, quantity: size, filledQuantity }) =>
          purpose === 'stopLoss' && size - filledQuantity >= Math.abs(quantity),
      )
      const refused = floor
        .of('unprotected')
        .some(({ instanceId, since }) => instanceId === instance && since >= this.#ms - 2_500)
      if (phase !== 'exiting' && !covered && !refused) faults.push(`no stop for ${quantity} of ${instance}`)
    }
  }

  get #ms(): number {
    return 1_699_999_200_000 + this.floor.now * 1_000
  }

  /** From now on the venue does what it is asked, at once. */
  calm(): void {
    const { floor } = this
    floor.command({ command: 'emergencyStop' })
    for (let round = 0; round < 12; round++) {
      for (const { orderId } of floor.live()) {
        const order = floor.live().find((live) => live.orderId === orderId)
        if (!order) continue
        if (order.cancelRequested || order.purpose === 'entry') floor.cancel(order)
        else if (order.purpose === 'exit') this.#fill(order, 1)
      }
      this.#check()
      floor.timer(Math.ceil(floor.now) + 1)
    }
  }
}

test('whatever the venue does: no position is lost, doubled or left alone, and the kill switch ends flat', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 30, maxLength: 120 }), (script) => {
      const chaos = new Chaos()
      for (const step of script) chaos.play(step)
      chaos.calm()
      expect(chaos.faults).toEqual([])
      const { floor } = chaos
      expect(floor.engine.positions()).toEqual([])
      expect(floor.live()).toEqual([])
      expect(
        [0, 1]
          .map((index) => floor.phase(floor.instance(index)))
          .filter((phase) => phase !== 'cooling' && phase !== 'watching'),
      ).toEqual([])
      expect(floor.ledger()).toMatchObject({ unbalanced: 0, sum: 0n })
    }),
    { numRuns: 150 },
  )
})
