import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StrategyProblem } from '#engine/engine.ts'
import {
  checkStrategy,
  invalid,
  listStrategies,
  loadStrategy,
  loadVariants,
  readStrategyText,
  strategyJsonSchema,
} from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import { strategyFolderOf, strategyPath } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { tableText } from './table.ts'
import { quote } from './values.ts'

/** Templates and the user's own, broken ones included. */
export async function listAll(shell: Shell, json: boolean): Promise<void> {
  const folder = await folderOf(shell)
  const all = listStrategies(folder).map((file) => ({ ...file, ...summaryOf(file.path, folder) }))
  if (json) return shell.answer({ strategies: all })
  const rows = all.map(({ name, origin, hash, direction, needs, description, problems }) => [
    name,
    origin,
    direction,
    hash.slice(0, 8),
    needs.join(', '),
    problems.length > 0 ? description : firstSentence(description),
  ])
  const taken = 4 * 2 + Math.max(...rows.map((row) => row.slice(0, 5).join('').length))
  const width = Math.max(30, shell.width - taken - 2)
  shell.print(
    tableText(
      shell,
      [
        { title: 'Name' },
        { title: 'From' },
        { title: 'Side' },
        { title: 'Hash' },
        { title: 'Needs' },
        { title: 'What it does', width },
      ],
      rows,
    ),
  )
  shell.print(`\nYour own are read from ${folder}; \`riptide strategy new <name>\` starts one.`)
}

export async function show(shell: Shell, name: string, json: boolean): Promise<void> {
  const folder = await folderOf(shell)
  const path = strategyPath(shell, name)
  if (!json) return shell.print(readStrategyText(path, folder).text.trimEnd())
  const { document, version } = loadStrategy(path, folder)
  shell.answer({ hash: version, document })
}

/** Prints the hash and what the strategy needs. Throws `UserError` with every problem. */
export async function check(shell: Shell, name: string, json: boolean): Promise<void> {
  const folder = await folderOf(shell)
  const strategy = loadStrategy(strategyPath(shell, name), folder)
  const { document, version, feeds, readings } = strategy
  if (json)
    return shell.answer({ ok: true, name: document.name, hash: version, needs: feeds, readings: [...readings.keys()] })
  shell.print(
    `${document.name} is sound: ${readings.size} readings, needs ${feeds.join(', ')}, hash ${version.slice(0, 8)}`,
  )
}

/** Writes a copy of a template under a new name; never over a file that is there. */
export async function create(shell: Shell, name: string, from: string, json: boolean): Promise<void> {
  const folder = await folderOf(shell)
  if (!/^[a-z][a-z0-9-]{0,60}$/.test(name)) {
    throw new UserError({
      code: 'invalidName',
      message: `${quote(name)} is no name for a strategy`,
      where: '<name>',
      remedy: 'use lower-case letters, digits and dashes, beginning with a letter',
    })
  }
  const path = join(folder, `${name}.json`)
  const taken = listStrategies(folder).find((file) => file.name === name)
  if (taken !== undefined || existsSync(path)) {
    throw new UserError({
      code: 'strategyExists',
      message: `there is a strategy ${name} already`,
      where: taken?.path ?? path,
      remedy: 'choose another name',
    })
  }
  const { text } = readStrategyText(strategyPath(shell, from), folder)
  const copy = text.replace(/("name"\s*:\s*)"[^"]*"/, `$1${JSON.stringify(name)}`)
  const checked = checkStrategy(JSON.parse(copy), loadVariants(folder))
  if (!checked.ok) throw invalid(from, checked.problems)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, copy, { flag: 'wx' })
  if (json) return shell.answer({ name, path, from })
  shell.print(
    `${path} is a copy of ${from}. Change it, then:\n  riptide strategy check ${name}\n  riptide backtest --strategy ${name} --data <files>`,
  )
}

export function schema(shell: Shell): void {
  shell.print(JSON.stringify(strategyJsonSchema(), null, 2))
}

interface Summary {
  readonly hash: string
  readonly direction: string
  readonly needs: readonly string[]
  readonly description: string
  readonly problems: readonly StrategyProblem[]
}

function summaryOf(path: string, folder: string): Summary {
  try {
    const { document, version, feeds } = loadStrategy(path, folder)
    return {
      hash: version,
      direction: document.direction,
      needs: feeds,
      description: document.description,
      problems: [],
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const description = 'does not pass `riptide strategy check`'
    return {
      hash: '',
      direction: '',
      needs: [],
      description,
      problems: [{ path: error.where, code: error.code, message: error.message, remedy: error.remedy }],
    }
  }
}

const folderOf = async (shell: Shell): Promise<string> => strategyFolderOf((await shell.config()).settings)
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text
