import { isAbsolute, relative, resolve } from 'node:path'
import { styleText } from 'node:util'
import type { ExchangeRequest, RunningExchange } from '#model/served-exchange.ts'
import type { Timers, Venue } from '#model/venue.ts'
import type { Config, Flags } from './settings.ts'

/** Where text goes; a terminal, a pipe, or a test's string. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The world a command runs in: everything of the process it may touch. */
export interface CliIo {
  /** Results only. */
  readonly stdout: TextStream
  /** Progress, notes, problems. */
  readonly stderr: TextStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Aborts on Ctrl-C, with a `UserError` as its reason. */
  readonly signal: AbortSignal
  readonly loadConfig: (request: ConfigRequest) => Promise<Config>
  /** The user's keys of an exchange; undefined where there are none. Never printed: `keyLabel` says which one it is. */
  readonly loadKeys: (request: KeysRequest) => Promise<FoundKeys | undefined>
  /** The doors to exchanges; what they are made of is loaded when one is opened. */
  readonly venues: () => Promise<VenueDoors>
  /** Our own exchange on this machine; what it is made of is loaded when it starts. */
  readonly startExchange: (request: ExchangeRequest) => Promise<RunningExchange>
}

export interface VenueDoors {
  readonly names: readonly string[]
  readonly timers: Timers
  /** Asks nothing of the venue yet. */
  open(request: VenueRequest): Venue
}

export interface VenueRequest {
  readonly venue: string
  /** Absent = public market data only. */
  readonly keys?: { readonly apiKey: string; readonly secret: string }
  /** Instead of the venue's own, such as `riptide exchange`. */
  readonly hosts?: { readonly rest?: string; readonly stream?: string }
}

export interface ConfigRequest {
  readonly env: CliIo['env']
  readonly cwd: string
  readonly flags: Flags
}

export interface KeysRequest {
  readonly env: CliIo['env']
  readonly cwd: string
  readonly venue: string
  /** Instead of the one that the environment names. */
  readonly file?: string
}

export interface FoundKeys {
  readonly apiKey: string
  readonly secret: string
  /** The variable or the file. */
  readonly from: string
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly dataDir?: string
  readonly verbose?: boolean
  readonly color: boolean
}

export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** What a command works with: its answers, its notes, its settings. */
export interface Shell {
  readonly io: CliIo
  readonly verbose: boolean
  /** Whether results are colored. */
  readonly color: boolean
  /** Columns for results. */
  readonly width: number
  /** A result, on stdout, with a line break after it. */
  print(text: string): void
  /** The result as JSON, on stdout: one line for programs, indented on a terminal. */
  answer(json: unknown): void
  /** Something on the side, on stderr. */
  note(text: string): void
  /** A note that only `-v` shows. */
  detail(text: string): void
  /** Text in a tone; plain where results are not colored. */
  paint(tone: Tone, text: string): string
  /** A path of the user's, as this process reaches it. */
  path(given: string): string
  /** Settings from all layers, with these flags on top. */
  config(flags?: Flags): Promise<Config>
}

/** Width of tables that go to a file or a pipe, or to a terminal that does not tell its own. */
const pipeWidth = 120

export function createShell(io: CliIo, options: GlobalOptions): Shell {
  const { stdout, stderr } = io
  const color = hasColor(io, stdout, options)
  return {
    io,
    verbose: options.verbose === true,
    color,
    width: stdout.columns || pipeWidth,
    print: (text) => void stdout.write(`${text}\n`),
    answer: (json) => void stdout.write(`${JSON.stringify(json, null, stdout.isTTY === true ? 2 : undefined)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    detail: (text) => {
      if (options.verbose === true) stderr.write(`${text}\n`)
    },
    paint: (tone, text) => (color ? styleText(tone, text, { validateStream: false }) : text),
    path: (given) => pathIn(io.cwd, given),
    config: (flags = {}) => {
      const dataDir = options.dataDir === undefined ? {} : { dataDir: { value: options.dataDir, from: '--data-dir' } }
      return io.loadConfig({ env: io.env, cwd: io.cwd, flags: { ...dataDir, ...flags } })
    },
  }
}

/** Colors on a terminal that did not ask for none; see https://no-color.org. */
export function hasColor(io: Pick<CliIo, 'env'>, stream: TextStream, options: { readonly color?: boolean }): boolean {
  const refused = options.color === false || (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb'
  return !refused && stream.isTTY === true
}

/** A path given in `cwd` as this process reaches it: absolute when given so, else relative, so that messages stay short. */
export function pathIn(cwd: string, given: string): string {
  return isAbsolute(given) ? given : relative(process.cwd(), resolve(cwd, given)) || '.'
}
