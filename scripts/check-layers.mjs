// Checks that imports under src/ point one way, as ARCHITECTURE.md draws the layers. Run by `npm run lint`.
// Type-only imports count too, except where a layer says that it may take types.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { parseSync } from 'vite'

/**
 * What each folder of src/ may import besides itself. `types` lists what it may only import types from.
 * @type {Record<string, { from: string[], types?: string[] }>}
 */
const LAYERS = {
  core: { from: [] },
  encodings: { from: ['core/errors.ts', 'core/bytes'] },
  formats: { from: ['core', 'encodings'] },
  // ONNX Runtime speaks ONNX: its weights are taken out of the file's own messages.
  runtime: { from: ['core', 'encodings', 'formats/onnx/proto'], types: ['formats'] },
  layout: { from: [] },
  worker: { from: ['core', 'encodings', 'formats', 'layout', 'runtime'] },
  cli: { from: ['core', 'encodings', 'formats', 'runtime'] },
  conformance: { from: ['core', 'encodings', 'formats', 'runtime', 'worker', 'cli'] },
  i18n: { from: [] },
  components: { from: ['i18n'], types: ['core'] },
  // Draws a graph: given its view and a way to have it arranged.
  diagram: { from: ['components', 'i18n', 'layout'], types: ['worker'] },
  store: { from: ['core', 'i18n', 'worker'], types: ['formats', 'layout', 'runtime'] },
  features: { from: ['components', 'core', 'diagram', 'i18n', 'store'], types: ['formats', 'runtime', 'worker'] },
}

/** Folders whose subfolders are peers that may not import each other; their root files are shared. */
const PEERS = ['formats', 'features']

/** Files of a peer folder's root that its peers may not import: they gather the peers. */
const GATHERS_PEERS = /^formats\/registry(\.|\/)/

const SOURCE = /\.tsx?$/
const EXEMPT = /(\.test\.tsx?|\.d\.ts)$|\/testing\//

/**
 * The relative imports of one file.
 * @param {string} file
 * @returns {{ request: string, typeOnly: boolean, line: number }[]}
 */
function importsOf(file) {
  const source = readFileSync(file, 'utf8')
  const { module } = parseSync(file, source)
  const lineOf = (/** @type {number} */ offset) => source.slice(0, offset).split('\n').length
  const found = []
  for (const { moduleRequest, entries, start } of module.staticImports) {
    const typeOnly = entries.length > 0 && entries.every((entry) => entry.isType)
    found.push({ request: moduleRequest.value, typeOnly, line: lineOf(start) })
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType, start } of entries) {
      if (moduleRequest) found.push({ request: moduleRequest.value, typeOnly: isType, line: lineOf(start) })
    }
  }
  for (const match of source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) {
    found.push({ request: match[1] ?? '', typeOnly: false, line: lineOf(match.index) })
  }
  return found.filter(({ request }) => request.startsWith('.'))
}

/**
 * Why a file may not have an import, or undefined when it may.
 * @param {string} importer path below src/, with forward slashes
 * @param {string} imported path below src/
 * @param {boolean} typeOnly
 */
function violation(importer, imported, typeOnly) {
  const [layer = '', peer, ...deeper] = importer.split('/')
  if (peer === undefined) return undefined // src/main.tsx puts the page together
  const rule = LAYERS[layer]
  if (!rule) return `src/${layer}/ has no layer: give it one in scripts/check-layers.mjs`

  const [importedLayer, importedPeer, ...importedDeeper] = imported.split('/')
  if (importedLayer === layer) {
    if (!PEERS.includes(layer) || deeper.length === 0) return undefined
    if (GATHERS_PEERS.test(imported)) return `${layer}/${peer} may not import the registry that lists it`
    const isPeer = importedDeeper.length > 0 && importedPeer !== peer
    return isPeer ? `${layer}/${peer} may not import ${layer}/${importedPeer}` : undefined
  }

  const isIn = (/** @type {string} */ folder) => imported === folder || imported.startsWith(`${folder}/`)
  if (rule.from.some(isIn)) return undefined
  if (rule.types?.some(isIn)) return typeOnly ? undefined : `${layer} may import only types from ${importedLayer}`
  return `${layer} may not import ${importedLayer}`
}

/** @param {string} root @returns {string[]} one line for each forbidden import below `root` */
function checkLayers(root) {
  const problems = []
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!SOURCE.test(entry) || EXEMPT.test(entry)) continue
    const file = join(root, entry)
    for (const { request, typeOnly, line } of importsOf(file)) {
      const imported = relative(root, normalize(join(dirname(file), request)))
      if (imported.startsWith('..')) continue
      const problem = violation(entry.split(sep).join('/'), imported.split(sep).join('/'), typeOnly)
      if (problem) problems.push(`${file}:${line}  ${problem} (${request})`)
    }
  }
  return problems
}

const problems = checkLayers('src')
for (const problem of problems) console.error(problem)
if (problems.length > 0) {
  console.error(`${problems.length} imports against the layers`)
  process.exitCode = 1
}
