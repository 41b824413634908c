import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lowerBound } from '#model/block.ts'
import { snapPrice, snapQuantity } from '#model/instrument.ts'
import { quietRecording } from './example.ts'
import { plantOn } from './generator.ts'
import type { PlantedTrades, PlantPlan, PumpRequest } from './generator.ts'
import { type DecoyKind, decoyKinds } from './labels.ts'
import type { PumpProfile } from './shapes.ts'

const recording = quietRecording('mid', 2)
const { instrument, trades: recorded } = recording
const start = recorded.time[0]
const hour = 3_600_000
const at = (hours: number): number => Math.floor(start + hours * hour)
const onset = at(20)
const one = (pump: Omit<PumpRequest, 'when'> = {}): PlantPlan => ({ pumps: [{ when: { at: [onset] }, ...pump }] })
const plant = (plan: PlantPlan, seed = 7): PlantedTrades => plantOn(recording, plan, seed)

const profiles: readonly PumpProfile[] = ['instant', 'fast', 'slow', 'stepped']
const anyPump = fc.record(
  {
    profile: fc.constantFrom(...profiles),
    sizePct: fc.integer({ min: 5, max: 150 }),
    volumeX: fc.integer({ min: 20, max: 3_000 }),
    giveBack: fc.double({ min: 0, max: 1, noNaN: true }),
    driftPct: fc.constantFrom(0, 2),
  },
  { requiredKeys: [] },
)
const anyPlan = fc.record({
  pumps: fc.array(
    anyPump.map((pump) => ({ ...pump, when: { everyMs: 12 * hour } })),
    { minLength: 1, maxLength: 2 },
  ),
  decoys: fc
    .subarray(decoyKinds.filter((kind) => kind !== 'thinJump'))
    .map((kinds) => kinds.map((kind: DecoyKind) => ({ kind, when: { everyMs: 24 * hour } }))),
})

describe('whatever is planted', () => {
  test('every recorded trade is there in its order, only its price may have moved, and all is on the grid', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer(), (plan, seed) => {
        const { trades, planted } = plant(plan, seed)
        const kept = Array.from(planted.keys()).filter((row) => planted[row] === 0)
        for (const column of ['time', 'quantity', 'side'] as const) {
          expect(kept.map((row) => trades[column][row])).toEqual([...recorded[column]])
        }
        expect(trades.time.findIndex((time, row) => row > 0 && time < trades.time[row - 1])).toBe(-1)
        expect(trades.price.findIndex((price) => price <= 0 || price !== snapPrice(instrument, price))).toBe(-1)
        expect(trades.quantity.findIndex((size) => size <= 0 || size !== snapQuantity(instrument, size))).toBe(-1)
      }),
      { numRuns: 12 },
    )
  })

  test('its first trade has the time of the onset, and no planted one comes before it but a twitch or a drift', () => {
    fc.assert(
      fc.property(anyPump, fc.integer(), (pump, seed) => {
        const { trades, planted, events } = plant(one(pump), seed)
        expect(events.map((event) => event.onset)).toEqual([onset])
        const row = trades.time.findIndex((time, index) => planted[index] === 1 && time >= onset)
        expect([trades.time[row], trades.side[row]]).toEqual([onset, 1])
        const [first] = Array.from(planted.keys()).filter((index) => planted[index] === 1)
        const alone = events[0].twitch === undefined && pump.driftPct === 0
        expect(trades.time[first]).toBeLessThanOrEqual(events[0].twitch ?? onset)
        expect(trades.time[first]).toBeGreaterThan(alone ? onset - 1 : onset - 26 * 60_000)
      }),
      { numRuns: 25 },
    )
  })

  test('equal seeds give equal tapes, another seed another one', () => {
    const plan: PlantPlan = { ...one(), decoys: [{ kind: 'newsRamp', when: { everyMs: 48 * hour } }] }
    expect(plant(plan, 3)).toEqual(plant(plan, 3))
    expect(plant(plan, 4)).not.toEqual(plant(plan, 3))
  })

  test('scales of price and quantity do not matter', () => {
    const scaled = {
      instrument: { ...instrument, tickSize: 0.01, lotSize: 0.001 },
      trades: {
        ...recorded,
        price: recorded.price.map((price) => snapPrice({ ...instrument, tickSize: 0.01 }, price * 100)),
        quantity: recorded.quantity.map((size) => snapQuantity({ lotSize: 0.001 }, size / 10_000)),
      },
    }
    expect([instrument.tickSize, instrument.lotSize]).toEqual([0.0001, 10])
    const decoys = decoyKinds
      .filter((kind) => kind !== 'thinJump')
      .map((kind) => ({ kind, when: { everyMs: 48 * hour } }))
    const plan: PlantPlan = { pumps: [{ when: { everyMs: 15 * hour }, driftPct: 1 }], decoys }
    const plain = plant(plan)
    const other = plantOn(scaled, plan, 7)
    expect(other.planted).toEqual(plain.planted)
    expect(other.trades.time).toEqual(plain.trades.time)
    expect(stepsIn(other.trades.price, 0.01)).toEqual(stepsIn(plain.trades.price, 0.0001))
    expect(stepsIn(other.trades.quantity, 0.001)).toEqual(stepsIn(plain.trades.quantity, 10))
  })

  test('prices are the recorded ones before it, and again two hours after its peak', () => {
    const { trades, planted, events } = plant(one({ profile: 'fast', sizePct: 40, driftPct: 0 }))
    const rows = Array.from(planted.keys()).filter((row) => planted[row] === 0)
    const moved = rows
      .filter((row, index) => trades.price[row] !== recorded.price[index])
      .map((row) => trades.time[row])
    expect(moved[0]).toBeGreaterThanOrEqual(onset)
    expect(moved.at(-1)).toBeLessThan(events[0].peakTime + 121 * 60_000)
    expect(moved.length).toBeGreaterThan(100)
  })
})

