import { PyView } from '../../../encodings/pickle/view.ts'

/** The rows of a two-dimensional array of estimators, or of a list of lists. */
export function objectMatrix(view: PyView): PyView[][] {
  const array = view.array()
  if (array?.type !== 'object' || array.shape.length !== 2) return view.items().map((row) => row.items())
  const [rows, columns] = array.shape as [number, number]
  return Array.from({ length: rows }, (_, r) =>
    Array.from(
      { length: columns },
      (_, c) => new PyView(array.data[r * columns + c] ?? null, `${view.path}[${r}, ${c}]`),
    ),
  )
}

/** The items of a list or of an array of objects of any shape, in C order. */
export function objectItems(view: PyView): PyView[] {
  const array = view.array()
  if (array?.type !== 'object' || array.shape.length === 1) return view.items()
  return array.data.map((item, i) => new PyView(item, `${view.path}[${i}]`))
}
