import type { UnixMs } from '#model/ids.ts'
import { product, share } from '#model/money.ts'
import { type Desk, report } from './desk.ts'
import type { Lane } from './lane.ts'
import { fundingGuardMs, spotFundingIntervalMs } from './settings.ts'

/** Plans the next assumed settlement of an open position: the next multiple of the funding interval, UTC. Fed perpetuals need none. */
export function planFunding(desk: Desk, lane: Lane, after: UnixMs): void {
  const { id, kind } = lane.instrument
  const fundingIntervalMs = kind === 'spot' ? spotFundingIntervalMs : lane.instrument.fundingIntervalMs
  if (fundingIntervalMs === undefined || lane.fundingFed) return
  desk.schedule.dropFunding(id)
  desk.schedule.add({
    type: 'fund',
    instrumentId: id,
    time: (Math.floor(after / fundingIntervalMs) + 1) * fundingIntervalMs,
  })
}

/** Settles at a recorded funding time: position × mark × rate, longs pay a positive rate. */
export function settleFunding(desk: Desk, lane: Lane, time: UnixMs, rate: number, markPrice: number): void {
  const { position, instrument } = lane
  if (position.quantity === 0 || time - lane.fundedAt < fundingGuardMs) return
  const amount = share(product(markPrice, position.quantity), rate)
  lane.fundedAt = time
  desk.cash -= amount
  report(desk, lane, { type: 'fundingSettled', instrumentId: instrument.id, time, rate, amount })
}

/** Settles an assumed funding time at our expense whichever side we hold, and plans the next one. */
export function assumeFunding(desk: Desk, lane: Lane, time: UnixMs): void {
  const { position } = lane
  if (position.quantity === 0 || lane.fundingFed) return
  // who holds a coin bought on spot pays nothing; a short of it is a contract, or a loan
  if (lane.instrument.kind === 'perpetual' || position.quantity < 0) {
    const last = lane.recording.lastPrice(time)
    const mark = lane.markAt(time, Number.isNaN(last) ? position.entryPrice : last)
    settleFunding(desk, lane, time, Math.sign(position.quantity) * desk.settings.assumedFundingRate, mark)
  }
  planFunding(desk, lane, time)
}
