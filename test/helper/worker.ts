// A worker to be killed: looks at the queue often, and takes the jobs of the dead after a second.
import { startWorker } from '../../src/worker/worker.ts'

await startWorker(process.argv[2] ?? '', { watch: () => ({}) }, { tick: 300, grace: '1 second' })
