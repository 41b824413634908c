import type { MarketEvent } from '#model/market.ts'
import type { FeedStatus } from '#model/venue.ts'
import { type Bench, type BenchName, coinId, openBench } from '#test/contracts/bench.ts'
import { onFetch } from '#test/wire-clock.ts'
import { Random } from '../../src/simulator/generator/random.ts'
import { viewOf } from '../contracts/account-view.ts'
import { createBookView } from '../contracts/book-view.ts'
import { watchBans } from './bans.ts'
import { watchBook } from './book-watch.ts'
import { askedDifferences, differences, forcedFills, ownFills } from './judge.ts'
import type { Scenario } from './scenarios.ts'
import { createTrader, type Trader } from './trader.ts'

export interface Outcome {
  readonly failures: readonly string[]
  /** Of each place and kind. */
  readonly faults: Readonly<Record<string, number>>
  readonly orders: number
  readonly fills: number
  readonly simulatedMs: number
  /** From the last fault until everything agreed. */
  readonly healedMs: number
}

const stepMs = 200
const silenceMs = 10_000

/** One seed of a scenario against a venue. */
export async function runScenario(scenario: Scenario, name: BenchName, seed: number): Promise<Outcome> {
  const jitter = new Random(seed, 0x1177)
  const ownRandom = Math.random
  // pauses between attempts are jittered: one seed, one run
  Math.random = () => jitter.uniform()
  try {
    return await run(scenario, name, seed)
  } finally {
    Math.random = ownRandom
  }
}

async function run(scenario: Scenario, name: BenchName, seed: number): Promise<Outcome> {
  const bench = await openBench(name, { seed })
  const random = new Random(seed, 0x5ce0)
  const trader = createTrader(bench, new Random(seed, 0x7ade))
  const bans = watchBans(bench.clock.steady)
  const stopListening = onFetch(bans)
  const failures: string[] = []
  const started = bench.clock.steady.now()
  const market = watchMarket(bench, trader, scenario)
  try {
    await bench.clock.run(3_000)
    market.begin()
    await quiet(bench, trader, 4_000)
    bench.exchange.faults.set(scenario.plan(random))
    const late = lateTelling(bench, scenario, market.statuses)
    const steps = scenario.clockSteps?.(random) ?? []
    for (let elapsed = 0; elapsed < scenario.faultyMs; elapsed += stepMs) {
      for (const { at, ms } of steps) if (at === elapsed) bench.clock.step(ms)
      trader.step()
      await bench.clock.run(stepMs)
      late.look()
    }
    failures.push(...late.found)
    const faults = bench.exchange.faults.counts()
    bench.exchange.faults.clear()
    const healed = await heal(bench, trader, scenario.healMs, () => market.settled())
    const agreed = [...differences(bench, trader), ...market.settled()]
    failures.push(...agreed, ...trader.broken, ...market.failures, ...bans.broken)
    if (agreed.length === 0) failures.push(...(await askedDifferences(bench)))
    if (scenario.also?.includes('rejectedCounted') === true) failures.push(...market.uncounted())
    return {
      failures,
      faults,
      orders: trader.sent.size,
      fills: ownFills(bench).length,
      simulatedMs: bench.clock.steady.now() - started,
      healedMs: healed,
    }
  } finally {
    stopListening()
    await bench.close()
  }
}

async function quiet(bench: Bench, trader: Trader, ms: number): Promise<void> {
  for (let elapsed = 0; elapsed < ms; elapsed += stepMs) {
    trader.step()
    await bench.clock.run(stepMs)
  }
}

/** The market goes on, nobody trades, until everything agrees. */
async function heal(
  bench: Bench,
  trader: Trader,
  limitMs: number,
  unsettled: () => readonly string[],
): Promise<number> {
  const from = bench.clock.now()
  const end = from + limitMs
  for (;;) {
    await bench.clock.run(1_000)
    if (trader.pending === 0 && differences(bench, trader).length === 0 && unsettled().length === 0) break
    if (bench.clock.now() >= end) break
  }
  return bench.clock.now() - from
}

