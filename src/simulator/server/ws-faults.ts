import type { WebSocket } from 'ws'
import type { Exchange } from './exchange.ts'
import type { FaultContext } from './faults.ts'

/** Sends frames of one socket as the fault plan wants them. */
export interface FaultySender {
  /** `context.stream` and `.symbol` say what the frame is; answers to requests have neither. */
  send(frame: string, context?: FaultContext): void
  /** Frees held frames and timers; call it when the socket has closed. */
  close(): void
}

export type CreateFaultySender = (exchange: Exchange, socket: WebSocket, context: FaultContext) => FaultySender
