import type { InstrumentId } from '#model/ids.ts'
import { type AccountReport, type MarginSettings, type Permission, VenueError } from '#model/venue.ts'
import type { AccountApi } from './account-api.ts'
import { type MarginMode, type OrderTerms, type PositionMode, positionModeOf } from './mapper.ts'
import type { Positions } from './positions.ts'
import type { WirePositionMode } from './wire/account.ts'

/** How the account is set, as far as orders must say it again. */
export interface AccountSettings {
  readonly terms: (symbol: string) => Promise<OrderTerms>
  /** Leverage and margin mode of both sides; what is so already is left alone. */
  readonly configure: (id: InstrumentId, settings: MarginSettings) => Promise<void>
  /** Leverage is told where both sides have the same, the mode where a position or the venue's row says it. */
  readonly read: (
    id: InstrumentId,
  ) => Promise<{ readonly leverage: number | null; readonly marginMode: MarginMode | null }>
  readonly onPositionMode: (mode: WirePositionMode) => void
  /** Asks for everything that can be asked without an order that could trade; `symbol` is any that orders by API may trade. */
  readonly inspect: (symbol: string, clockOffsetMs: number) => Promise<AccountReport>
}

/** Orders of instruments that nobody configured are isolated: a loss stays in its position. */
const unconfigured: MarginMode = 'isolated'

export function createAccountSettings(api: AccountApi, positions: Positions): AccountSettings {
  const marginModes = new Map<string, MarginMode>()
  let positionMode: PositionMode | null = null

  const askPositionMode = async (): Promise<PositionMode> => {
    positionMode = positionModeOf(await api.positionMode())
    return positionMode
  }

  return {
    onPositionMode(mode) {
      positionMode = positionModeOf(mode)
    },
    terms: async (symbol) => ({
      positionMode: positionMode ?? (await askPositionMode()),
      marginMode: positions.marginMode(symbol) ?? marginModes.get(symbol) ?? unconfigured,
    }),
    async configure(symbol, { leverage, marginMode }) {
      const openType = marginMode === 'isolated' ? 1 : 2
      const [rows, open] = await Promise.all([api.leverage(symbol), api.positions()])
      for (const positionType of [1, 2] as const) {
        const row = rows.find((one) => one.positionType === positionType)
        const held = open.find((one) => one.symbol === symbol && one.positionType === positionType && one.holdVol > 0)
        // absent says nothing of the mode; leverage is set per mode, so it is set again then
        if (row?.leverage === leverage && (held?.openType ?? row.openType) === openType) continue
        await api.changeLeverage(
          held === undefined ? { symbol, openType, positionType, leverage } : { positionId: held.positionId, leverage },
        )
      }
      marginModes.set(symbol, marginMode)
    },
    async read(symbol) {
      const rows = await api.leverage(symbol)
      const one = <T>(values: readonly T[]): T | null => (new Set(values).size === 1 ? values[0] : null)
      const told = one(rows.map(({ openType }) => openType ?? null))
      return {
        leverage: one(rows.map(({ leverage }) => leverage)),
        marginMode:
          positions.marginMode(symbol) ??
          marginModes.get(symbol) ??
          (told === null ? null : told === 1 ? 'isolated' : 'cross'),
      }
    },
    async inspect(symbol, clockOffsetMs) {
      const notes: string[] = []
      const read = await permission(() => api.assets(), notes)
      const trade = await orderPermission(api, symbol, notes)
      const mode = await askPositionMode().catch((error: unknown) => {
        notes.push(wordsOf(error))
        return 'unknown' as const
      })
      notes.push(
        'the futures API does not tell whether a key may withdraw or is bound to addresses; an unbound key ends after 90 days',
      )
      return {
        permissions: { read, trade, withdraw: 'unknown', ipRestricted: 'unknown' },
        positionMode: mode,
        clockOffsetMs,
        notes,
      }
    },
  }
}

async function permission(ask: () => Promise<unknown>, notes: string[]): Promise<Permission> {
  try {
    await ask()
    return 'yes'
  } catch (error) {
    notes.push(wordsOf(error))
    return error instanceof VenueError && error.fate === 'fatal' ? 'no' : 'unknown'
  }
}

/** An order of no contracts is refused for its quantity only where key and permission are good. */
async function orderPermission(api: AccountApi, symbol: string, notes: string[]): Promise<Permission> {
  const noQuantity = '2011'
  try {
    await api.createNothing(symbol)
    notes.push('an order of no contracts was not refused')
    return 'unknown'
  } catch (error) {
    if (error instanceof VenueError && error.code === noQuantity) return 'yes'
    notes.push(wordsOf(error))
    const switchedOff =
      error instanceof VenueError && (error.fate === 'fatal' || error.code === '1002' || error.code === '6001')
    return switchedOff ? 'no' : 'unknown'
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'no answer')
