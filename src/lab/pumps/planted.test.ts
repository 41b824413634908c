import { beforeAll, describe, expect, test } from 'vitest'
import type { Instrument } from '#model/instrument.ts'
import type { TradeColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { generateMarket, type MarketLabel, type PlantPlan, plantOn } from '#simulator/simulator.ts'
import { openFiles } from '#store/store.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { plantRecordings } from '../plant-recordings.ts'
import { loadStrategy } from '../strategies.ts'
import { type Alert, detectSignals } from './detect.ts'

const hour = 3_600_000
const second = 1_000
const strategy = loadStrategy('flash-pump', '')

const pump = { profile: 'fast', sizePct: 30, durationMs: 10 * second, volumeX: 200, rateX: 400 } as const
/** Large prices or large volume, but not both with many orders. */
const decoys: PlantPlan['decoys'] = [
  { kind: 'fatFinger', sizePct: 8, when: { everyMs: 24 * hour } },
  { kind: 'volumeBurst', when: { everyMs: 24 * hour } },
]

interface Heard {
  readonly alerts: readonly Alert[]
  readonly events: readonly MarketLabel[]
}

describe('S1 of flash-pump through the engine, on a quiet market with planted events', () => {
  let lively: Heard
  let dead: Heard
  beforeAll(async () => {
    lively = await listen(quiet('mid', 11_000), { pumps: [{ ...pump, when: { everyMs: 6 * hour } }], decoys })
    dead = await listen(quiet('thin', 500), { decoys: [{ kind: 'thinJump', when: { everyMs: 8 * hour } }] })
  })

  test('every fast pump of 30 % on 200 times the volume is found within 10 s', () => {
    const delays = delaysOf(lively)
    expect(delays.length).toBeGreaterThan(6)
    for (const delay of delays) expect(delay).toBeLessThanOrEqual(10 * second)
  })

  test('nothing else raises an alert: no fat finger, no burst of volume, no quiet minute', () => {
    expect(kindsIn(lively)).toEqual(['fatFinger', 'pump', 'volumeBurst'])
    expect(strayAlerts(lively)).toEqual([])
  })

  test('no jump of a dead market raises an alert', () => {
    expect(kindsIn(dead)).toEqual(['thinJump'])
    expect(dead.events.length).toBeGreaterThan(4)
    expect(dead.alerts).toEqual([])
  })
})

describeShared('S1 of flash-pump on recorded trades with planted events', () => {
  test('finds every fast pump of 30 % on 200 times the volume within 10 s, and no fat finger, thin jump or burst', async () => {
    // before the recorded pump of this file
    const path = sharedPath('data/market/trades_binance_spot/RDNBTC_2020-02-01T1300.csv.gz')
    const source = await openFiles([path])
    const plan: PlantPlan = {
      pumps: [{ ...pump, when: { everyMs: 12 * hour } }],
      decoys: [...(decoys ?? []), { kind: 'thinJump', when: { everyMs: 24 * hour } }],
    }
    for await (const { instrument, trades, events } of plantRecordings(source, plan, 7)) {
      const { alerts } = await detectSignals(sourceOf(instrument, trades), strategy)
      const heard = { alerts, events }
      expect(kindsIn(heard)).toEqual(['fatFinger', 'pump', 'thinJump', 'volumeBurst'])
      for (const delay of delaysOf(heard)) expect(delay).toBeLessThanOrEqual(10 * second)
      for (const { kind, onset, end } of events.filter((event) => event.kind !== 'pump')) {
        const told = alerts.filter(({ time }) => time >= onset && time <= end + 60 * second)
        expect({ kind, onset, told }).toEqual({ kind, onset, told: [] })
      }
    }
  }, 60_000)
})

async function listen(tape: { instrument: Instrument; trades: TradeColumns }, plan: PlantPlan): Promise<Heard> {
  const { trades, events } = plantOn(tape, plan, 7)
  const { alerts } = await detectSignals(sourceOf(tape.instrument, trades), strategy)
  return { alerts, events }
}

/** From each onset to the first alert after it; `Infinity` when there is none before the next event. */
function delaysOf({ alerts, events }: Heard): readonly number[] {
  return events
    .filter(({ kind }) => kind === 'pump')
    .map(({ onset, end }) => (alerts.find(({ time }) => time >= onset && time < end)?.time ?? Infinity) - onset)
}

/** Alerts that no pump explains. */
const strayAlerts = ({ alerts, events }: Heard): readonly number[] =>
  alerts
    .map(({ time }) => time)
    .filter((time) => !events.some(({ kind, onset, end }) => kind === 'pump' && time >= onset && time < end))

const kindsIn = ({ events }: Heard): readonly string[] => [...new Set(events.map(({ kind }) => kind))].sort()

function quiet(liquidity: 'mid' | 'thin', tradesPerDay: number): { instrument: Instrument; trades: TradeColumns } {
  const none = { newsRamp: 0, liquidationCascade: 0, shortSqueeze: 0, fatFinger: 0, thinJump: 0, volumeBurst: 0 }
  const { series } = generateMarket({
    seed: 11,
    instruments: 3,
    days: 3,
    tradesPerDay: { liquid: 1_000, mid: tradesPerDay, thin: tradesPerDay },
    pumpsPerInstrumentDay: 0,
    decoysPerInstrumentDay: none,
  })
  return liquidity === 'mid' ? series[1] : series[2]
}

function sourceOf(instrument: Instrument, trades: TradeColumns): MarketSource {
  const segment = {
    instrumentId: instrument.id,
    feeds: ['trade', 'side'] as const,
    from: trades.time[0],
    to: trades.time[trades.time.length - 1],
    rows: trades.time.length,
    label: 'planted',
    checksum: '',
    async *read() {
      yield { instrumentId: instrument.id, trades }
    },
  }
  return { instruments: [instrument], segments: [segment] }
}
