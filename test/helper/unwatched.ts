// Loaded first in the process of each test file (see run.ts). tap records every file that a test, and every process started by it,
// has loaded, for coverage and `--changed`. Nobody uses either here, and it takes as long as the loading itself.
const { env } = process
Object.assign(globalThis, {
  [Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')]: { files: [], sources: {} },
})
env['_TAPJS_PROCESSINFO_EXCLUDE_'] = '/./'
// tap is not to follow what a test starts.
env['NODE_OPTIONS'] = env['NODE_OPTIONS']?.replace(/--import=\S+\/unwatched\.ts/, '').trim()
// Types are stripped in place, so lines and columns are those of the source; tap would read the source maps of all libraries.
process.setSourceMapsEnabled(false)
