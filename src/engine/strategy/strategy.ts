export { StrategyInstance } from './instance.ts'
export { Protection } from './protection.ts'
export type { ResolvedReading, ResolvedStrategy } from './resolved.ts'