function watchMarket(bench: Bench, trader: Trader, { losesTrades }: Scenario) {
  const book = createBookView()
  const past = watchBook(bench.market)
  const statuses: FeedStatus[] = []
  const failures: string[] = []
  let told = 0
  let before = 0
  const tradedNow = (): number =>
    bench.market
      .market(coinId)
      ?.trades(5_000)
      .reduce((sum, { quantity }) => sum + quantity, 0) ?? 0
  let gaps = 0
  const watch = bench.venue.watch([{ instrumentId: coinId, feeds: ['trade', 'side', 'quote', 'book', 'markPrice'] }], {
    onEvent(event: MarketEvent) {
      if (event.type === 'instrumentChanged') trader.instrument = event.instrument
      if (event.type === 'trade') told += event.quantity
      if (event.type === 'feedGap') gaps++
      if (!book.apply(event) || !book.valid) return
      if (!past.was(book.levels()) && failures.length < 5) failures.push(`a book that never was, told as valid`)
    },
    onStatus(status) {
      statuses.push(status)
      book.status(status)
    },
  })
  return {
    statuses,
    failures,
    /** Trades count from now. */
    begin(): void {
      before = tradedNow()
      told = 0
      gaps = 0
    },
    /** Feeds are live again and the book is the exchange's. */
    settled(): string[] {
      const market = bench.market.market(coinId)
      if (market?.state !== 'trading') return []
      const traded = tradedNow() - before
      return [
        ...(book.valid ? [] : ['the book is not told as valid']),
        ...(past.isNow(book.levels()) ? [] : ['the book is another one']),
        ...(told > traded + 1e-6 ? [`${told.toFixed(2)} traded told, ${traded.toFixed(2)} traded`] : []),
        ...(gaps === 0 && losesTrades !== true && told < traded - 1.005
          ? [`${told.toFixed(2)} traded told of ${traded.toFixed(2)}, no gap`]
          : []),
      ]
    },
    uncounted(): string[] {
      const corrupted = Object.entries(bench.exchange.faults.counts()).filter(([kind]) => kind.startsWith('ws-corrupt'))
      const rejected = Object.values(watch.stats().rejected).reduce((sum, count) => sum + count, 0)
      const many = corrupted.reduce((sum, [, count]) => sum + count, 0) > 30
      return many && rejected === 0 ? ['no frame was counted as rejected'] : []
    },
  }
}

/** What must be told while the faults still go on. */
function lateTelling(bench: Bench, { also = [] }: Scenario, statuses: readonly FeedStatus[]) {
  const found: string[] = []
  const once = new Set<string>()
  const fail = (text: string): void => {
    if (!once.has(text)) found.push(text)
    once.add(text)
  }
  return {
    found,
    look(): void {
      const now = bench.exchange.now()
      if (also.includes('fillsInAMinute')) {
        const known = viewOf(bench.events).fills.size
        const old = ownFills(bench).filter(({ time }) => time < now - 60_000).length
        if (known < old) fail(`${old - known} fills older than a minute are not told`)
      }
      if (also.includes('forcedTold')) {
        const known = viewOf(bench.events).forced.length
        const old = forcedFills(bench).filter(({ time }) => time < now - 5_000).length
        if (known < old) fail(`${old - known} forced closes older than 5 s are not told`)
      }
      if (also.includes('silenceTold')) {
        const stalled = bench.exchange.faults.log().find(({ fault }) => fault.place === 'ws-stall')
        const from = stalled?.time
        if (from === undefined || stalled?.context.socket === 'private' || now < from + silenceMs) return
        const told = statuses.some(({ state, since }) => state !== 'live' && since >= from - 1_000)
        if (!told) fail(`a silent stream was not told within ${silenceMs / 1_000} s`)
      }
    },
  }
}
