import type { VenueDoor } from './door.ts'
import type { ServedVenue } from './types.ts'

/** The doors there are, loaded when one is opened; each is one row, written by its venue's folder. */
export const doors: Partial<Record<ServedVenue, () => Promise<VenueDoor>>> = {}
