/** The table of style.md §1 as data: which room may import which. `venues/wire` is the wire shelf of any venue. */
export const arrows = {
  main: [
    'api',
    'cli',
    'lab',
    'session',
    'simulator',
    'venues',
    'store',
    'bus',
    'accounts',
    'analyst',
    'alerts',
    'engine',
    'model',
  ],
  api: ['lab', 'session', 'store', 'bus', 'accounts', 'analyst', 'alerts', 'engine', 'model'],
  cli: ['lab', 'session', 'store', 'bus', 'accounts', 'analyst', 'alerts', 'engine', 'model'],
  lab: ['session', 'simulator', 'store', 'engine', 'model'],
  session: ['engine', 'model'],
  simulator: ['venues/wire', 'model'],
  venues: ['model'],
  store: ['model'],
  bus: ['model'],
  accounts: ['model'],
  analyst: ['model'],
  alerts: ['model'],
  engine: ['model'],
  model: [],
} as const satisfies Record<string, readonly string[]>

export type Room = keyof typeof arrows

/** Parts of `engine` that know only themselves and `model`; files directly in `engine` put them together. */
export const stages = ['market', 'indicators', 'strategy', 'risk', 'orders', 'portfolio']

/** Folders without clocks, randomness, I/O and packages, with the packages they may import after all. */
export const pureFolders: Readonly<Record<string, readonly string[]>> = {
  'src/model/': ['zod'],
  'src/engine/': [],
  'src/simulator/matching/': [],
}

/** Shelves anybody with an arrow may reach into; every other room has one front door. */
export const openShelves = [/^src\/model\//, /^src\/venues\/[^/]+\/wire(\/|\.ts$)/, /^src\/api\/contract(\/|\.ts$)/]

/** The only files that read the environment. */
export const environmentReaders = ['src/main.ts', 'src/config.ts']

/** What a pure folder must not say, and what to do instead. */
export const impureWords: readonly (readonly [name: string, pattern: RegExp, instead: string])[] = [
  ['Date.now', /(?<![.\w$#])Date\s*\.\s*now\b/g, 'time comes with the event'],
  ['new Date(', /\bnew\s+Date\b/g, 'time is UnixMs'],
  ['Temporal', /(?<![.\w$#])Temporal\s*\./g, 'time is UnixMs'],
  ['performance.', /(?<![.\w$#])performance\s*\./g, 'time comes with the event'],
  ['Math.random', /(?<![.\w$#])Math\s*\.\s*random\b/g, 'randomness comes as an input'],
  ['crypto.', /(?<![.\w$#])crypto\s*\./g, 'randomness comes as an input'],
  ['setTimeout', /(?<![.\w$#])setTimeout\b/g, 'timers are events'],
  ['setInterval', /(?<![.\w$#])setInterval\b/g, 'timers are events'],
  ['setImmediate', /(?<![.\w$#])setImmediate\b/g, 'timers are events'],
  ['queueMicrotask', /(?<![.\w$#])queueMicrotask\b/g, 'everything is synchronous here'],
  ['fetch(', /(?<![.\w$#])fetch\s*\(/g, 'ask for it with an output'],
  ['process.', /(?<![.\w$#])process\s*[.[]/g, 'options come as arguments'],
  ['console.', /(?<![.\w$#])console\s*\./g, 'say it with an output'],
  ['globalThis', /(?<![.\w$#])globalThis\b/g, 'options come as arguments'],
  ['await', /(?<![.\w$#])await\b(?!\s*[:?,}])/g, 'everything is synchronous here'],
  ['async', /(?<![.\w$#])async(?=\s+[\w$(*<]|\s*\()/g, 'everything is synchronous here'],
  ['import(', /(?<![.\w$#])import\s*\(/g, 'everything is synchronous here'],
]
