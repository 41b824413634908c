import type { Shell } from './io.ts'

/** A line that shows how far something is; nothing where notes do not go to a terminal. */
export interface Progress {
  /** `share` 0–1. */
  update(share: number, what?: string): void
  stop(): void
}

const silent: Progress = { update: () => undefined, stop: () => undefined }

export async function startProgress(shell: Shell, title: string): Promise<Progress> {
  const { stderr } = shell.io
  if (stderr.isTTY !== true) return silent
  const { default: bars } = await import('cli-progress')
  const bar = new bars.SingleBar({
    format: `${title} {bar} {percentage} %  {duration_formatted}, {eta_formatted} left  {what}`,
    stream: stderr as unknown as NodeJS.WritableStream,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    fps: 15,
    clearOnComplete: true,
    // Ctrl-C is ours
    gracefulExit: false,
  })
  bar.start(1_000, 0, { what: 'reading' })
  return {
    update: (share, what = '') => bar.update(Math.floor(Math.min(1, share) * 1_000), { what }),
    stop: () => bar.stop(),
  }
}

/** Runs `work` under a progress line that is gone afterwards, whatever happens. */
export async function withProgress<T>(
  shell: Shell,
  title: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = await startProgress(shell, title)
  try {
    return await work(progress)
  } finally {
    progress.stop()
  }
}
