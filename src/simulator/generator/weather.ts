import { branching, rowsPerOrder } from './profiles.ts'
import type { Profile } from './profiles.ts'
import type { Random } from './random.ts'

const minutesPerDay = 1_440

/** The slowly changing conditions of one instrument, a value a minute. */
export interface Weather {
  /** Standard deviation of the log price over one second. */
  readonly volatility: Float64Array
  /** Width of the spread against the ordinary: the square root of volatility against its mean. */
  readonly strain: Float64Array
  /** Orders a second that no earlier order set off. */
  readonly orders: Float64Array
  /** What the whole market does to this instrument: log return over the minute. */
  readonly drift: Float64Array
}

/** What all instruments share: a stormy minute is stormy for all. */
export interface Climate {
  readonly storm: Float64Array
  readonly marketReturn: Float64Array
}

/** Log volatility of the whole market as a slow mean-reverting walk, and its log return of each minute. */
export function drawClimate(minutes: number, random: Random): Climate {
  const storm = new Float64Array(minutes)
  const marketReturn = new Float64Array(minutes)
  const perMinute = 0.025 / Math.sqrt(minutesPerDay)
  let level = 0.4 * random.normal()
  for (let m = 0; m < minutes; m++) {
    level = revert(level, 240, 0.4, random)
    storm[m] = level
    marketReturn[m] = perMinute * Math.exp(level - 0.16) * random.normal()
  }
  return { storm, marketReturn }
}

/**
 * Stochastic volatility: a slow (6 h) and a fast (12 min) mean-reverting log factor, calm and busy regimes, the
 * market's storm and the hour of the day. Orders follow it, so that busy minutes are also volatile ones.
 */
export function drawWeather(profile: Profile, tradesPerDay: number, climate: Climate, random: Random): Weather {
  const minutes = climate.storm.length
  const volatility = new Float64Array(minutes)
  const orders = new Float64Array(minutes)
  const drift = new Float64Array(minutes)
  let slow = 0.45 * random.normal()
  let fast = 0.35 * random.normal()
  let busy = random.chance(0.1)
  let squares = 0
  let sum = 0
  for (let m = 0; m < minutes; m++) {
    slow = revert(slow, 360, 0.45, random)
    fast = revert(fast, 12, 0.35, random)
    busy = busy ? !random.chance(1 / 40) : random.chance(1 / 400)
    const day = seasonAt(m % minutesPerDay)
    const log = 0.6 * climate.storm[m] + slow + fast + (busy ? 0.7 : 0)
    const sigma = Math.exp(log) * Math.sqrt(day)
    const rate = Math.exp(0.8 * log) * day * (m % 60 === 0 ? 1.4 : 1)
    volatility[m] = sigma
    orders[m] = rate
    drift[m] = profile.beta * climate.marketReturn[m]
    squares += sigma * sigma
    sum += rate
  }
  const strain = new Float64Array(minutes)
  const mean = Math.sqrt(squares / minutes)
  const perSecond = profile.dailyVolatility / Math.sqrt(86_400)
  const arrivals = ((tradesPerDay / rowsPerOrder) * (1 - branching)) / 86_400
  for (let m = 0; m < minutes; m++) {
    const relative = volatility[m] / mean
    strain[m] = Math.sqrt(relative)
    volatility[m] = relative * perSecond
    orders[m] *= (arrivals * minutes) / sum
  }
  return { volatility, strain, orders, drift }
}

/** One minute of a mean-reverting normal walk with this memory and stationary deviation. */
function revert(value: number, memoryMinutes: number, deviation: number, random: Random): number {
  const keep = Math.exp(-1 / memoryMinutes)
  return keep * value + deviation * Math.sqrt(1 - keep * keep) * random.normal()
}

/** Activity by the minute of the UTC day: mean 1, highest when Europe and America overlap, lowest at 4. */
function seasonAt(minute: number): number {
  const turn = (2 * Math.PI * minute) / minutesPerDay
  return 1 + 0.4 * Math.cos(turn - 4) + 0.12 * Math.cos(2 * turn - 8.4)
}
