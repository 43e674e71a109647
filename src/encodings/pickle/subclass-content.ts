import { PyDict } from './py-dict.ts'
import { isNode, type PyObject, type PyValue } from './values.ts'

/** Dicts of the standard library that may be made with their content as an argument. */
const DICT_CLASSES = new Set(['collections.OrderedDict', 'collections.defaultdict', 'collections.Counter'])

/** The items of an instance of a list subclass (or of `deque`); undefined when it has none. */
export function listContent(object: PyObject): readonly PyValue[] | undefined {
  if (object.listItems !== undefined) return object.listItems
  const content = baseContent(object)
  return isNode(content, 'list') || isNode(content, 'tuple') ? content.items : undefined
}

/** The items of an instance of a dict subclass; undefined when it has none. */
export function dictContent(object: PyObject): PyDict | undefined {
  if (object.dictItems !== undefined) return object.dictItems
  if (!DICT_CLASSES.has(object.classPath)) {
    const content = baseContent(object)
    return isNode(content, 'dict') ? content : undefined
  }
  const content = object.args.at(-1)
  if (isNode(content, 'dict')) return content
  return isNode(content, 'list') ? fromPairs(content.items) : new PyDict()
}

/** Protocols 0 and 1 hand the content to `copyreg._reconstructor(class, base, content)`. */
function baseContent(object: PyObject): PyValue | undefined {
  const { callable, args } = object
  return isNode(callable, 'global') && callable.path === 'copyreg._reconstructor' ? args[2] : undefined
}

/** Python 2 wrote `OrderedDict([[key, value], …])`. */
function fromPairs(pairs: readonly PyValue[]): PyDict | undefined {
  const dict = new PyDict()
  for (const pair of pairs) {
    if (!(isNode(pair, 'list') || isNode(pair, 'tuple')) || pair.items.length !== 2) return undefined
    dict.set(pair.items[0] as PyValue, pair.items[1] as PyValue)
  }
  return dict
}