describe('a pump', () => {
  test.each(profiles)('%s has the size it was asked for', (profile) => {
    for (const sizePct of [8, 30, 120]) {
      const [pump] = plant(one({ profile, sizePct, driftPct: 0 })).events
      expect(pump).toMatchObject({ kind: 'pump', profile, onset })
      expect(pump.plannedRisePct).toBeCloseTo(sizePct, 9)
      // the measure starts from the median of the hour before, the plan from where the price stands
      expect(Math.abs(pump.risePct - sizePct)).toBeLessThan(1.5 + 0.03 * sizePct)
    }
  })

  test.each([
    ['instant', 2_000],
    ['fast', 20_000],
    ['slow', 90_000],
  ] as const)('%s is at its top when it was asked to be', (profile, durationMs) => {
    const given = plant(one({ profile, sizePct: 30, durationMs, driftPct: 0 }))
    const guessed = plant(one({ sizePct: 30, durationMs, driftPct: 0 }))
    expect(guessed.events[0].profile).toBe(profile)
    for (const { trades, events } of [given, guessed]) {
      const [{ peakPrice, peakTime }] = events
      expect(Math.max(...rowsIn(trades.time, onset + durationMs, 1).map((row) => trades.price[row]))).toBeGreaterThan(
        0.99 * peakPrice,
      )
      expect(peakTime).toBeLessThan(onset + durationMs + 2_000)
    }
  })

  test('has the volume and about the rate it was asked for, against the day before', () => {
    for (const [volumeX, rateX] of [
      [50, 40],
      [400, 200],
    ]) {
      const { trades, planted } = plant(one({ profile: 'fast', volumeX, rateX }))
      const rows = rowsIn(trades.time, onset, 10_000).filter((row) => planted[row] === 1)
      const volume = rows.reduce((sum, row) => sum + trades.price[row] * trades.quantity[row], 0)
      expect(volume / medianTenSeconds(onset)).toBeGreaterThan(0.97 * volumeX)
      expect(volume / medianTenSeconds(onset)).toBeLessThan(1.03 * volumeX)
      const ordinary = rowsIn(recorded.time, onset - 20 * hour, 20 * hour).length / (20 * 3_600)
      expect(rows.length / 10 / ordinary).toBeGreaterThan(0.4 * rateX)
      expect(rows.length / 10 / ordinary).toBeLessThan(2.2 * rateX)
    }
  })

  test('walks the book in bursts of buys that share a millisecond, with sells on the way', () => {
    const { trades, planted } = plant(one({ profile: 'slow', sizePct: 40, rateX: 300 }))
    const rows = rowsIn(trades.time, onset, 60_000).filter((row) => planted[row] === 1)
    const bursts = Map.groupBy(
      rows.filter((row) => trades.side[row] === 1),
      (row) => trades.time[row],
    )
    const rushes = [...bursts.values()].filter((burst) => burst.length >= 4)
    expect(rushes.length).toBeGreaterThan(10)
    for (const burst of rushes) {
      expect(burst.every((row, index) => index === 0 || trades.price[row] >= trades.price[row - 1])).toBe(true)
    }
    const sells = rows.filter((row) => trades.side[row] === -1).length
    expect(sells / rows.length).toBeGreaterThan(0.15)
    expect(sells / rows.length).toBeLessThan(0.5)
  })

  test('gives back the share it was asked to by half an hour after the peak', () => {
    for (const giveBack of [0.3, 0.9]) {
      const [{ afterPct = 0 }] = plant(one({ profile: 'fast', sizePct: 50, giveBack })).events
      expect(Math.log(1 + afterPct / 100) / -Math.log(1.5)).toBeGreaterThan(giveBack - 0.12)
      expect(Math.log(1 + afterPct / 100) / -Math.log(1.5)).toBeLessThan(giveBack + 0.12)
    }
  })

  test('stepped twitches by 3 to 5 % some 20 to 60 s early, mostly gone by the onset', () => {
    const { trades, events } = plant(one({ profile: 'stepped', sizePct: 30, driftPct: 0 }))
    const { twitch = NaN } = events[0]
    expect(onset - twitch).toBeGreaterThanOrEqual(20_000)
    expect(onset - twitch).toBeLessThanOrEqual(60_000)
    const before = trades.price[lowerBound(trades.time, twitch) - 1]
    const prices = rowsIn(trades.time, twitch, onset - twitch).map((row) => trades.price[row] / before - 1)
    expect(Math.max(...prices)).toBeGreaterThan(0.028)
    expect(Math.max(...prices)).toBeLessThan(0.055)
    expect(prices.at(-1)).toBeLessThan(0.03)
  })

  test('drifts before the onset when asked to', () => {
    const { trades } = plant(one({ profile: 'fast', sizePct: 30, driftPct: 8 }))
    const before = trades.price[lowerBound(trades.time, onset - 30 * 60_000) - 1]
    const reached = trades.price[lowerBound(trades.time, onset) - 1]
    expect(reached / before).toBeGreaterThan(1.06)
    expect(reached / before).toBeLessThan(1.1)
  })
})

