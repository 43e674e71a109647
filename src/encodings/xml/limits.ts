/** What an XML file may ask of its reader. */
export interface XmlLimits {
  /** Characters; a JavaScript string ends at 2^29. */
  maxLength: number
  /** Nesting. PMML nests as deep as its trees (a few dozen, hundreds for degenerate ones). */
  maxDepth: number
  /** Elements. A random forest of 500 MB has some seven million. */
  maxElements: number
}

export const DEFAULT_XML_LIMITS: XmlLimits = {
  maxLength: 500_000_000,
  maxDepth: 2000,
  maxElements: 20_000_000,
}
