import { expect, test } from 'vitest'
import type { EngineOutput } from '#model/events.ts'
import { UserError } from '#model/failure.ts'
import { orderId, signalId } from '#model/ids.ts'
import { formatMoney, toMoney } from '#model/money.ts'
import { inClosingOrder } from '../metrics/outcome.ts'
import { htmlReport } from './html.ts'
import { sampleRun } from './sample-run.ts'
import { whyNot, whyTrade } from './story.ts'

const run = sampleRun()

test('the story of a trade puts each number beside its threshold, unit and margin', () => {
  const { text, json } = whyTrade(run, 1)
  const [first] = json.signal?.conditions ?? []
  expect(first).toMatchObject({
    group: 'signal',
    reading: 'pumpMagnitude',
    operator: 'gte',
    threshold: 7,
    verdict: 'met',
    unit: 'percent',
  })
  expect(text).toMatch(/S1 Signal {2}pumpMagnitude {2}7\.\d+ % {2}≥ 7 % {2}met {2}past by 0?\.?\d+/)
  expect(text).toMatch(/Z1 Entry {3}momentumReversal|Z1 Entry {2}momentumReversal/)
})

test('the story follows the trade from signal to money', () => {
  const { text } = whyTrade(run, 1)
  const order = [
    'Found!',
    'Entering',
    'Size',
    'Risk  all 4 checks passed',
    'Order 1-o',
    '\nStop\n',
    'Money, USDT',
    'Net profit',
  ]
  const places = order.map((word) => text.indexOf(word))
  expect(places.every((place) => place >= 0)).toBe(true)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('a renewed signal tells which one it renews, and how that ended', () => {
  const [trip] = inClosingOrder(run.roundTrips)
  const before = signalId('1-early')
  const decisions = run.decisions.flatMap((fact): readonly EngineOutput[] => {
    if (fact.type !== 'signalDetected' || fact.signalId !== trip.signalId) return [fact]
    const { time, instanceId, instrumentId, price } = fact
    return [
      { ...fact, signalId: before, time: time - 90_000, price: price * 0.8 },
      { type: 'entryAbandoned', time, instanceId, instrumentId, signalId: before, code: 'canceledByGroup', price },
      { ...fact, renews: before },
    ]
  })
  const { text, json } = whyTrade({ ...run, decisions }, 1)
  expect(json.signal?.renews).toMatchObject({ signalId: before, ended: 'canceledByGroup' })
  expect(text).toMatch(/\+25\.00? % from signal 1-early of 2026-.*\(False alarm: the cancel rule \(O1\) was met\)\./)
  expect(whyTrade(run, 1).json.signal?.renews).toBeNull()
})

test('what a signal detected is told with its evidence, and with the signals that came with it', () => {
  const [trip] = inClosingOrder(run.roundTrips)
  const tell = (detection: Partial<Extract<EngineOutput, { readonly type: 'flashPumpDetected' }>>) => {
    const decisions = run.decisions.flatMap((fact): readonly EngineOutput[] => {
      if (fact.type !== 'signalDetected' || fact.signalId !== trip.signalId) return [fact]
      const { time, price, instrumentId } = fact
      const direction = 'long'
      const evidence = [
        { reading: 'orders', indicator: 'orderCount', unit: 'count', value: 12 },
        { reading: 'share', indicator: 'spread', unit: 'percent', value: null, pendingReason: 'noQuotes' },
      ] as const
      const own = { signalId: fact.signalId, strategy: fact.strategy, time, price }
      const other = { signalId: null, strategy: 'dip-reversion', time: time - 5_000, price }
      const found = { type: 'flashPumpDetected', magnitudePct: 6.25, direction, evidence } as const
      return [
        fact,
        { ...fact, ...found, ...detection },
        { type: 'confluenceDetected', time, instrumentId, direction, signals: [other, own] },
      ]
    })
    return whyTrade({ ...run, decisions }, 1)
  }
  const { text, json } = tell({})
  expect(json.signal).toMatchObject({
    detected: { what: 'flashPump', pct: 6.25 },
    evidence: [{ reading: 'orders', value: 12 }, { reading: 'share' }],
    together: [{ strategy: 'dip-reversion' }],
  })
  expect(text).toMatch(
    /Found!.*\n {2}Flash pump, 6\.25 % above the price before\.\n {2}Together with dip-reversion, 2026/,
  )
  expect(text).toMatch(/Evidence {2}orders +12\n.*Evidence {2}share +no value {2}no quotes/)
  expect(tell({ magnitudePct: null }).text).toContain('Flash pump; the price before it is not known.')
  const reversal = { type: 'reversalDetected', retracementPct: 24 } as unknown as Parameters<typeof tell>[0]
  expect(tell(reversal).text).toContain('Reversal, 24 % of the rise given back.')
  expect(whyTrade(run, 1).json.signal).toMatchObject({ detected: null, evidence: [], together: [] })
})

test('an exit that the venue refused is told with when it came again', () => {
  const [trip] = inClosingOrder(run.roundTrips)
  const { instanceId, instrumentId, signalId: id, closedAt: time } = trip
  const refused = { time, instanceId, instrumentId, signalId: id, orderId: orderId('1-o1'), code: 'priceBand' }
  const decisions: EngineOutput[] = [
    ...run.decisions,
    { ...refused, type: 'exitRefused', attempt: 1, againAt: time + 1_000 },
  ]
  const { text, json } = whyTrade({ ...run, decisions }, 1)
  expect(json.refusals).toMatchObject([{ code: 'priceBand', afterMs: 1_000 }])
  expect(text).toMatch(/Refused {2}2026-.* {2}priceBand {2}again after 1 s/)
})

test('the costs of a story add up to the difference between profit before costs and net profit', () => {
  const { json } = whyTrade(run, 2)
  const { total, ...parts } = json.costs
  const sum = Object.values(parts).reduce((all, part) => all + toMoney(Number(part)), 0n)
  expect(formatMoney(sum)).toBe(total)
  expect(json.netProfit).toBe(formatMoney(inClosingOrder(run.roundTrips)[1].netProfit))
})

test('fills show how their price came about, in basis points of the price at the decision', () => {
  expect(whyTrade(run, 1).text).toMatch(
    /delay \+3\.0 bp {2}spread \+2\.0 bp {2}impact \+1\.0 bp {2}fee 0\.1200 USDT {2}taker {2}in 2 fills/,
  )
})

test('a trade that does not exist is refused with the numbers that do', () => {
  const attempt = () => whyTrade(run, run.roundTrips.length + 1)
  expect(attempt).toThrow(UserError)
  expect(attempt).toThrow(`The run has trades 1 to ${run.roundTrips.length}`)
  expect(() => whyTrade({ ...run, roundTrips: [] }, 1)).toThrow('The run has no trades.')
})

test('why not adds up near misses over instruments and keeps the closest', () => {
  const { json } = whyNot(run)
  const pump = json.conditions.find(({ reading }) => reading === 'pumpMagnitude')
  // Three instruments: best margins 2.4, 1.4, 0.4; 14 and 31 times each; 1 180 s alone in the way each.
  expect(pump).toMatchObject({
    bestMargin: 2.4,
    bestValue: 9.4,
    bestOn: 'PEPE_USDT',
    blockedAloneMs: 3_540_000,
    wouldHave: [
      { threshold: 5, times: 93 },
      { threshold: 6, times: 42 },
    ],
  })
  expect(pump?.metShare).toBeCloseTo(0.012, 12)
  expect(json.blockedMost?.reading).toBe('pumpMagnitude')
  expect(json.blockedLast?.reading).toBe('volumeSurge')
})

test('without a signal the text says how far the nearest miss was, when, and on what', () => {
  const nearMisses = run.nearMisses
    .filter(({ group, reading }) => group === 'signal' && reading === 'pumpMagnitude')
    .map((miss) => ({ ...miss, bestMargin: -0.9, bestValue: 6.1 }))
  const { text } = whyNot({ ...run, decisions: [], roundTrips: [], orders: [], nearMisses })
  expect(text.replaceAll('\n', ' ')).toContain(
    '0 signals, 0 trades. pumpMagnitude reached 6.1 %, it needs ≥ 7 %: short by 0.9 % at 2026-03-02T12:01:10.250Z on PEPE_USDT.',
  )
  expect(text).toContain('would have signaled 42 times at 6 %, 93 times at 5 %')
  expect(text).toContain('held back by pumpMagnitude')
})

test('a reading that never had a value is named as the reason', () => {
  const nearMisses = run.nearMisses
    .slice(0, 1)
    .map((miss) => ({ ...miss, bestMargin: null, bestValue: null, bestAt: null, pendingShare: 1, metShare: 0 }))
  const { text } = whyNot({ ...run, decisions: [], roundTrips: [], orders: [], nearMisses })
  expect(text).toContain('pumpMagnitude had no value the whole time, so S1 could not be met.')
})

test('why not of one instrument counts only its own facts', () => {
  const { json } = whyNot(run, 'SUI_USDT')
  const trades = run.roundTrips.filter(({ instrumentId }) => instrumentId === 'SUI_USDT').length
  expect(json).toMatchObject({ instrument: 'SUI_USDT', trades })
  expect(json.activity.skips).toEqual({ noSlot: trades })
  expect(() => whyNot(run, 'NOPE_USDT')).toThrow('The run has no instrument NOPE_USDT.')
})

test('thresholds that would have changed nothing are left out of the sentence', () => {
  const wouldHave = [
    { threshold: 7, times: 12 },
    { threshold: 6.5, times: 12 },
    { threshold: 6, times: 12 },
    { threshold: 5.5, times: 14 },
    { threshold: 5, times: 14 },
  ]
  const [miss] = run.nearMisses
  const told = (one: typeof wouldHave) =>
    whyNot({ ...run, nearMisses: [{ ...miss, wouldHave: one }] }).text.replaceAll(/\s+/g, ' ')
  expect(told(wouldHave)).toContain('pumpMagnitude would have signaled 14 times at 5.5 % instead of 12.')
  expect(told(wouldHave.slice(0, 3))).not.toContain('With another threshold')
})

test('an order filled in very many parts is summed up', () => {
  const [order] = run.orders
  const [fill] = run.fills.filter(({ orderId }) => orderId === order.orderId)
  const number = 1 + inClosingOrder(run.roundTrips).findIndex(({ signalId }) => signalId === order.signalId)
  const fills = Array.from({ length: 40 }, (_, index) => ({
    ...fill,
    tradeId: `t${index}`,
    price: fill.price * (1 + Math.floor(index / 4) / 1000),
  }))
  const { text, json } = whyTrade({ ...run, fills }, number)
  expect(json.orders[0]?.fills).toHaveLength(40)
  expect(text.match(/in 4 fills/g)).toHaveLength(6)
  expect(text).toContain('and 16 more fills until')
})

test('a run of trailing moves is one line, and where the stop was set stays visible', () => {
  const [first] = run.decisions.filter((fact) => fact.type === 'stopMoved')
  const number = 1 + inClosingOrder(run.roundTrips).findIndex(({ signalId }) => signalId === first.signalId)
  const moves = [1, 2, 3].map((step) => ({
    ...first,
    time: first.time + step * 1000,
    from: 10 + step,
    to: 11 + step,
    why: 'trailing' as const,
  }))
  const { text } = whyTrade({ ...run, decisions: [...run.decisions, ...moves] }, number)
  expect(text).toMatch(/set {2,}[\d.]+ {2,}entry\n.*Z {2}11 → {2,}14 {2,}trailing, 3 moves/)
})

test('a condition on another reading names it, and nowhere is there a NaN', () => {
  const [strategy] = run.spec.strategies
  const signal = { when: { reading: 'pumpMagnitude', is: 'crossesAbove' as const, value: { reading: 'volumeSurge' } } }
  const compared = {
    ...run,
    spec: { ...run.spec, strategies: [{ ...strategy, document: { ...strategy.document, signal } }] },
    nearMisses: run.nearMisses.map((miss) =>
      miss.reading === 'pumpMagnitude'
        ? { ...miss, operator: 'crossesAbove' as const, threshold: null, against: 'volumeSurge', wouldHave: [] }
        : miss,
    ),
    decisions: run.decisions.map((fact) =>
      'verdicts' in fact
        ? {
            ...fact,
            verdicts: fact.verdicts.map((verdict) =>
              verdict.reading === 'pumpMagnitude' && verdict.group === 'signal'
                ? {
                    ...verdict,
                    operator: 'crossesAbove' as const,
                    threshold: fact.type === 'signalDetected' ? 6.5 : Number.NaN,
                  }
                : verdict,
            ),
          }
        : fact,
    ),
  }
  const { strips: _strips, ...moments } = compared
  const why = whyNot(compared)
  expect(why.text).toMatch(/pumpMagnitude {2,}crosses above volumeSurge {2}/)
  expect(why.json.conditions.find(({ reading }) => reading === 'pumpMagnitude')).toMatchObject({
    threshold: null,
    against: 'volumeSurge',
  })
  const story = whyTrade(compared, 1)
  expect(story.text).toMatch(/pumpMagnitude {2,}[\d.]+ % {2}crosses above volumeSurge \(6\.5 %\)/)
  const page = htmlReport(moments)
  expect(page).toContain('pumpMagnitude crosses above volumeSurge')
  const numbers = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? Object.values(value).some(numbers) : Number.isNaN(value)
  expect([why.json, story.json].some(numbers)).toBe(false)
  for (const text of [why.text, story.text, page.replace(/<script>[^]*?<\/script>/g, '')])
    expect(text.includes('NaN')).toBe(false)
  // Runs stored before the name was kept have NaN as the threshold.
  const older = compared.nearMisses.map(({ against: _against, ...miss }) => ({
    ...miss,
    threshold: miss.threshold ?? Number.NaN,
  }))
  expect(whyNot({ ...compared, nearMisses: older }).text).toContain('crosses above a reading')
})
