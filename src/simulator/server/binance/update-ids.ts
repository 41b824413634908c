/** How a venue counts book updates: futures ids have holes and `pu` chains them, spot counts `U = previous u + 1`. */
export interface UpdateIds {
  /** Id of the book at a version. */
  of(version: number): number
}

/** Other symbols' updates lie between two of one symbol, as on the venue. */
export const futuresIds: UpdateIds = { of: (version) => 1_000_000_000 + version * 7 }
export const spotIds: UpdateIds = { of: (version) => version }
