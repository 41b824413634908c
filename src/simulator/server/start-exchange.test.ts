import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { systemTimers } from '#venues/venues.ts'
import { generateMarket } from '../simulator.ts'
import { startExchange } from './start-exchange.ts'

const request = {
  venues: ['mexc', 'binance'] as const,
  port: 0,
  source: generateMarket({ seed: 1, instruments: 1, days: 1 }),
  seed: 1,
  speed: 1,
  loop: true,
  historyMs: 3_600_000,
}

test('the doors and the control page listen on loopback, and are gone after the close', async () => {
  const running = await startExchange(request, systemTimers)
  const [mexc, binance] = running.venues
  expect(binance).toMatchObject({ venue: 'binance', instruments: ['QORVEL_USDT'] })
  for (const url of [running.controlUrl, ...Object.values(binance.urls)])
    expect(new URL(url).hostname).toBe('127.0.0.1')
  const state = (await (await fetch(`${running.controlUrl}/api/state`)).json()) as { exchanges: { venue: string }[] }
  expect(state.exchanges.map(({ venue }) => venue)).toEqual(['mexc', 'binance'])
  expect((await fetch(`${binance.urls['rest']}/fapi/v1/ping`)).status).toBe(200)
  expect((await fetch(`${mexc.urls['rest']}/api/v1/contract/ping`)).status).toBe(200)
  await running.close()
  await expect(fetch(running.controlUrl)).rejects.toThrow('fetch failed')
})

test('a plan that cannot be read is refused before anything listens', async () => {
  await expect(startExchange({ ...request, faults: [{ place: 'moon' }] }, systemTimers)).rejects.toMatchObject({
    code: 'faultPlan',
  })
})

test('a port that is taken is named with its remedy', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await expect(startExchange({ ...request, port }, systemTimers)).rejects.toMatchObject({
    code: 'portInUse',
    where: `--port ${port}`,
  })
  other.close()
})
