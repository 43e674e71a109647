import { MalformedFileError } from '../../../core/errors.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { attribute, childNamed, childrenNamed, requireAttribute } from './elements.ts'

/** Elements of a PMML document that are models (PMML 4.4, MODEL-ELEMENT, and those of older versions). */
const MODEL_ELEMENTS: ReadonlySet<string> = new Set([
  'AnomalyDetectionModel',
  'AssociationModel',
  'BaselineModel',
  'BayesianNetworkModel',
  'ClusteringModel',
  'DecisionTree',
  'GaussianProcessModel',
  'GeneralRegressionModel',
  'MiningModel',
  'NaiveBayesModel',
  'NearestNeighborModel',
  'NeuralNetwork',
  'Regression',
  'RegressionModel',
  'RuleSetModel',
  'Scorecard',
  'SequenceModel',
  'SupportVectorMachineModel',
  'TextModel',
  'TimeSeriesModel',
  'TreeModel',
])

export const isModel = (element: XmlElement): boolean => MODEL_ELEMENTS.has(element.name)

/** The parts of a document, by name where they have one. */
export interface PmmlDocument {
  readonly root: XmlElement
  readonly version: string
  /** DataFields in order. */
  readonly dataFields: ReadonlyMap<string, XmlElement>
  /** DerivedFields of the TransformationDictionary, in order. */
  readonly derivedFields: readonly XmlElement[]
  readonly functions: ReadonlyMap<string, XmlElement>
  /** The first model that is scorable. */
  readonly model: XmlElement
  /** How many models there are. */
  readonly modelCount: number
}

/** Throws MalformedFileError for XML that is not PMML, or that has no model to score. */
export function pmmlDocument(root: XmlElement): PmmlDocument {
  if (root.name !== 'PMML') throw new MalformedFileError(`The root element is ${root.name}, not PMML`)
  const models = root.children.filter(isModel)
  const model = models.find((element) => attribute(element, 'isScorable') !== 'false') ?? models[0]
  if (!model)
    throw new MalformedFileError('The PMML document has no model', { hint: 'Only its data description is there.' })
  const dictionary = childNamed(root, 'DataDictionary')
  const transformations = childNamed(root, 'TransformationDictionary')
  return {
    root,
    version: attribute(root, 'version') ?? '',
    dataFields: byName(dictionary ? childrenNamed(dictionary, 'DataField') : []),
    derivedFields: transformations ? childrenNamed(transformations, 'DerivedField') : [],
    functions: byName(transformations ? childrenNamed(transformations, 'DefineFunction') : []),
    model,
    modelCount: models.length,
  }
}

const byName = (elements: readonly XmlElement[]): Map<string, XmlElement> =>
  new Map(elements.map((element) => [requireAttribute(element, 'name'), element]))
