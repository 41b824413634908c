import { type ExitKind, UserError } from '#model/failure.ts'

interface Place {
  readonly path: string
  readonly line?: number
}

/** Something wrong with a file of the user's: where it is, what it says there, and the remedy. */
export function fileProblem(code: string, place: Place, message: string, remedy: string, cause?: unknown): UserError {
  const where = place.line === undefined ? place.path : `${place.path}:${place.line}`
  return new UserError({ code, message: `${where}: ${message}`, where, remedy, exit: exits[code] ?? 'error', cause })
}

const exits: Readonly<Record<string, ExitKind>> = {
  fileNotFound: 'notFound',
  noSeries: 'notFound',
  noMarketData: 'notFound',
}

/** Turns an I/O error of the system into one the user can mend; anything else comes back as it is. */
export function ioProblem(error: unknown, path: string, doing: 'read' | 'write'): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (diskFullCodes.has(code) || /no space left|disk is full|disk full/i.test(error.message)) {
    return problem('diskFull', 'the disk is full', 'free some space, then run the command again', error, path)
  }
  if (doing === 'read' && (code === 'ENOENT' || code === 'ENOTDIR')) {
    const remedy = 'check the path; relative paths start at the current folder'
    return problem('fileNotFound', 'there is no such file or folder', remedy, error, path)
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return problem(
      'ledgerBusy',
      'another process is writing to it',
      'wait until it is done, then run the command again',
      error,
      path,
    )
  }
  if (!isOfPlace(code) && !(code === '' && /^IO Error|cannot open|permission denied/i.test(error.message))) return error
  if (doing === 'read') {
    return problem('fileUnreadable', `cannot be read (${code || error.message})`, 'check its permissions', error, path)
  }
  const remedy = 'choose another data folder (--data-dir) or make this one writable'
  return problem('notWritable', `cannot be written (${code || error.message})`, remedy, error, path)
}

/** Runs `work` and gives its I/O errors the path they are about. */
export async function withPath<T>(path: string, doing: 'read' | 'write', work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw ioProblem(error, path, doing)
  }
}

/** Whether the trouble is with the place, not with what we do there. */
function isOfPlace(code: string): boolean {
  return placeCodes.has(code) || /^SQLITE_(CANTOPEN|READONLY|IOERR|PERM)/.test(code)
}

const placeCodes = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'ENAMETOOLONG',
  'EMFILE',
  'ELOOP',
])
const diskFullCodes = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

function problem(code: string, message: string, remedy: string, cause: unknown, path: string): UserError {
  return fileProblem(code, { path }, message, remedy, cause)
}
