import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** The folder of recorded data: `../shared` beside the repository, or the one named by RIPTIDE_SHARED. */
export const sharedFolder = resolve(dirname(import.meta.dirname), process.env['RIPTIDE_SHARED'] ?? '../shared')

/** Why suites on recorded data cannot run here; undefined when they can. */
export const missingShared = existsSync(sharedFolder)
  ? undefined
  : `${sharedFolder} is missing; set RIPTIDE_SHARED to the folder with the recorded data`

/** In CI a missing folder is a failure, elsewhere a reason to skip. */
export const isCi = process.env['CI'] === 'true' || process.env['CI'] === '1'
