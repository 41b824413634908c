import type { PingRule } from '../link/connection.ts'

/** The futures market pings every three minutes, which finds a dead connection too late: we ping as well. */
export const pingRule: PingRule = { probeMs: 20_000, deadMs: 50_000 }

/** Connections are cut after a day. */
export const lifetimeMs = 23.5 * 3_600_000
