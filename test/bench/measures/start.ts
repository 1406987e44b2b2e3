// How fast the command line answers, against the bare start of Node.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Bench } from 'tinybench'
import { type Measure, type Result, seconds } from '../harness.ts'

const run = promisify(execFile)
const launcher = fileURLToPath(new URL('../../../bin/conferente.js', import.meta.url))

export const starting: Measure = {
  name: 'start',
  async run({ url, runs }) {
    const { DATABASE_URL: _, ...env } = process.env
    const node = (...args: string[]) => seconds(() => run(process.execPath, args, { env }))
    const list = () =>
      seconds(() => run(process.execPath, [launcher, 'listar'], { env: { ...env, DATABASE_URL: url } }))
    const measured = { node: [] as number[], help: [] as number[], list: [] as number[] }
    // The first start compiles; its cache serves all others.
    await node(launcher, '--help')
    await list()
    for (let round = 0; round < runs; round++) {
      const bench = new Bench({ iterations: 5, warmup: false, time: 0 })
      bench
        .add('node', () => node('-e', '0'))
        .add('help', () => node(launcher, '--help'))
        .add('list', list)
      await bench.run()
      for (const { name, result } of bench.tasks) {
        if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`)
        measured[name as keyof typeof measured].push(result.latency.p50)
      }
    }
    const result = (name: string, work: string, of: number[], bar: number): Result => ({
      name,
      work,
      floor: '`node -e 0`',
      unit: 'ms',
      floorRuns: measured.node,
      runs: of,
      bar,
    })
    return [
      result('start_help', '`conferente --help`', measured.help, 4),
      result('start_list', '`conferente listar` against a running database', measured.list, 8),
    ]
  },
}
