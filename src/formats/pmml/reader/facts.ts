import type { Fact } from '../../../core/source-model.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import type { PmmlDocument } from './document.ts'
import { attribute, childNamed } from './elements.ts'

const header = ({ root }: PmmlDocument): XmlElement | undefined => childNamed(root, 'Header')

/** The application that wrote the file. */
export function producerOf(document: PmmlDocument): string | undefined {
  const application = header(document)?.children.find(({ name }) => name === 'Application')
  const [name, version] = [
    application && attribute(application, 'name'),
    application && attribute(application, 'version'),
  ]
  return name === undefined ? undefined : version === undefined ? name : `${name} ${version}`
}

export function versionFacts(document: PmmlDocument): Fact[] {
  const version = document.version === '' ? 'unknown' : document.version
  return [{ name: 'PMML', value: version }]
}

/** What the header and the model say of themselves. */
export function documentFacts(document: PmmlDocument): Fact[] {
  const element = header(document)
  const { model } = document
  const facts: [string, string | undefined][] = [
    ['model', attribute(model, 'modelName')],
    ['function', attribute(model, 'functionName')],
    ['algorithm', attribute(model, 'algorithmName')],
    ['models', document.modelCount > 1 ? String(document.modelCount) : undefined],
    ['description', element && attribute(element, 'description')],
    ['copyright', element && attribute(element, 'copyright')],
    ['timestamp', element && childNamed(element, 'Timestamp')?.text.trim()],
  ]
  return facts.flatMap(([name, value]) => (value ? [{ name, value }] : []))
}

/** Free facts that targets can carry along. */
export function metadataOf(document: PmmlDocument): Record<string, string> {
  const producer = producerOf(document)
  const facts = documentFacts(document).filter(({ name }) => CARRIED.has(name))
  return {
    ...Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    ...(producer === undefined ? {} : { producer }),
  }
}

const CARRIED: ReadonlySet<string> = new Set(['model', 'algorithm', 'description', 'copyright'])
