import { posix } from 'node:path'
import { arrows, environmentReaders, impureWords, openShelves, pureFolders, type Room, stages } from './arrows.ts'
import { importsOf, lineAt, type MaskedSource, maskSource } from './source.ts'

/** One source file; `path` is relative to the repository, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Every rule a file of `src` breaks, as sentences; empty when it keeps them all. */
export function violationsOf({ path, text }: SourceFile): readonly string[] {
  const source = maskSource(text)
  return [
    ...nameViolations(path),
    ...importsOf(source).flatMap((specifier) => importViolations(path, specifier)),
    ...wordViolations(path, source),
    ...environmentViolations(path, source),
  ]
}

function nameViolations(path: string): readonly string[] {
  const violations: string[] = []
  const room = roomOf(path)
  if (room === undefined) violations.push(`${path}: there is no such room in the table of test/architecture/arrows.ts`)
  if (/(^|\/)index\.tsx?$/.test(path)) violations.push(`${path}: no barrel files; name the file for what it holds`)
  if (/\/utils?(\/|\.tsx?$)/.test(path)) violations.push(`${path}: no utils; put it beside what uses it, or in model`)
  return violations
}

function importViolations(path: string, specifier: string): readonly string[] {
  const says = `${path}: imports '${specifier}', but`
  if (specifier.startsWith('#test/')) return isTest(path) ? [] : [`${says} only tests import test helpers`]
  if (!/^[.#]/.test(specifier)) return packageViolations(path, specifier, says)

  const isRelative = specifier.startsWith('.')
  const target = isRelative ? posix.join(posix.dirname(path), specifier) : posix.join('src', specifier.slice(1))
  const from = roomOf(path)
  const to = roomOf(target)
  if (from === undefined) return []
  if (to === undefined) return [`${says} ${target} is in no room of the table`]
  if (from === to) return insideViolations(path, target, isRelative, says)
  if (isRelative) return [`${says} a relative import may not leave its room; use '#${target.slice('src/'.length)}'`]

  const violations: string[] = []
  const arrow = isWire(target) ? 'venues/wire' : to
  const allowed: readonly string[] = arrows[from]
  if (!allowed.includes(to) && !allowed.includes(arrow) && !(isTest(path) && to !== 'main')) {
    violations.push(
      `${says} there is no arrow ${from} → ${arrow}; ${from} may import ${allowed.join(', ') || 'nothing'}`,
    )
  }
  if (stageOf(path) && to !== 'model' && !isTest(path))
    violations.push(`${says} a stage of the engine knows only model`)
  if (path.startsWith('src/simulator/matching/') && to !== 'model' && !isTest(path)) {
    violations.push(`${says} simulator/matching is pure and knows only model`)
  }
  const isOpen = openShelves.some((shelf) => shelf.test(target))
  if (!isOpen && target !== `src/${to}/${to}.ts`)
    violations.push(`${says} the front door of ${to} is '#${to}/${to}.ts'`)
  return violations
}

function insideViolations(path: string, target: string, isRelative: boolean, says: string): readonly string[] {
  if (!isRelative) return [`${says} inside a room imports are relative`]
  if (isTest(path)) return []
  const stage = stageOf(path)
  if (stage !== undefined && !target.startsWith(`src/engine/${stage}/`)) {
    return [`${says} stages never import each other; ${stage} knows only itself and model`]
  }
  const matching = 'src/simulator/matching/'
  if (path.startsWith(matching) && !target.startsWith(matching)) {
    return [`${says} simulator/matching is pure and knows only itself and model`]
  }
  return []
}

function packageViolations(path: string, specifier: string, says: string): readonly string[] {
  if (isTest(path)) return []
  if (/^(node:)?process$/.test(specifier))
    return [`${says} the environment is read by ${environmentReaders.join(' and ')}`]
  const folder = pureFolderOf(path)
  if (folder === undefined) return []
  const allowed = pureFolders[folder] ?? []
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return allowed.includes(name) ? [] : [`${says} ${folder} may import ${allowed.join(', ') || 'no package'}`]
}

function wordViolations(path: string, { code }: MaskedSource): readonly string[] {
  if (pureFolderOf(path) === undefined || isTest(path)) return []
  return impureWords.flatMap(([name, pattern, instead]) =>
    [...code.matchAll(pattern)].map(
      ({ index }) => `${path}:${lineAt(code, index)}: ${name} has no place in ${pureFolderOf(path)}; ${instead}`,
    ),
  )
}

function environmentViolations(path: string, { code, strings }: MaskedSource): readonly string[] {
  if (environmentReaders.includes(path)) return []
  const named = [...code.matchAll(/(?<![.\w$#])process\s*(?:\??\.\s*env\b|(?:\?\.)?\[\s*"§(\d+)§")/g)].filter(
    ([, index]) => index === undefined || strings[Number(index)] === 'env',
  )
  const taken = [...code.matchAll(/\benv\b[^{}]*\}\s*=\s*process\b(?!\s*\.)/g)]
  return [...named, ...taken].map(
    ({ index }) => `${path}:${lineAt(code, index)}: process.env is read only by ${environmentReaders.join(' and ')}`,
  )
}

function roomOf(path: string): Room | undefined {
  const [source, name, rest] = path.split('/')
  if (source !== 'src' || name === undefined) return undefined
  const room = rest === undefined ? 'main' : name
  return room in arrows && (rest === undefined || room !== 'main') ? (room as Room) : undefined
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

function isWire(path: string): boolean {
  return /^src\/venues\/[^/]+\/wire(\/|\.ts$)/.test(path)
}

/** The stage of the engine a file lies in; undefined for files directly in `engine` and everywhere else. */
function stageOf(path: string): string | undefined {
  return stages.find((stage) => path.startsWith(`src/engine/${stage}/`))
}

function pureFolderOf(path: string): string | undefined {
  return Object.keys(pureFolders).find((folder) => path.startsWith(folder))
}

/** Names of hosts that must stand in no committed file: the machine's own package registry and the public one. */
export function registryHosts(configured: string | undefined): readonly string[] {
  const hosts = [['registry', 'npmjs', 'org'].join('.')]
  if (configured !== undefined && URL.canParse(configured)) {
    const { host } = new URL(configured)
    if (host.includes('.') || host.includes(':')) hosts.push(host)
  }
  return [...new Set(hosts)]
}

/** Sentences for each host a text file names; binary files are passed over. */
export function hostViolations({ path, text }: SourceFile, hosts: readonly string[]): readonly string[] {
  if (text.includes('\0')) return []
  return hosts.flatMap((host) =>
    text.includes(host) ? [`${path}:${lineAt(text, text.indexOf(host))}: names the package registry's host`] : [],
  )
}
