import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { recordedTrades } from '#test/recorded-trades.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { createWatchdog } from './watchdog.ts'

/** Plays the times of arrival of one stream; `newest` as a venue would answer it. */
async function alarmsOf(times: ArrayLike<number>, canAsk: boolean): Promise<number> {
  let now = times[0]
  let tick: (() => void) | null = null
  let tickAt = Infinity
  let next = 0
  let alarms = 0
  const dog = createWatchdog({
    timers: {
      now: () => now,
      after(delayMs, callback) {
        tick = callback
        tickAt = now + delayMs
        return () => {}
      },
    },
    onSilent: () => (alarms += 1),
    ...(canAsk && { newest: () => Promise.resolve(times[next - 1] ?? null) }),
  })
  const pulse = dog.watch('stream')
  while (next < times.length) {
    if (times[next] <= tickAt) {
      now = times[next]
      next += 1
      pulse.beat(now, now)
    } else {
      now = tickAt
      tick!()
      if (canAsk) await Promise.resolve()
    }
  }
  return alarms
}

const hours = (times: ArrayLike<number>): number => (times[times.length - 1] - times[0]) / 3_600_000

describeShared('the watchdog on recorded markets', () => {
  test('raises no alarm in days of thin trading where the venue can be asked', async () => {
    const folder = sharedPath('data/market/trades_binance_spot')
    // All 41 files give none either, in 5 754 hours; trades alone, without asking, raise one in five hours there.
    const thin = readdirSync(folder).filter((file, index) => file.endsWith('.csv.gz') && index % 7 === 0)
    let played = 0
    let alarms = 0
    for (const file of thin) {
      const { time } = recordedTrades(file)
      played += hours(time)
      alarms += await alarmsOf(time, true)
    }
    expect({ alarms, hours: Math.round(played) }).toEqual({ alarms: 0, hours: 938 })
  })

  test.each(['@depth', '@bookTicker', '@trade'])('raises no alarm on a liquid %s stream', async (name) => {
    const text = gunzipSync(readFileSync(sharedPath('data/market/book_binance/usdm_btcusdt_20240808.jsonl.gz')))
    const times = text
      .toString()
      .split('\n')
      .filter((line) => line.includes(name))
      .map((line) => Number(line.slice(0, 13)))
    expect(await alarmsOf(times, false)).toBe(0)
  })
})
