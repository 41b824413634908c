import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostViolations, registryHosts, type SourceFile, violationsOf } from './architecture/rules.ts'
import { importsOf, maskSource } from './architecture/source.ts'

const root = dirname(import.meta.dirname)

describe('the house', () => {
  const files = sourceFiles('src')

  test('has sources to look at', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.flatMap(({ text }) => importsOf(maskSource(text))).length).toBeGreaterThan(files.length / 2)
  })

  test('has only the arrows, doors and words of its plan', () => {
    expect(files.flatMap(violationsOf)).toEqual([])
  })

  test('names the package registry in no file that git carries', () => {
    const hosts = registryHosts(process.env['npm_config_registry'])
    expect(carriedFiles().flatMap((file) => hostViolations(file, hosts))).toEqual([])
  })
})

test('the dashboard imports from the server only api/contract and model', () => {
  const files = existsSync(join(root, 'dashboard')) ? sourceFiles('dashboard') : []
  const strays = files.flatMap(({ path, text }) =>
    importsOf(maskSource(text))
      .filter((specifier) => /^#|(^|\/)src\/(?!.*dashboard)/.test(specifier))
      .filter((specifier) => !/^(#|(\.\.\/)+src\/)(model\/|api\/contract(\/|\.ts$))/.test(specifier))
      .map((specifier) => `${path}: imports '${specifier}'`),
  )
  expect(strays).toEqual([])
})

describe('each rule catches a planted violation', () => {
  test.each([
    ['src/session/a.ts', `import { x } from '#store/store.ts'`, 'there is no arrow session → store'],
    ['src/cli/a.ts', `import { x } from '#simulator/simulator.ts'`, 'there is no arrow cli → simulator'],
    ['src/engine/engine.ts', `export * from '#bus/bus.ts'`, 'there is no arrow engine → bus'],
    ['src/model/a.ts', `import type { X } from '#engine/engine.ts'`, 'model may import nothing'],
    ['src/simulator/a.ts', `import { x } from '#venues/venues.ts'`, 'there is no arrow simulator → venues'],
    ['src/lab/a.ts', `import { x } from '#venues/mexc/wire.ts'`, 'there is no arrow lab → venues/wire'],
    ['src/api/a.ts', `const x = await import('#cli/cli.ts')`, 'there is no arrow api → cli'],
    ['src/lab/a.ts', `import '#cellar/cellar.ts'`, 'is in no room of the table'],
    ['src/cellar/a.ts', '', 'there is no such room'],
    ['src/lab/a.ts', `import { x } from '#store/tables.ts'`, `the front door of store is '#store/store.ts'`],
    ['src/main.ts', `import { x } from '#venues/mexc/rest.ts'`, `the front door of venues is '#venues/venues.ts'`],
    ['src/lab/a.ts', `import { x } from '../store/store.ts'`, 'a relative import may not leave its room'],
    ['src/main.ts', `import { x } from './lab/lab.ts'`, `use '#lab/lab.ts'`],
    ['src/lab/a.test.ts', `import { x } from '../store/store.ts'`, 'a relative import may not leave its room'],
    ['src/lab/a.ts', `import { x } from '#lab/b.ts'`, 'inside a room imports are relative'],
    ['src/engine/risk/a.ts', `import { x } from '../market/market.ts'`, 'stages never import each other'],
    ['src/engine/risk/a.ts', `import { x } from '../engine.ts'`, 'risk knows only itself and model'],
    ['src/simulator/matching/a.ts', `import { x } from '../server/clock.ts'`, 'knows only itself and model'],
    ['src/simulator/matching/a.ts', `import { x } from '#venues/mexc/wire.ts'`, 'is pure and knows only model'],
    ['src/model/a.ts', `import { x } from 'kysely'`, 'src/model/ may import zod'],
    ['src/model/a.ts', `import { x } from 'node:fs'`, 'src/model/ may import zod'],
    ['src/engine/a.ts', `import { z } from 'zod'`, 'src/engine/ may import no package'],
    ['src/simulator/matching/a.ts', `import { x } from 'node:os'`, 'may import no package'],
    ['src/store/a.ts', `import { env } from 'node:process'`, 'the environment is read by'],
    ['src/store/a.ts', `import { x } from '#test/shared.ts'`, 'only tests import test helpers'],
    ['src/lab/index.ts', '', 'no barrel files'],
    ['src/lab/utils/a.ts', '', 'no utils'],
    ['src/store/a.ts', `\nconst x = process.env['HOME']`, 'src/store/a.ts:2: process.env is read only by'],
    ['src/store/a.ts', `const x = process['env']`, 'process.env is read only by'],
    ['src/store/a.ts', `const { env } = process`, 'process.env is read only by'],
  ])('%s with %s', (path, text, sentence) => {
    expect(violationsOf({ path, text }).join('\n')).toContain(sentence)
  })

  test.each([
    ['Date.now', 'const t = Date.now()'],
    ['new Date(', 'const t = new Date(0)'],
    ['Temporal', 'const t = Temporal.Now.instant()'],
    ['performance.', 'const t = performance.now()'],
    ['Math.random', 'const x = `${Math.random()}`'],
    ['crypto.', 'const x = crypto.randomUUID()'],
    ['setTimeout', 'setTimeout(f, 1)'],
    ['setInterval', 'setInterval(f, 1)'],
    ['setImmediate', 'setImmediate(f)'],
    ['queueMicrotask', 'queueMicrotask(f)'],
    ['fetch(', 'const x = fetch(url)'],
    ['process.', 'const x = process.hrtime()'],
    ['console.', 'console.log(1)'],
    ['globalThis', 'const x = globalThis'],
    ['await', 'for await (const x of y) f(x)'],
    ['async', 'const f = async () => 1'],
    ['import(', `const x = import('./b.ts')`],
  ])('%s in a pure folder', (name, text) => {
    for (const folder of ['src/model', 'src/engine/risk', 'src/simulator/matching']) {
      expect(violationsOf({ path: `${folder}/a.ts`, text })).toContainEqual(
        expect.stringContaining(`${folder}/a.ts:1: ${name} has no place in `),
      )
    }
    expect(violationsOf({ path: 'src/bus/a.ts', text })).toEqual([])
  })

  test('a file that names the registry', () => {
    const hosts = registryHosts('https://packages.example.test:4873/npm/')
    expect(hosts).toContain('packages.example.test:4873')
    for (const host of hosts) {
      expect(hostViolations({ path: 'a.md', text: `\nsee ${host}` }, hosts)).toEqual([
        `a.md:2: names the package registry's host`,
      ])
    }
  })
})

describe('no rule stops what the plan allows', () => {
  test.each([
    ['src/main.ts', `import { x } from '#venues/venues.ts'\nconst y = process.env['HOME']`],
    ['src/api/a.ts', `import { x } from '#lab/lab.ts'\nimport { y } from 'zod'\nimport { z } from './contract/z.ts'`],
    ['src/simulator/server/a.ts', `import { x } from '#venues/mexc/wire.ts'\nimport y from '../matching/matching.ts'`],
    ['src/engine/engine.ts', `import { x } from './market/market.ts'\nimport type { Bar } from '#model/market.ts'`],
    ['src/engine/risk/checks/a.ts', `import { x } from '../risk.ts'`],
    ['src/engine/risk/a.test.ts', `import { test } from 'vitest'\nimport { x } from '../market/market.ts'`],
    ['src/session/a.test.ts', `import { x } from '#store/store.ts'\nimport { y } from '#test/shared.ts'`],
    ['src/engine/a.ts', `engine.process(event)\nconst s = 'Date.now() await'\n// process.env\n/* new Date() */`],
    ['src/engine/a.ts', 'const s = `setTimeout ${a ? `fetch(${b})` : /`"process.env/.source} Math.random`'],
    ['src/engine/a.ts', `const s = "import x from 'node:fs'"\nconst r = a / b / c // 'quoted`],
  ])('%s with %s', (path, text) => {
    expect(violationsOf({ path, text })).toEqual([])
  })
})

test('imports are found in every form, and only in code', () => {
  const text = `
    import a, { type B } from './1.ts'
    import type {
      C, // from './comment.ts'
    } from "./2.ts"
    export { d } from './3.ts'
    export * as e from './4.ts'
    import './5.ts'
    const f = await import('./6.ts')
    type G = import('./7.ts').G
    const text = "from './string.ts'", list = Array.from('abc'), h = \`from './template.ts'\`
  `
  expect(importsOf(maskSource(text))).toEqual(['./1.ts', './2.ts', './3.ts', './4.ts', './5.ts', './6.ts', './7.ts'])
})

function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules'))
    .map((path) => readSource(`${folder}/${path.replaceAll('\\', '/')}`))
}

/** Committed files and those that would be with the next `git add`. */
function carriedFiles(): readonly SourceFile[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return list
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map(readSource)
}

function readSource(path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}
