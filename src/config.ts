import { existsSync, readFileSync, statSync } from 'node:fs'
import {
  type Config,
  type ConfigRequest,
  type FoundKeys,
  type KeysRequest,
  pathIn,
  Refusal,
  type Settings,
} from '#cli/cli.ts'
import { UserError } from '#model/failure.ts'
import { z } from 'zod'
import { configSchema, leaves, sections } from './config-schema.ts'

/** The file in the current folder that is read when it is there. */
const configFile = 'riptide.json'
const prefix = 'RIPTIDE__'

/** One setting of one layer. */
interface Given {
  readonly value: unknown
  /** The layer, for `riptide config`. */
  readonly origin: string
  /** The place in it, for messages. */
  readonly where: string
}
type Layer = readonly (readonly [path: string, given: Given])[]

/** Merges defaults < `riptide.json` < environment < flags. Throws `UserError` on the first unknown or impossible setting. */
export async function loadConfig({ env, cwd, flags }: ConfigRequest): Promise<Config> {
  const given = new Map<string, Given>()
  for (const [path, one] of [...fileLayer(pathIn(cwd, configFile)), ...environmentLayer(env), ...flagLayer(flags)]) {
    if (!leaves.has(path)) throw await unknownSetting(path, one)
    given.set(path, one)
  }
  const values = new Map([...leaves].map(([path, leaf]) => [path, valueOf(path, leaf, given.get(path))]))
  const section = (name: string): object =>
    Object.fromEntries(Object.keys(sections[name].shape).map((key) => [key, values.get(`${name}.${key}`)]))
  return {
    settings: {
      dataDir: pathIn(cwd, String(values.get('dataDir'))),
      backtest: section('backtest'),
      limits: section('limits'),
    } as unknown as Settings,
    origins: [...leaves].map(([path, leaf]) => ({
      path,
      value: given.has(path) ? given.get(path)?.value : defaultOf(leaf),
      origin: given.get(path)?.origin ?? 'default',
      description: leaf.description ?? '',
    })),
    originOf: (path) => given.get(path)?.where ?? path,
    jsonSchema: () => z.toJSONSchema(configSchema, { io: 'input' }),
  }
}

/**
 * Keys of an exchange: from `RIPTIDE_<EXCHANGE>_API_KEY` and `…_SECRET`, else from a key file that only its owner may read; undefined
 * where there are none. Throws `UserError`, in whose words nothing of a key file ever stands.
 */
export function loadKeys({ env, cwd, venue, file }: KeysRequest): FoundKeys | undefined {
  const [exchange] = venue.split('-')
  const names = [`RIPTIDE_${exchange.toUpperCase()}_API_KEY`, `RIPTIDE_${exchange.toUpperCase()}_SECRET`] as const
  const [apiKey = '', secret = ''] = names.map((name) => env[name]?.trim())
  if (apiKey !== '' && secret !== '') return { apiKey, secret, from: names[0] }
  if (apiKey !== '' || secret !== '')
    throw keyProblem('halfAKey', `only one of ${names.join(' and ')} is set`, names[0], 'set both, or neither')
  const given = file ?? (env['RIPTIDE_KEY_FILE'] || undefined)
  return given === undefined ? undefined : keysIn(pathIn(cwd, given), exchange)
}

const keyFileSchema = z.record(z.string(), z.strictObject({ apiKey: z.string().min(1), secret: z.string().min(1) }))

function keysIn(path: string, exchange: string): FoundKeys {
  let mode: number
  let text: string
  try {
    mode = statSync(path).mode
    text = readFileSync(path, 'utf8')
  } catch {
    throw keyProblem('fileUnreadable', 'the key file cannot be read', path, 'check its path and permissions')
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw keyProblem('keysExposed', 'others than its owner may use the key file', path, `chmod 600 ${path}`)
  const shape = `{ "${exchange}": { "apiKey": "…", "secret": "…" } }`
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw keyProblem('invalidKeyFile', 'the key file is not JSON', path, `write ${shape}`)
  }
  const keys = keyFileSchema.safeParse(content)
  if (!keys.success)
    throw keyProblem('invalidKeyFile', 'the key file does not hold keys by exchange', path, `write ${shape}`)
  if (!Object.hasOwn(keys.data, exchange))
    throw keyProblem('noKeys', `the key file has no keys of ${exchange}`, path, `add ${shape}`)
  const { apiKey, secret } = keys.data[exchange]
  return { apiKey: apiKey.trim(), secret: secret.trim(), from: path }
}

const keyProblem = (code: string, message: string, where: string, remedy: string): UserError =>
  new UserError({ code, message, where, remedy })

function fileLayer(path: string): Layer {
  if (!existsSync(path)) return []
  const problem = (message: string, cause?: unknown): UserError =>
    new UserError({
      code: 'invalidConfig',
      message,
      where: path,
      remedy: 'correct the file; `riptide config --schema` describes it',
      cause,
    })
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw problem(`it cannot be read as JSON: ${(cause as Error).message}`, cause)
  }
  if (!isObject(content)) throw problem('it does not hold an object')
  return Object.entries(content).flatMap(([name, value]): Layer => {
    if (name === '$schema') return []
    const one = (at: string, inner: unknown) => [at, { value: inner, origin: path, where: `${path}: ${at}` }] as const
    if (!(name in sections)) return [one(name, value)]
    if (!isObject(value)) throw problem(`${name} is not an object`)
    return Object.entries(value).map(([key, inner]) => one(`${name}.${key}`, inner))
  })
}

/** `RIPTIDE__BACKTEST__MAKER_FEE` is `backtest.makerFee`; `RIPTIDE_DATA_DIR` is the data folder. */
function environmentLayer(env: ConfigRequest['env']): Layer {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase()
  const paths = new Map([...leaves.keys()].map((path) => [path.toLowerCase(), path]))
  return Object.entries(env).flatMap(([name, value]): Layer => {
    if (value === undefined || value === '') return []
    const given = { value, origin: name, where: name }
    if (name === 'RIPTIDE_DATA_DIR') return [['dataDir', given]]
    if (!name.startsWith(prefix)) return []
    const path = name.slice(prefix.length).split('__').map(plain).join('.')
    return [[paths.get(path) ?? path, given]]
  })
}

const flagLayer = (flags: ConfigRequest['flags']): Layer =>
  Object.entries(flags).map(([path, { value, from }]) => [path, { value, origin: from, where: from }])

function valueOf(path: string, leaf: z.ZodType, given: Given | undefined): unknown {
  const parsed = leaf.safeParse(given?.value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const refusal = issue.code === 'custom' && issue.params instanceof Refusal ? issue.params : undefined
  throw new UserError({
    code: refusal?.code ?? 'invalidSetting',
    message: refusal?.message ?? `${path}: ${issue.message}`,
    where: given?.where ?? path,
    remedy: refusal?.remedy ?? leaf.description ?? 'see docs/cli.md',
  })
}

async function unknownSetting(path: string, { where }: Given): Promise<UserError> {
  const { nearest } = await import('#engine/engine.ts')
  const close = nearest(path, [...leaves.keys()])
  return new UserError({
    code: 'unknownSetting',
    message: `there is no setting ${path}`,
    where,
    remedy: `${close === undefined ? '' : `did you mean ${close}? `}\`riptide config\` lists them all`,
  })
}

const defaultOf = (leaf: z.ZodType): unknown =>
  (leaf as unknown as { readonly def: { readonly defaultValue?: unknown } }).def.defaultValue
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