describe('events every so often', () => {
  test('lie one in each stretch, at least three hours from pump to pump, and are told in order', () => {
    const { events, skipped } = plant({
      pumps: [{ when: { everyMs: 8 * hour } }],
      decoys: [{ kind: 'fatFinger', when: { everyMs: 16 * hour } }],
    })
    expect(events.filter(({ kind }) => kind === 'pump').length + skipped).toBeGreaterThanOrEqual(6)
    expect(events.filter(({ kind }) => kind === 'fatFinger').length).toBeGreaterThan(1)
    for (const [index, event] of events.slice(1).entries()) {
      const room = event.onset - events[index].onset
      expect(room).toBeGreaterThan(events[index].kind === 'pump' ? 3 * hour : hour)
    }
  })

  test('are at another moment in another instrument', () => {
    const other = { ...recording, instrument: { ...instrument, id: quietRecording('thin').instrument.id } }
    const plan: PlantPlan = { pumps: [{ when: { everyMs: 12 * hour } }] }
    expect(plantOn(other, plan, 7).events[0].onset).not.toBe(plant(plan).events[0].onset)
  })
})

describe('what cannot be planted is refused', () => {
  const codeOf = (plan: PlantPlan, on = recording): unknown => {
    try {
      plantOn(on, plan, 1)
      return undefined
    } catch (error) {
      return (error as { readonly code?: unknown }).code
    }
  }
  const pumpAt = (...times: number[]): PlantPlan => ({ pumps: [{ when: { at: times } }] })

  test.each([
    ['nothing', {}, 'nothingToPlant'],
    ['too early', pumpAt(at(0.9)), 'tooNearStart'],
    ['too late', pumpAt(at(47.8)), 'tooNearEnd'],
    ['before the recording', pumpAt(at(-5)), 'tooNearStart'],
    ['into one another', pumpAt(at(20), at(22.5)), 'eventsOverlap'],
    ['too large', { pumps: [{ when: { at: [onset] }, sizePct: 500 }] }, 'plantOutOfRange'],
    [
      'too long for its profile',
      { pumps: [{ when: { at: [onset] }, profile: 'instant', durationMs: 60_000 }] },
      'plantOutOfRange',
    ],
    ['too fast for an exchange', { pumps: [{ when: { at: [onset] }, rateX: 9_000 }] }, 'plantOutOfRange'],
    ['all drift', { pumps: [{ when: { at: [onset] }, sizePct: 10, driftPct: 8 }] }, 'plantOutOfRange'],
    [
      'a burst with a size',
      { decoys: [{ kind: 'volumeBurst', when: { at: [onset] }, sizePct: 3 }] },
      'plantOutOfRange',
    ],
    ['a thin jump where there is trading', { decoys: [{ kind: 'thinJump', when: { at: [onset] } }] }, 'notDead'],
  ] as const)('%s', (_, plan: PlantPlan, code) => {
    expect(codeOf(plan)).toBe(code)
  })

  test('where nothing trades, and where the price is moving', () => {
    const hole = [at(19), at(21)]
    const kept = [...recorded.time.keys()].filter((row) => recorded.time[row] < hole[0] || recorded.time[row] > hole[1])
    const pick = <T extends Float64Array | Int8Array>(column: T): T =>
      column.filter((_, row) => kept.includes(row)) as T
    const holed = {
      time: pick(recorded.time),
      price: pick(recorded.price),
      quantity: pick(recorded.quantity),
      side: pick(recorded.side),
    }
    expect(codeOf(pumpAt(onset), { ...recording, trades: holed })).toBe('tooFewTrades')
    const step = recorded.price.map((price, row) => (recorded.time[row] < onset ? price : price * 1.1))
    expect(codeOf(pumpAt(onset), { ...recording, trades: { ...recorded, price: step } })).toBe('notQuiet')
    const empty = {
      time: new Float64Array(),
      price: new Float64Array(),
      quantity: new Float64Array(),
      side: new Int8Array(),
    }
    expect(codeOf(pumpAt(onset), { ...recording, trades: empty })).toBe('noTrades')
  })

  test('a thin jump in a market that is never dead', () => {
    const plan: PlantPlan = { decoys: [{ kind: 'thinJump', when: { everyMs: 6 * hour } }] }
    expect(codeOf(plan, quietRecording('liquid', 1, 40_000))).toBe('nowhereToPlant')
  })

  test('with the event, the reason and what to do', () => {
    expect(() => plant(pumpAt(at(47.8)))).toThrow(
      expect.objectContaining({
        message: 'the recording ends less than 36 minutes after its peak',
        where: `pump at ${new Date(at(47.8)).toISOString()}`,
        remedy: expect.stringContaining('earlier'),
      }),
    )
  })
})

function rowsIn(time: Float64Array, from: number, lengthMs: number): number[] {
  const first = lowerBound(time, from)
  return Array.from({ length: lowerBound(time, from + lengthMs) - first }, (_, index) => first + index)
}

/** Median quote volume of the 10 s of the day before in which anything traded. */
function medianTenSeconds(before: number): number {
  const tens = new Map<number, number>()
  for (const row of rowsIn(recorded.time, before - 24 * hour, 24 * hour)) {
    const ten = Math.floor(recorded.time[row] / 10_000)
    tens.set(ten, (tens.get(ten) ?? 0) + recorded.price[row] * recorded.quantity[row])
  }
  const sorted = [...tens.values()].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1]
}

const stepsIn = (column: Float64Array, step: number): Float64Array => column.map((value) => Math.round(value / step))
