import { exampleExchange } from '#test/example-exchange.ts'
import { until } from '#test/until.ts'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openDoorServer } from './door-server.ts'

test('a door closes although a socket was left hanging that its client has given up', async () => {
  const faults = [{ place: 'connect', kind: 'hang', match: { socket: 'public' } }]
  const { exchange } = await exampleExchange({ faults })
  const door = await openDoorServer(
    exchange,
    {
      serve: () => {
        throw new Error('nobody asks')
      },
      kindOf: () => 'public',
      accept: () => ({ message() {}, closed() {} }),
    },
    0,
  )
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}/`)
  socket.on('error', () => {})
  await until(() => exchange.faults.log().length > 0)
  socket.terminate()
  await until(() => socket.readyState === WebSocket.CLOSED)
  await expect(door.close()).resolves.toBeUndefined()
})
