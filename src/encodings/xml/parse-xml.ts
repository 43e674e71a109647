import { XMLParser } from 'fast-xml-parser'
import { MalformedFileError, PortolanError } from '../../core/errors.ts'
import { checkMarkup } from './check-markup.ts'
import { decodeXmlText } from './decode-text.ts'
import { decodeEntities } from './entities.ts'
import { DEFAULT_XML_LIMITS, type XmlLimits } from './limits.ts'

/** An element as it was written; namespaces are not resolved, entities are. */
export interface XmlElement {
  /** Local name: `PMML`, `Cell` of `x:Cell`. */
  readonly name: string
  /** Namespace prefix, '' without one. */
  readonly prefix: string
  /** By their names as written, prefix included. */
  readonly attributes: Readonly<Record<string, string>>
  /** Child elements in order. */
  readonly children: readonly XmlElement[]
  /** All text directly inside, joined. Whitespace between child elements is not kept. */
  readonly text: string
}

const ATTRIBUTES = ':@'
const TEXT = '#text'

/** fast-xml-parser's `preserveOrder` output: one key is the element's name, `:@` holds its attributes. */
type OrderedNode = Readonly<Record<string, unknown>>

const NO_CHILDREN: readonly XmlElement[] = Object.freeze([])
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Parses XML into its root element. Comments and processing instructions are dropped; DOCTYPEs without declarations
 * are skipped, nothing outside the file is ever looked for.
 *
 * Throws MalformedFileError with line and column, LimitExceededError for size, depth and number of elements,
 * UnsupportedError for declared entities and unknown encodings.
 */
export function parseXml(input: Uint8Array | string, limits: Partial<XmlLimits> = {}): XmlElement {
  const allLimits = { ...DEFAULT_XML_LIMITS, ...limits }
  const text = (typeof input === 'string' ? input : decodeXmlText(input, allLimits.maxLength)).replace(/^\uFEFF/, '')
  checkMarkup(text, allLimits)
  const root = parse(text, allLimits.maxDepth).find((node) => !(TEXT in node))
  if (!root) throw new MalformedFileError('XML: there is no element')
  return elementOf(root)
}

function parse(text: string, maxDepth: number): OrderedNode[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    textNodeName: TEXT,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    strictReservedNames: true,
    jPath: false,
    maxNestedTags: maxDepth,
    onDangerousProperty: (name) => name,
    tagValueProcessor: (_tag, value, _path, _hasAttributes, isLeaf) => (isLeaf || value.trim() !== '' ? value : ''),
    entityDecoder: {
      decode: decodeEntities,
      setExternalEntities() {},
      addInputEntities() {}, // checkMarkup lets no declaration through
      reset() {},
      setXmlVersion() {},
    },
  })
  try {
    return parser.parse(text) as OrderedNode[]
  } catch (error) {
    if (error instanceof PortolanError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new MalformedFileError(`XML: ${reason}`, { cause: error })
  }
}

function elementOf(node: OrderedNode): XmlElement {
  let qualified = ''
  for (const key in node) {
    if (key === ATTRIBUTES) continue
    qualified = key
    break
  }
  const colon = qualified.indexOf(':')
  const attributes = (node[ATTRIBUTES] as Record<string, string> | undefined) ?? NO_ATTRIBUTES
  const content = node[qualified] as readonly OrderedNode[]
  let children = NO_CHILDREN as XmlElement[]
  let text = ''
  for (const item of content) {
    if (TEXT in item) text += item[TEXT]
    else if (children.length === 0) children = [elementOf(item)]
    else children.push(elementOf(item))
  }
  return {
    name: colon === -1 ? qualified : qualified.slice(colon + 1),
    prefix: colon === -1 ? '' : qualified.slice(0, colon),
    attributes,
    children,
    text,
  }
}
