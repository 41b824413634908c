import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** A WebSocket server on loopback that keeps what clients sent, per connection in the order they came. */
export async function startWs(onConnection: (socket: WebSocket, number: number) => void = () => {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const sockets: WebSocket[] = []
  const received: string[][] = []
  server.on('connection', (socket) => {
    const frames: string[] = []
    sockets.push(socket)
    received.push(frames)
    socket.on('message', (data: Buffer) => frames.push(data.toString()))
    onConnection(socket, sockets.length)
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    received,
    /** Connections that are open now. */
    open: () => server.clients.size,
    close: () =>
      new Promise<void>((resolve) => {
        for (const client of server.clients) client.terminate()
        server.close(() => resolve())
      }),
  }
}
