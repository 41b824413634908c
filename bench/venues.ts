import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { sharedFolder } from '#test/shared-folder.ts'
import { measureBinance } from './venues-binance.ts'
import { measureMexc } from './venues-mexc.ts'

// node bench/venues.ts [--json] [--seconds 2]: messages of each venue parsed, validated and mapped by one core (budget: 50 000/s).

const at = process.argv.indexOf('--seconds')
const seconds = at < 0 ? 2 : Number(process.argv[at + 1])
const read = (path: string): string => readFileSync(`${sharedFolder}/${path}`, 'utf8')

/** Messages a second of one kind of frame. */
export interface Rate {
  readonly venue: string
  readonly frames: string
  readonly bytes: number
  readonly perSecond: number
}

const rates: readonly Rate[] = [...measureMexc(read, seconds), ...(await measureBinance(seconds))]

if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rates)}\n`)
else {
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}\n`)
  for (const { venue, frames, bytes, perSecond } of rates)
    process.stdout.write(
      `${venue.padEnd(14)}${frames.padEnd(44)}${`${bytes} B`.padStart(8)}${Math.round(perSecond).toLocaleString('en').padStart(12)}/s\n`,
    )
}
