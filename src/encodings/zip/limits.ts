/** What a zip archive may ask of its reader; the defaults are far above any real model and far below harm. */
export interface ZipLimits {
  /** Entries listed. The largest real archives (PyTorch, one entry per tensor) have some ten thousand. */
  maxEntries: number
  /** Bytes of central directory held in memory. */
  maxDirectoryBytes: number
  /** Stored entries up to this size are read for their CRC before anything else reads them: damaged HDF5 can loop for ever in its
   * library. It takes a fraction of a second; larger ones stay unread until they are needed. */
  maxCheckedBytes: number
  /** Bytes one deflated entry may inflate to; stored entries are slices and have no limit. */
  maxOutput: number
  /** Inflated ÷ compressed size. Deflate can not pass 1032; zeroed weights come close, so small outputs are exempt. */
  maxRatio: number
  /** Outputs up to this size may have any ratio. */
  ratioExemptBytes: number
}

export const DEFAULT_ZIP_LIMITS: ZipLimits = {
  maxEntries: 200_000,
  maxDirectoryBytes: 64 * 2 ** 20,
  maxCheckedBytes: 64 * 2 ** 20,
  maxOutput: 2 ** 31 - 1,
  maxRatio: 250,
  ratioExemptBytes: 64 * 2 ** 20,
}
