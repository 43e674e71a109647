import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bufferSource } from '../core/bytes/byte-source.ts'
import type { PortolanError } from '../core/errors.ts'
import { readModel } from '../core/pipeline.ts'
import { detect } from './detect.ts'
import { formats } from './registry.ts'

interface Sample {
  readonly file: string
  /** null for what is no model of the nine families. */
  readonly family: string | null
}

const folder = new URL('./detect-fixtures/', import.meta.url)
const { files } = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as { files: Sample[] }

/** A checkpoint's data file is nothing but numbers: only its name says what they are. */
const NAMELESS = 'tensorflow/variables.data-00000-of-00001'

/** The content decides: every other file is offered under a name that says nothing. */
const recognise = (file: string) => detect(formats, sourceOf(file), file === NAMELESS ? file : 'dropped-file')

const sourceOf = (file: string) => bufferSource(readFileSync(new URL(file, folder)))

/** A pickle is recognised before anybody knows what is in it: its reader refuses it. */
const open = async (file: string) => readModel(formats, await recognise(file), sourceOf(file), { name: 'dropped-file' })

describe('recognition by content', () => {
  for (const { file, family } of files) {
    if (family === null) {
      it(`refuses ${file} with a hint`, async () => {
        const error = await open(file).then(
          (model) => model,
          (e: unknown) => e,
        )
        expect((error as PortolanError).code).toBe('unrecognised-file')
        expect((error as PortolanError).hint).toBeTruthy()
      })
    } else {
      it(`recognises ${file} as ${family}`, async () => {
        expect((await recognise(file)).format).toBe(family)
      })
    }
  }
})
