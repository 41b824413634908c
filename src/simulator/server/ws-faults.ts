import { WebSocket } from 'ws'
import type { Exchange } from './exchange.ts'
import type { Fault, FaultContext } from './faults.ts'

/** Sends frames of one socket as the fault plan wants them. */
export interface FaultySender {
  /** `context.stream` and `.symbol` say what the frame is; answers to requests have neither. */
  send(frame: string, context?: FaultContext): void
  /** Frees held frames and timers; call it when the socket has closed. */
  close(): void
}

/** A frame held back for the next one goes out alone after this. */
const swapMs = 1_000
const hugeBytes = 10_000_000

/** `context` is what every frame of the socket shares: connection, socket, account. */
export function createFaultySender(
  exchange: Exchange,
  socket: Pick<WebSocket, 'send' | 'readyState'>,
  context: FaultContext,
): FaultySender {
  const { faults } = exchange
  const timers = new Set<() => void>()
  let held: string | null = null

  const out = (frame: string): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(frame)
  }
  const later = (delayMs: number, run: () => void): void => {
    const drop = exchange.after(delayMs, () => {
      timers.delete(drop)
      run()
    })
    timers.add(drop)
  }
  const release = (): void => {
    if (held !== null) out(held)
    held = null
  }

  return {
    send(frame, own = {}) {
      const about = { ...context, ...own }
      if (faults.decide('ws-stall', about) !== null) return
      if (faults.decide('ws-drop', about) !== null) return
      const corrupt = faults.decide('ws-corrupt', about)
      const text = corrupt === null ? frame : corruptFrame(frame, corrupt)
      const swap = held === null ? faults.decide('ws-reorder', about) : null
      if (swap !== null) {
        held = text
        later(swapMs, release)
        return
      }
      const copies = faults.decide('ws-duplicate', about)
      const delay = faults.decide('ws-delay', about)
      const sends = copies === null ? 1 : 1 + Math.max(1, Math.round(copies.value ?? 1))
      for (let copy = 0; copy < sends; copy++) {
        if (delay === null) out(text)
        else later(delay.delayMs, () => out(text))
      }
      release()
    },
    close() {
      for (const drop of timers) drop()
      timers.clear()
      held = null
    },
  }
}

/** The frame, broken as the kind says; the same draw breaks it in the same place. */
export function corruptFrame(frame: string, { kind, draw }: Pick<Fault, 'kind' | 'draw'>): string {
  switch (kind) {
    case 'cut':
      return frame.slice(0, Math.floor(frame.length * draw))
    case 'garbage':
      return `\\u0000${String(draw).slice(2)}${frame.slice(Math.floor(frame.length * draw))}`
    case 'empty':
      return ''
    case 'huge':
      return `${frame.slice(0, -1)},"pad":"${'x'.repeat(hugeBytes)}"}`
    case 'nan':
      return replaceOne(
        frame,
        /"?-?\d+(?:\.\d+)?"?(?=[,\]}])/g,
        draw,
        ['NaN', '1e400', '-1', 'null', '"NaN"'][Math.floor(draw * 1e6) % 5],
      )
    case 'wrong-type':
      return replaceOne(frame, /"?-?\d+(?:\.\d+)?"?(?=[,\]}])/g, draw, '{"a":[true]}')
    case 'missing-field':
      return replaceOne(frame, /"[A-Za-z]+":(?:"[^"]*"|-?[\d.]+|true|false|null),/g, draw, '')
    case 'proto':
      return frame.startsWith('{') ? `{"__proto__":{"polluted":true},${frame.slice(1)}` : frame
    case 'deep':
      return `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    default:
      return frame
  }
}

function replaceOne(text: string, pattern: RegExp, draw: number, replacement: string): string {
  const found = [...text.matchAll(pattern)]
  const match = found[Math.floor(draw * found.length)]
  return match === undefined
    ? text
    : `${text.slice(0, match.index)}${replacement}${text.slice(match.index + match[0].length)}`
}
