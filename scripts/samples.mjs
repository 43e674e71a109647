// Copies the studio's samples from the fixtures: node scripts/samples.mjs
// They are committed, so that the build needs no fixtures; a test fails when a copy is stale.
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const FORMATS = fileURLToPath(new URL('../src/formats/', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../public/samples/', import.meta.url))

/** A sample's file, and the fixture that it is a copy of, below src/formats/. @type {Record<string, string>} */
export const sources = {
  'income-forest.pkl': 'sklearn/fixtures/sklearn-1.9/audit-forest-missing.pkl',
  'income-forest.csv': 'sklearn/fixtures/sklearn-1.9/inputs/audit-missing.csv',
  'lenet.keras': 'keras/fixtures/keras-3.15/lenet.keras',
  'unet.onnx': 'onnx/fixtures/nn/torch/unet-18.onnx',
  'iris-tree.pmml': 'pmml/fixtures/converted/tree-multiclass.pmml',
  'iris-tree.csv': 'pmml/fixtures/converted/tree-multiclass.input.csv',
}

/** The paths of a sample and of its fixture. @param {string} name */
export function samplePaths(name) {
  return { sample: SAMPLES + name, fixture: FORMATS + sources[name] }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(sources)) {
    const { sample, fixture } = samplePaths(name)
    mkdirSync(dirname(sample), { recursive: true })
    copyFileSync(fixture, sample)
    console.log(`public/samples/${name}`)
  }
}
