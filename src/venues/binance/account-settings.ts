import { type AccountReport, type MarginSettings, type Permission, VenueError } from '#model/venue.ts'
import type { AccountApi } from './account-api.ts'
import { usdm } from './dialect.ts'
import { alreadySo } from './errors.ts'
import type { PositionMode } from './order-mapper.ts'
import type { WireMarginType } from './wire/account.ts'

/** How the account is set: orders carry neither leverage nor margin mode here, so both are set before an entry. */
export interface AccountSettings {
  readonly positionMode: () => Promise<PositionMode>
  /** An order was refused for the wrong side: it is asked for anew. */
  readonly forgetPositionMode: () => void
  /** Leverage and margin mode of a symbol; what is so already is left alone. Throws `VenueError`. */
  readonly configure: (symbol: string, settings: MarginSettings) => Promise<void>
  /** Before an entry: its leverage, in the mode that was configured. */
  readonly prepare: (symbol: string, leverage: number) => Promise<void>
  readonly read: (symbol: string) => Promise<MarginSettings>
  readonly onLeverage: (symbol: string, leverage: number) => void
  /** Of a position, as the stream tells it; only that tells of a change by other hands. */
  readonly onMarginMode: (symbol: string, mode: string | undefined) => void
  /** Asks for everything that can be asked without an order that could trade. */
  readonly inspect: (clockOffsetMs: number) => Promise<AccountReport>
}

/** Instruments that nobody configured are isolated: a loss stays in its position. */
const unconfigured = 'isolated'

interface Known {
  leverage: number
  marginType: WireMarginType
}

export function createAccountSettings(api: AccountApi): AccountSettings {
  const known = new Map<string, Known>()
  const modes = new Map<string, MarginSettings['marginMode']>()
  /** One change at a time per symbol. */
  const running = new Map<string, Promise<void>>()
  let positionMode: PositionMode | null = null

  const ask = async (symbol: string): Promise<Known> => {
    const row = (await api.symbolConfigs(symbol)).find((config) => config.symbol === symbol)
    if (row === undefined) throw new VenueError(usdm.venue, 'unknown', 'malformed', `no settings told for ${symbol}`)
    const config = { leverage: row.leverage, marginType: row.marginType }
    known.set(symbol, config)
    return config
  }

  const bring = async (symbol: string, { leverage, marginMode }: MarginSettings): Promise<void> => {
    const config = known.get(symbol) ?? (await ask(symbol))
    const marginType = marginMode === 'isolated' ? 'ISOLATED' : 'CROSSED'
    try {
      if (config.marginType !== marginType) {
        await done(api.changeMarginType(symbol, marginType))
        config.marginType = marginType
      }
      if (config.leverage !== leverage) config.leverage = await api.changeLeverage(symbol, leverage)
    } catch (error) {
      // what it is now is not certain
      known.delete(symbol)
      throw error
    }
  }

  const configure = (symbol: string, settings: MarginSettings): Promise<void> => {
    const next = (running.get(symbol) ?? Promise.resolve()).catch(() => {}).then(() => bring(symbol, settings))
    running.set(symbol, next)
    return next
  }

  const askPositionMode = async (): Promise<PositionMode> => {
    positionMode = (await api.isHedge()) ? 'hedge' : 'oneWay'
    return positionMode
  }

  return {
    positionMode: async () => positionMode ?? (await askPositionMode()),
    forgetPositionMode() {
      positionMode = null
    },
    async configure(symbol, settings) {
      // what was set by other hands since is not told on any stream
      known.delete(symbol)
      await configure(symbol, settings)
      modes.set(symbol, settings.marginMode)
    },
    prepare: (symbol, leverage) => configure(symbol, { leverage, marginMode: modes.get(symbol) ?? unconfigured }),
    async read(symbol) {
      const { leverage, marginType } = await ask(symbol)
      return { leverage, marginMode: marginType === 'ISOLATED' ? 'isolated' : 'cross' }
    },
    onLeverage(symbol, leverage) {
      const config = known.get(symbol)
      if (config !== undefined) config.leverage = leverage
    },
    onMarginMode(symbol, mode) {
      const config = known.get(symbol)
      if (config !== undefined && mode !== undefined) config.marginType = mode === 'isolated' ? 'ISOLATED' : 'CROSSED'
    },
    async inspect(clockOffsetMs) {
      const notes: string[] = []
      const [read, config] = await readPermission(api, notes)
      const trade = config?.canTrade === false ? 'no' : await tradePermission(api, notes)
      if (config?.canTrade === false) notes.push('the account may not trade')
      if (config?.multiAssetsMargin === true)
        notes.push('multi-assets margin is on: positions cannot be isolated until it is switched off')
      const mode = await askPositionMode().catch((error: unknown) => {
        notes.push(wordsOf(error))
        return 'unknown' as const
      })
      notes.push('the futures API does not tell whether a key may withdraw or is bound to addresses')
      return {
        permissions: { read, trade, withdraw: 'unknown', ipRestricted: 'unknown' },
        positionMode: mode,
        clockOffsetMs,
        notes,
      }
    },
  }
}

type Config = Awaited<ReturnType<AccountApi['config']>>

async function readPermission(api: AccountApi, notes: string[]): Promise<[Permission, Config | null]> {
  try {
    return ['yes', await api.config()]
  } catch (error) {
    notes.push(wordsOf(error))
    return [error instanceof VenueError && error.fate === 'fatal' ? 'no' : 'unknown', null]
  }
}

/** A checked order of no quantity is refused for it only where key and permission are good. */
async function tradePermission(api: AccountApi, notes: string[]): Promise<Permission> {
  try {
    await api.test({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0' })
    return 'yes'
  } catch (error) {
    if (error instanceof VenueError && error.fate === 'refused') return 'yes'
    notes.push(wordsOf(error))
    return error instanceof VenueError && error.fate === 'fatal' ? 'no' : 'unknown'
  }
}

async function done(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (!(error instanceof VenueError && alreadySo.has(error.code))) throw error
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'no answer')
