import type { PingRule } from '../link/connection.ts'

/** The venue closes after a minute without a ping of ours, whatever else goes over the socket; each is answered. */
export const pingRule: PingRule = {
  send: { everyMs: 15_000, frame: () => '{"method":"ping"}' },
  deadMs: 32_000,
}
