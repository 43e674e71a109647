import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { joinParts } from '../../../core/bytes/parts.ts'
import { PortolanError } from '../../../core/errors.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { openZip } from '../../../encodings/zip/open-zip.ts'
import { writeZip } from '../../../encodings/zip/write-zip.ts'
import { fixtureBytes } from '../testing/fixture-cases.ts'
import type { JsonObject } from './config.ts'
import { kerasReader } from './read-keras.ts'

interface ConfigFile {
  config: { layers: { config: JsonObject; inbound_nodes: Json[] }[] }
}

/** A fixture with another configuration. */
async function altered(name: string, change: (file: ConfigFile) => void): Promise<Uint8Array> {
  const zip = await openZip(bufferSource(fixtureBytes(name)))
  const members = await Promise.all(zip.entries.map(async (entry) => ({ name: entry.name, data: await entry.bytes() })))
  const file = JSON.parse(new TextDecoder().decode(await zip.get('config.json')?.bytes())) as ConfigFile
  change(file)
  const config = new TextEncoder().encode(JSON.stringify(file))
  const parts = await writeZip(members.map((m) => (m.name === 'config.json' ? { ...m, data: config } : m)))
  return joinParts(parts)
}

async function read(name: string, change: (file: ConfigFile) => void) {
  return kerasReader.read(bufferSource(await altered(name, change)), { name })
}

const tensor = (...history: [string, number, number]): Json => ({
  args: [{ class_name: '__keras_tensor__', config: { keras_history: history } }],
  kwargs: {},
})

/** x → shared (called twice) → concatenate → y */
const MODEL = 'keras-3.15/shared-layer.keras'

describe('a Keras configuration', () => {
  it('may not refer to what is not there', async () => {
    const refer = (...history: [string, number, number]) =>
      read(MODEL, ({ config }) => {
        const layer = config.layers.at(-1)
        if (layer) layer.inbound_nodes = [tensor(...history)]
      })
    await expect(refer('nobody', 0, 0)).rejects.toThrow(/nobody/)
    await expect(refer('shared', 7, 0)).rejects.toThrow(/call 7 of shared/)
    await expect(refer('shared', 0, 1e9)).rejects.toThrow(PortolanError)
    await expect(refer('y', 0, 0)).rejects.toThrow(/cycle/)
  })

  it('may not nest without end', async () => {
    const name = 'keras-3.15/nested-sequential.keras'
    await expect(
      read(name, ({ config }) => {
        let inner: Json = { class_name: 'Dense', config: { name: 'core' } }
        for (let i = 0; i < 200; i++) inner = { class_name: 'Sequential', config: { name: `s${i}`, layers: [inner] } }
        Object.assign(config, { layers: [inner] })
      }),
    ).rejects.toThrow(/nested more than 64 deep/)
  })

  it('that does not fit the weights blocks the layer and is shown', async () => {
    const source = await read('keras-3.15/mlp-softmax.keras', ({ config }) => {
      const input = config.layers[0]
      if (input) input.config['batch_shape'] = [null, 3]
    })
    expect(source.graph.nodes.length).toBeGreaterThan(1)
    const { model, diagnostics } = await source.lower()
    expect(model).toBeUndefined()
    expect(diagnostics.map(({ severity, origin }) => [severity, ...origin])).toContainEqual(['blocked', 'dense'])
    await source.close?.()
  })

  it('of a model whose class is unknown is refused', async () => {
    await expect(
      read(MODEL, (file) => Object.assign(file, { class_name: 'MyModel', config: { name: 'm', width: 3 } })),
    ).rejects.toThrow(/MyModel, whose code is not in the file/)
  })
})
