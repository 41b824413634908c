import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { nearest, type ResolvedStrategy, resolveStrategy, type StrategyProblem } from '#engine/engine.ts'
import { UserError } from '#model/failure.ts'
import { type Strategy, strategySchema, type Variant, variantSchema } from '#model/strategy.ts'
import { z } from 'zod'
import { hashOf } from './canonical.ts'

const templateFolder = join(import.meta.dirname, 'templates')
const variantsFile = 'variants.json'

export interface StrategyFile {
  readonly name: string
  readonly origin: 'template' | 'user'
  readonly path: string
}

/** Shipped templates first, then the user's own `*.json` in `folder`. */
export function listStrategies(folder: string): StrategyFile[] {
  return [...strategyFiles(templateFolder, 'template'), ...strategyFiles(folder, 'user')]
}

/** Text of a strategy as it stands on disk. Throws `UserError` when there is none of that name. */
export function readStrategyText(nameOrPath: string, folder: string): { text: string; file: StrategyFile } {
  const file = findStrategy(nameOrPath, folder)
  return { text: readFileSync(file.path, 'utf8'), file }
}

/** A template name, a name in the user's folder, or the path of a JSON file. Throws `UserError` naming every problem. */
export function loadStrategy(nameOrPath: string, folder: string): ResolvedStrategy {
  const { text, file } = readStrategyText(nameOrPath, folder)
  const checked = checkStrategy(parseJson(text, file.path), loadVariants(folder))
  if (!checked.ok) throw invalid(file.path, checked.problems)
  return checked.strategy
}

/** Schema first, then every name, parameter and threshold. */
export function checkStrategy(
  document: unknown,
  variants: readonly Variant[],
): { ok: true; strategy: ResolvedStrategy } | { ok: false; problems: readonly StrategyProblem[] } {
  const parsed = strategySchema.safeParse(document)
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap((issue) => schemaProblems(issue, [])) }
  return resolveStrategy(parsed.data, strategyHash(parsed.data), variants)
}

/** Content hash of a document with its defaults filled in; `$schema` and `description` do not count. */
export function strategyHash(document: Strategy): string {
  const { $schema: _schema, description: _description, ...content } = document
  return hashOf(content)
}

/** JSON Schema of strategy documents, for editors. */
export function strategyJsonSchema(): unknown {
  return z.toJSONSchema(strategySchema, { io: 'input' })
}

/** Shipped variants and the user's; a user's variant may not reuse the name and version of another. */
export function loadVariants(folder: string): Variant[] {
  const read = (path: string): Variant[] => {
    if (!existsSync(path)) return []
    const parsed = z.array(variantSchema).safeParse(parseJson(readFileSync(path, 'utf8'), path))
    if (!parsed.success)
      throw invalid(
        path,
        parsed.error.issues.flatMap((issue) => schemaProblems(issue, [])),
      )
    return parsed.data
  }
  const variants = [...read(join(templateFolder, '..', 'variants', variantsFile)), ...read(join(folder, variantsFile))]
  const seen = new Set<string>()
  for (const { name, version } of variants) {
    const key = `${name}@${version}`
    if (seen.has(key)) {
      throw new UserError({
        code: 'variantExists',
        message: `the variant ${key} is there twice`,
        where: join(folder, variantsFile),
        remedy: 'variants are immutable: give the new one a higher version',
      })
    }
    seen.add(key)
  }
  return variants
}

function strategyFiles(folder: string, origin: StrategyFile['origin']): StrategyFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== variantsFile)
    .toSorted()
    .map((name) => ({ name: basename(name, '.json'), origin, path: join(folder, name) }))
}

function findStrategy(nameOrPath: string, folder: string): StrategyFile {
  const known = listStrategies(folder)
  const named = known.findLast(({ name }) => name === nameOrPath)
  if (named) return named
  const isPath = nameOrPath.endsWith('.json') || nameOrPath.includes('/')
  if (isPath && existsSync(nameOrPath)) return { name: basename(nameOrPath, '.json'), origin: 'user', path: nameOrPath }
  const close = nearest(
    nameOrPath,
    known.map(({ name }) => name),
  )
  throw new UserError({
    code: 'unknownStrategy',
    message: isPath ? `there is no file ${nameOrPath}` : `there is no strategy ${nameOrPath}`,
    where: '--strategy',
    remedy: `${close === undefined ? '' : `did you mean ${close}? `}\`riptide strategy list\` shows all; a path must end in .json`,
    exit: 'notFound',
  })
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError({
      code: 'notJson',
      message: `not JSON: ${(cause as Error).message}`,
      where: path,
      remedy: 'correct the file; `riptide strategy show flash-pump` prints a good one',
      cause,
    })
  }
}

export function invalid(path: string, problems: readonly StrategyProblem[]): UserError {
  const lines = problems.map(
    ({ path: at, message, remedy }) => `  ${at === '' ? '(document)' : at}: ${message} — ${remedy}`,
  )
  return new UserError({
    code: problems[0]?.code ?? 'invalidStrategy',
    message: `${problems.length} problem${problems.length === 1 ? '' : 's'}\n${lines.join('\n')}`,
    where: path,
    remedy: 'correct the fields named above and run `riptide strategy check` on it',
  })
}

/** A union's own message says nothing; the branch that got furthest does. */
function schemaProblems(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): StrategyProblem[] {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const furthest = issue.errors.toSorted((a, b) => score(b) - score(a))[0] ?? []
    if (furthest.length > 0 && score(furthest) > 0) return furthest.flatMap((inner) => schemaProblems(inner, path))
  }
  const at = path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: at === '' ? key : `${at}.${key}`,
      code: 'unknownField',
      message: `there is no field ${key} here`,
      remedy: 'remove or rename it; `riptide strategy schema` lists the fields',
    }))
  }
  return [
    {
      path: at,
      code: 'invalidField',
      message: issue.message,
      remedy: 'see the strategy reference, docs/strategies.md',
    },
  ]
}

function score(issues: readonly z.core.$ZodIssue[]): number {
  const wrongShape = issues.some(
    (issue) => issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'unrecognized_keys'),
  )
  const missing = issues.filter(
    (issue) => issue.path.length === 1 && issue.code === 'invalid_type' && issue.input === undefined,
  ).length
  return wrongShape && issues.every((issue) => issue.code === 'invalid_type') ? -1 : 100 - issues.length - 10 * missing
}
