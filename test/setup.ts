import { isCi, missingShared } from './shared-folder.ts'

/** Runs once before all tests; throws on a Node that cannot run the sources, so nobody debugs the wrong runtime. */
export default function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 24 || (major === 24 && minor < 12)) {
    throw new Error(`Node ${process.versions.node} is too old, 24.12 is needed. Run the tests with: npm test`)
  }
  if (missingShared === undefined) return
  process.stderr.write(`\n!!! Suites on recorded data ${isCi ? 'FAIL' : 'ARE SKIPPED'}: ${missingShared} !!!\n\n`)
}
