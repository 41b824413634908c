import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runFused } from './fused.ts'
import { spreadOf, timed } from './measure.ts'
import { benchStrategy, blocksOf, replayTrades } from './replay.ts'
import { stageCosts } from './stages.ts'
import { syntheticTrades } from './synthetic-trades.ts'

// npm run bench [-- --json] [-- --rows 10000000] [-- --rounds 5]: the yardsticks of design §13, rows 1, 2 and 8.

const flag = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(name)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}
const json = process.argv.includes('--json')
const rows = flag('--rows', 10_000_000)
const rounds = flag('--rounds', 5)
const tell = (line: string): void => void process.stderr.write(`${line}\n`)
const here = import.meta.dirname
const child = async (script: string, ...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await promisify(execFile)(process.execPath, [join(here, script), ...args], { maxBuffer: 1e8 })).stdout)

const report = {
  machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.versions.node}`,
  date: new Date().toISOString().slice(0, 10),
  rows,
  rounds,
  replay: await replay(),
  stages: await stages(),
  load: await load(),
  demo: await demo(),
}
if (json) process.stdout.write(`${JSON.stringify(report)}\n`)
else process.stdout.write(text())

async function replay() {
  tell(`replay: ${rows} trades, ${rounds} rounds against the hand-fused loop`)
  const columns = syntheticTrades(rows, 1)
  const strategies = { phases: benchStrategy('phases'), all: benchStrategy('all') }
  const fused: number[] = []
  const phases: number[] = []
  const all: number[] = []
  let roundTrips = 0
  for (let round = 0; round <= rounds; round++) {
    const yardstick = await timed(() => runFused(columns, rows))
    const own = await timed(async () => {
      roundTrips = (await replayTrades(strategies.phases, () => blocksOf(columns), rows)).roundTrips
    })
    const every = await timed(() => replayTrades(strategies.all, () => blocksOf(columns), rows))
    if (round === 0) continue
    fused.push(yardstick)
    phases.push(own)
    all.push(every)
  }
  const ratio = spreadOf(phases.map((ms, round) => ms / fused[round]))
  const ratioAll = spreadOf(all.map((ms, round) => ms / fused[round]))
  const nanoseconds = (sample: readonly number[]): number => (spreadOf(sample).median * 1e6) / rows
  const { peakMemoryMb } = (await child('replay-child.ts', String(rows))) as { peakMemoryMb: number }
  return {
    tradesPerSecond: 1e9 / nanoseconds(phases),
    ratioToFused: ratio.median,
    ratioRange: [ratio.low, ratio.high],
    nanosecondsPerTrade: nanoseconds(phases),
    fusedNanosecondsPerTrade: nanoseconds(fused),
    allAsked: {
      nanosecondsPerTrade: nanoseconds(all),
      ratioToFused: ratioAll.median,
      ratioRange: [ratioAll.low, ratioAll.high],
    },
    roundTrips,
    peakMemoryMb,
  }
}

function stages() {
  tell('stages: what each one adds')
  return stageCosts(syntheticTrades(Math.min(rows, 3_000_000), 1), Math.min(rounds, 3))
}

type LoadReport = Record<
  | 'parquetRowsPerSecond'
  | 'cacheRowsPerSecond'
  | 'joinedParquetRowsPerSecond'
  | 'joinedCacheRowsPerSecond'
  | 'importRowsPerSecond',
  number
>

async function load() {
  tell('load: series store into columns')
  const { parquetRowsPerSecond, ...others } = (await child('load.ts', String(Math.min(rows, 5_000_000)))) as LoadReport
  return { rowsPerSecond: parquetRowsPerSecond, ...others }
}

/** From the command to the finished demo, packages installed. */
async function demo() {
  tell('demo: npm start, packages installed')
  const folder = await mkdtemp(join(tmpdir(), 'riptide-demo-'))
  try {
    const sample: number[] = []
    for (let round = 0; round < 3; round++) {
      sample.push(
        await timed(
          () =>
            new Promise<void>((resolve, reject) => {
              const run = spawn(
                process.execPath,
                [join(here, '..', 'bin', 'riptide.js'), '--data-dir', folder, 'demo'],
                { stdio: 'ignore' },
              )
              run.on('error', reject)
              run.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the demo ended with ${code}`))))
            }),
        ),
      )
    }
    return { seconds: spreadOf(sample).median / 1_000 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function text(): string {
  const { replay: r, load: l } = report
  const number = (value: number, digits = 0): string =>
    value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })
  const millions = (value: number): string => number(value / 1e6, 1)
  const lines = [
    `${report.machine}, ${report.date}`,
    '',
    `replay, ${number(rows)} trades, medians of ${rounds} interleaved rounds`,
    `  hand-fused loop                        ${number(r.fusedNanosecondsPerTrade)} ns a trade`,
    `  ten readings over five groups          ${number(r.nanosecondsPerTrade)} ns, ratio ${number(r.ratioToFused, 2)} (${r.ratioRange.map((value) => number(value, 2)).join(' to ')}), ${number(r.tradesPerSecond / 1e6, 2)} M trades/s`,
    `  all ten asked at every instant         ${number(r.allAsked.nanosecondsPerTrade)} ns, ratio ${number(r.allAsked.ratioToFused, 2)} (${r.allAsked.ratioRange.map((value) => number(value, 2)).join(' to ')})`,
    `  round trips                            ${number(r.roundTrips)}`,
    `  peak memory, streaming                 ${number(r.peakMemoryMb)} MB`,
    '',
    'stages, ns a trade, each with all before it',
    ...report.stages.map(
      ({ stage, nanoseconds, added }) =>
        `  ${stage.padEnd(46)} ${number(nanoseconds).padStart(5)}  ${added >= 0 ? '+' : ''}${number(added)}`,
    ),
    '',
    'load into columns, M rows/s',
    `  as a replay reads, in blocks           Parquet ${millions(l.rowsPerSecond)}, column cache ${millions(l.cacheRowsPerSecond)}`,
    `  one array per column                   Parquet ${millions(l.joinedParquetRowsPerSecond)}, column cache ${millions(l.joinedCacheRowsPerSecond)}`,
    `  import                                 ${millions(l.importRowsPerSecond)}`,
    '',
    `demo, command to finished report: ${number(report.demo.seconds, 1)} s`,
  ]
  return `${lines.join('\n')}\n`
}
