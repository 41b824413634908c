import { resolve } from 'node:path'
import { describe } from 'vitest'
import { isCi, missingShared, sharedFolder } from './shared-folder.ts'

/** Absolute path inside the folder of recorded data. */
export function sharedPath(...segments: readonly string[]): string {
  return resolve(sharedFolder, ...segments)
}

/** A suite on recorded data: skipped with the reason in its title where the data is missing, a failure in CI. */
export function describeShared(name: string, suite: () => void): void {
  if (missingShared === undefined) describe(name, suite)
  else if (isCi) throw new Error(`${name}: ${missingShared}`)
  else describe.skip(`${name} (${missingShared})`, suite)
}
