import { expect, test } from 'vitest'
import { createManualTimers, type ManualTimers } from '#test/manual-timers.ts'
import { createWatchdog, type Pulse, type WatchdogOptions } from './watchdog.ts'

test('a liquid stream that falls silent is found within ten seconds, and told when it speaks again', async () => {
  const { dog, timers, told } = harness()
  const pulse = dog.watch('BTC')
  await speak(timers, pulse, 100, 600)
  await timers.advance(8_900)
  expect(told).toEqual([])
  await timers.advance(1_100)
  expect(told).toEqual(['BTC silent 1'])
  pulse.beat(timers.now())
  expect(told).toEqual(['BTC silent 1', 'BTC alive'])
})

test('it is told again while the silence goes on, ever more rarely', async () => {
  const { dog, timers, told } = harness()
  await speak(timers, dog.watch('BTC'), 100, 600)
  await timers.advance(60_000)
  expect(told).toEqual(['BTC silent 1', 'BTC silent 2', 'BTC silent 3', 'BTC silent 4'])
})

test('a stream that never spoke is found within a minute', async () => {
  const { dog, timers, told } = harness()
  dog.watch('NEW')
  await timers.advance(58_000)
  expect(told).toEqual([])
  await timers.advance(2_000)
  expect(told).toEqual(['NEW silent 1'])
})

test('a stream that usually pauses 20 s is silent after a minute, not after ten seconds', async () => {
  const { dog, timers, told } = harness()
  await speak(timers, dog.watch('THIN'), 20_000, 10)
  await timers.advance(59_000)
  expect(told).toEqual([])
  await timers.advance(2_000)
  expect(told).toEqual(['THIN silent 1'])
})

test('one of thirty that stops is found alone', async () => {
  const { dog, timers, told } = harness()
  const pulses = Array.from({ length: 30 }, (_, index) => dog.watch(`S${index}`))
  for (let beat = 0; beat < 200; beat++) {
    for (const [index, pulse] of pulses.entries()) if (index !== 7 || beat < 100) pulse.beat(timers.now())
    await timers.advance(500)
  }
  expect(told).toEqual(expect.arrayContaining(['S7 silent 1']))
  expect(told.every((line) => line.startsWith('S7 '))).toBe(true)
})

test('a pause that raised an alarm is not learnt as usual', async () => {
  const { dog, timers, told } = harness()
  const pulse = dog.watch('BTC')
  await speak(timers, pulse, 100, 600)
  await timers.advance(10_000)
  await speak(timers, pulse, 100, 10)
  told.length = 0
  await timers.advance(10_000)
  expect(told).toEqual(['BTC silent 1'])
})

test('a stream that was silent on every new socket too had nothing to say: next time so long a pause is no alarm', async () => {
  const { dog, timers, told } = harness()
  const pulse = dog.watch('DEAD')
  pulse.beat(timers.now())
  await timers.advance(600_000)
  expect(told).toHaveLength(5)
  told.length = 0
  await speak(timers, pulse, 5_000, 12)
  told.length = 0
  await timers.advance(900_000)
  expect(told).toEqual([])
})

test('where the venue can be asked, quiet is not silence however long it lasts', async () => {
  let newest: number | null = 0
  const { dog, timers, told } = harness({ newest: () => Promise.resolve(newest) })
  const pulse = dog.watch('QUIET')
  newest = 1_000
  pulse.beat(timers.now(), 1_000)
  await timers.advance(86_400_000)
  expect(told).toEqual([])
  newest = 2_000
  await timers.advance(60_000)
  expect(told[0]).toBe('QUIET silent 1')
})

test('when the venue cannot be asked either, silence is an alarm', async () => {
  const { dog, timers, told } = harness({ newest: () => Promise.reject(new Error('no connection')) })
  await speak(timers, dog.watch('BTC'), 100, 600)
  await timers.advance(10_000)
  expect(told).toEqual(['BTC silent 1'])
})

test('after the process slept or the clock was set, the wait starts over', async () => {
  const { dog, timers, told } = harness()
  await speak(timers, dog.watch('BTC'), 100, 600)
  timers.step(300_000)
  await timers.advance(8_000)
  expect(told).toEqual([])
  timers.step(-3_600_000)
  await timers.advance(8_000)
  expect(told).toEqual([])
  await timers.advance(3_000)
  expect(told).toEqual(['BTC silent 1'])
})

test('what is not watched any more is not missed', async () => {
  const { dog, timers, told } = harness()
  await speak(timers, dog.watch('BTC'), 100, 600)
  dog.unwatch('BTC')
  await timers.advance(3_600_000)
  expect(told).toEqual([])
  expect(dog.lastBeat('BTC')).toBeNull()
})

async function speak(timers: ManualTimers, pulse: Pulse, everyMs: number, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    pulse.beat(timers.now())
    if (count < times - 1) await timers.advance(everyMs)
  }
}

function harness(options: Partial<WatchdogOptions> = {}) {
  const timers = createManualTimers()
  const told: string[] = []
  const dog = createWatchdog({
    timers,
    onSilent: (key, { attempt }) => told.push(`${key} silent ${attempt}`),
    onAlive: (key) => told.push(`${key} alive`),
    ...options,
  })
  return { timers, dog, told }
}
