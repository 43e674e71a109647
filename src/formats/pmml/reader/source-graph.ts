import type { Attributes, Graph, Node } from '../../../core/ir/graph.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import type { SignatureEntry } from '../../../core/source-model.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { isModel, type PmmlDocument } from './document.ts'
import { attribute, childrenNamed, requireAttribute } from './elements.ts'
import { dataTypeOf } from './fields/data-type.ts'
import { activeFields, targetFieldsOf } from './fields/mining-schema.ts'

/** Segments of one model that the graph shows; of a forest the rest looks the same. */
const MAX_SEGMENTS = 40

/** The document as a graph of fields and models, and which node each element is. */
export interface SourceTree {
  readonly graph: Graph
  readonly inputs: readonly SignatureEntry[]
  readonly outputs: readonly SignatureEntry[]
  /** The nodes of models, derived fields, mining fields and output fields. */
  readonly origins: ReadonlyMap<XmlElement, string>
}

export function sourceGraph(document: PmmlDocument): SourceTree {
  return new SourceGraphBuilder(document).build()
}

class SourceGraphBuilder {
  readonly #document: PmmlDocument
  readonly #nodes: Node[] = []
  readonly #types = new Map<string, ValueType>()
  readonly #origins = new Map<XmlElement, string>()
  readonly #ids = new Set<string>()
  readonly #values = new Set<string>()

  constructor(document: PmmlDocument) {
    this.#document = document
  }

  build(): SourceTree {
    const { model, derivedFields, dataFields } = this.#document
    const inputs = activeFields(model)
      .map((field) => requireAttribute(field, 'name'))
      .filter((name) => dataFields.has(name))
    for (const name of inputs) this.#declare(name, attribute(dataFields.get(name) as XmlElement, 'dataType'))
    for (const field of activeFields(model)) this.#schemaField(field)
    for (const element of derivedFields) this.#derived(element, undefined)
    const result = this.#model(model, undefined)
    const outputs = this.#outputFields(model, result)
    const all = [
      ...targetFieldsOf(model)
        .slice(0, 1)
        .map(() => result),
      ...outputs,
    ]
    const graph: Graph = {
      name: attribute(model, 'modelName') ?? model.name,
      dialect: 'pmml',
      inputs,
      outputs: all.length > 0 ? [...new Set(all)] : [result],
      nodes: this.#nodes,
      constants: new Map(),
      types: this.#types,
    }
    const entry = (value: string): SignatureEntry => ({
      name: value,
      type: this.#types.get(value) ?? { dtype: null, shape: null },
      columns: [value],
    })
    return { graph, inputs: inputs.map(entry), outputs: graph.outputs.map(entry), origins: this.#origins }
  }

  /** A mining field that changes values is shown as a step of its own. */
  #schemaField(field: XmlElement): void {
    const isTreated = TREATMENTS.some((name) => attribute(field, name) !== undefined)
    if (!isTreated) return
    const name = requireAttribute(field, 'name')
    this.#add(field, 'pmml.MiningField', name, this.#values.has(name) ? [name] : [], undefined, shown(field))
  }

  #derived(element: XmlElement, parent: string | undefined): void {
    const name = requireAttribute(element, 'name')
    const value = this.#add(element, 'pmml.DerivedField', name, this.#fieldsIn(element), parent, shown(element))
    if (!this.#values.has(name)) this.#alias(name, value, attribute(element, 'dataType'))
  }

  #model(element: XmlElement, parent: string | undefined): string {
    const target = targetFieldsOf(element)[0]
    const label = attribute(element, 'modelName') ?? target ?? element.name
    const locals = childrenNamed(element, 'LocalTransformations').flatMap((each) => childrenNamed(each, 'DerivedField'))
    for (const local of locals) this.#derived(local, parent)
    const inputs = activeFields(element).map((field) => requireAttribute(field, 'name'))
    const read = [...inputs, ...locals.map((local) => requireAttribute(local, 'name'))].filter((name) =>
      this.#values.has(name),
    )
    const value = this.#add(element, `pmml.${element.name}`, label, read, parent, modelAttributes(element))
    const id = this.#origins.get(element) as string
    const segments = childrenNamed(element, 'Segmentation').flatMap((each) => childrenNamed(each, 'Segment'))
    for (const segment of segments.slice(0, MAX_SEGMENTS)) {
      const inner = segment.children.find(isModel)
      if (!inner) continue
      const result = this.#model(inner, id)
      this.#outputFields(inner, result)
    }
    return value
  }

  #outputFields(model: XmlElement, result: string): string[] {
    const parent = this.#nodes.find(({ id }) => id === this.#origins.get(model))?.parent
    return childrenNamed(model, 'Output')
      .flatMap((output) => childrenNamed(output, 'OutputField'))
      .map((field) => {
        const name = requireAttribute(field, 'name')
        const value = this.#add(
          field,
          'pmml.OutputField',
          name,
          [result, ...this.#fieldsIn(field)],
          parent,
          shown(field),
        )
        if (!this.#values.has(name)) this.#alias(name, value, attribute(field, 'dataType'))
        return value
      })
  }

  /** Fields that an expression refers to, as far as they are shown. */
  #fieldsIn(element: XmlElement): string[] {
    const found = new Set<string>()
    const visit = (each: XmlElement): void => {
      for (const name of ['field', 'textField']) {
        const value = attribute(each, name)
        if (value !== undefined && this.#values.has(value)) found.add(value)
      }
      for (const child of each.children) visit(child)
    }
    visit(element)
    return [...found]
  }

  #add(
    element: XmlElement,
    op: string,
    label: string,
    inputs: readonly string[],
    parent: string | undefined,
    attributes: Attributes,
  ): string {
    const id = this.#free(label)
    this.#origins.set(element, id)
    const output = this.#values.has(id) ? `${id}_out` : id
    this.#nodes.push({
      id,
      op,
      inputs: inputs.map((name) => this.#current.get(name) ?? name),
      outputs: [output],
      attributes,
      origin: [],
      ...(label === id ? {} : { label }),
      ...(parent === undefined ? {} : { parent }),
    })
    this.#values.add(output)
    if (op === 'pmml.MiningField') this.#current.set(label, output)
    return output
  }

  readonly #current = new Map<string, string>()

  /** A field's name for the value that a node makes. */
  #alias(name: string, value: string, dataType: string | undefined): void {
    this.#current.set(name, value)
    this.#declare(name, dataType)
    this.#types.set(value, this.#types.get(name) as ValueType)
  }

  #declare(name: string, dataType: string | undefined): void {
    this.#values.add(name)
    this.#types.set(name, { dtype: dataTypeOf(dataType) === 'string' ? 'string' : 'float64', shape: ['N', 1] })
  }

  #free(label: string): string {
    const base = label === '' ? 'node' : label
    let id = base
    for (let n = 2; this.#ids.has(id); n++) id = `${base} (${n})`
    this.#ids.add(id)
    return id
  }
}

const TREATMENTS = [
  'missingValueReplacement',
  'invalidValueReplacement',
  'outliers',
  'missingValueTreatment',
  'invalidValueTreatment',
]

/** Attributes as the file has them, names aside. */
const shown = (element: XmlElement): Attributes =>
  Object.fromEntries(Object.entries(element.attributes).filter(([name]) => name !== 'name'))

function modelAttributes(model: XmlElement): Attributes {
  const segmentation = model.children.find(({ name }) => name === 'Segmentation')
  return {
    ...model.attributes,
    ...(segmentation ? { ...segmentation.attributes, segments: childrenNamed(segmentation, 'Segment').length } : {}),
  }
}
