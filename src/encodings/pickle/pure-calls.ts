import { encodeLatin1 } from './cursor.ts'
import { isNode, PyComplex, type PyGlobal, PySet, type PyValue } from './values.ts'

/** Of a reference in an array. */
const BYTES_PER_ITEM = 8

/**
 * Calls whose result is plain data and known without calling anything: how protocols below 4 spell sets, bytes and
 * complex numbers. Undefined for every other call.
 */
export function pureResult(callable: PyGlobal, args: readonly PyValue[]): PyValue | undefined {
  switch (callable.path) {
    case 'builtins.set':
    case 'builtins.frozenset':
      return makeSet(args, callable.name === 'frozenset')
    case 'builtins.bytes':
    case 'builtins.bytearray':
      return makeBytes(args)
    case '_codecs.encode':
      return args.length === 2 && isLatin1(args[1]) ? makeBytes(args) : undefined
    case 'builtins.complex':
      return makeComplex(args)
    default:
      return undefined
  }
}

/** Bytes that making a result copied; the arguments stay as they are. */
export function pureResultBytes(result: PyValue): number {
  if (result instanceof Uint8Array) return result.length
  return isNode(result, 'set') ? result.items.length * BYTES_PER_ITEM : 0
}

function isLatin1(encoding: PyValue | undefined): boolean {
  return typeof encoding === 'string' && /^(latin|iso-?8859)[-_]?1$/i.test(encoding)
}

function makeSet(args: readonly PyValue[], frozen: boolean): PySet | undefined {
  const [items] = args
  if (items === undefined) return new PySet([], frozen)
  if (args.length !== 1 || !(isNode(items, 'list') || isNode(items, 'tuple'))) return undefined
  return new PySet([...items.items], frozen)
}

function makeBytes(args: readonly PyValue[]): Uint8Array | undefined {
  const [content, encoding] = args
  if (content === undefined) return new Uint8Array(0)
  if (content instanceof Uint8Array) return content
  if (typeof content === 'string') return isLatin1(encoding) ? encodeLatin1(content) : undefined
  return undefined
}

function makeComplex(args: readonly PyValue[]): PyComplex | undefined {
  const [real, imaginary] = args.map((part) => (isNode(part, 'float') ? part.value : part))
  return typeof real === 'number' && typeof imaginary === 'number' ? new PyComplex(real, imaginary) : undefined
}
