import { parseArgs } from 'node:util'
import { version } from '../../package.json'

const USAGE = `Usage: portolan COMMAND [ARGUMENTS]

Options:
  -h, --help     show this help
  -V, --version  show the version
`

const { values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } },
})

process.stdout.write(values.version ? `${version}\n` : USAGE)
